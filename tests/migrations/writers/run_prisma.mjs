// Prisma's schema engine, as `prisma migrate deploy` drives it: node run_prisma.mjs <node_modules> <url> <migrations folder>
// Or marks the first migration as applied, as `prisma migrate resolve` does: … --baseline <migrations folder>
// Or executes files, as `prisma db execute` does: … --file <down.sql> …
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, url, folder, file, ...files] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { PrismaPg } = require('@prisma/adapter-pg');
const { bindMigrationAwareSqlAdapterFactory } = require('@prisma/driver-adapter-utils');

const place = join(modules, '@prisma', 'schema-engine-wasm');
const engine = await import(pathToFileURL(join(place, 'schema_engine_bg.js')));
const { instance } = await WebAssembly.instantiate(readFileSync(join(place, 'schema_engine_bg.wasm')), { './schema_engine_bg.js': engine });
engine.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const schema = 'datasource db {\n  provider = "postgresql"\n}\n';
// The native engine sends a script as one query; the adapter cuts it at every semicolon.
class WholeScripts extends PrismaPg {
  async connect() { return whole(await super.connect()); }
  async connectToShadowDb() { return whole(await super.connectToShadowDb()); }
}
function whole(connection) {
  connection.executeScript = async (script) => { await connection.client.query(script); };
  return connection;
}
const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScripts({ connectionString: url }));
const running = await engine.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter);
const read = (path) => ({ tag: 'ok', value: readFileSync(path, 'utf8') });
try {
  if (folder === '--file') {
    const datasourceType = { tag: 'schema', files: [{ path: 'schema.prisma', content: schema }], configDir: '.' };
    for (const one of [file, ...files]) await running.dbExecute({ datasourceType, script: readFileSync(one, 'utf8') });
  } else {
    const place = folder === '--baseline' ? file : folder;
    const names = readdirSync(place, { withFileTypes: true }).filter((one) => one.isDirectory()).map((one) => one.name).sort();
    const lock = join(place, 'migration_lock.toml');
    const migrationsList = {
      baseDir: place,
      lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
      shadowDbInitScript: '',
      migrationDirectories: names.map((name) => ({ path: name, migrationFile: { path: 'migration.sql', content: read(join(place, name, 'migration.sql')) } })),
    };
    if (folder === '--baseline') await running.markMigrationApplied({ migrationName: names[0], migrationsList });
    else await running.applyMigrations({ migrationsList, filters: { externalTables: [], externalEnums: [] } });
  }
} catch (error) {
  console.error(error?.message ?? error);
  process.exit(1);
}
process.exit(0);
