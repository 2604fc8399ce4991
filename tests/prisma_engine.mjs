// Prisma's own engines, asked one question a line: node prisma_engine.mjs <node_modules>
// {ask: "format" | "validate" | "sql", files: [[path, text], …]} → {answer} or {error}. No database is reached: what the engine
// asks a server before it writes SQL (its version, its schema) is answered here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => { globalThis.panic = message; } };
const { bindMigrationAwareSqlAdapterFactory } = require('@prisma/driver-adapter-utils');
const language = require('@prisma/prisma-schema-wasm/src/prisma_schema_build.js');
const place = join(modules, '@prisma', 'schema-engine-wasm');
const engine = await import(pathToFileURL(join(place, 'schema_engine_bg.js')));
const { instance } = await WebAssembly.instantiate(readFileSync(join(place, 'schema_engine_bg.wasm')), { './schema_engine_bg.js': engine });
engine.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const PROVIDERS = { postgresql: 'postgres', postgres: 'postgres', cockroachdb: 'postgres', mysql: 'mysql', sqlite: 'sqlite', sqlserver: 'sqlserver' };
const VERSIONS = { mysql: '8.4.0', sqlserver: 'Microsoft SQL Server 2022', sqlite: '3.45.0', postgres: 'PostgreSQL 18.0' };

function adapter(name) {
  const provider = PROVIDERS[name];
  const version = name === 'cockroachdb' ? 'CockroachDB CCL v24.1.0' : VERSIONS[provider];
  const queryable = {
    provider,
    adapterName: '@prisma/adapter-none',
    queryRaw: async ({ sql }) => ({ columnNames: ['version'], columnTypes: [7], rows: /version/i.test(sql) ? [[version]] : [] }),
    executeRaw: async () => 0,
    executeScript: async () => {},
    dispose: async () => {},
    getConnectionInfo: () => ({ schemaName: undefined, supportsRelationJoins: true }),
  };
  return bindMigrationAwareSqlAdapterFactory({
    provider, adapterName: '@prisma/adapter-none', connect: async () => queryable, connectToShadowDb: async () => queryable,
  });
}

const ASKED = {
  format: async (files) => {
    const params = { textDocument: { uri: `file:/${files[0][0]}` }, options: { tabSize: 2, insertSpaces: true } };
    const edits = JSON.parse(language.format(JSON.stringify(files.map(([path, text]) => [`file:/${path}`, text])), JSON.stringify(params)));
    return Object.fromEntries(edits.map(([uri, text]) => [uri.replace('file:/', ''), text]));
  },
  validate: async (files) => language.validate(JSON.stringify({ prismaSchema: files })) ?? null,
  sql: async (files) => {
    const name = /datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(files.map(([, text]) => text).join('\n'))[1];
    const running = await engine.SchemaEngine.new({ datamodels: files }, () => {}, adapter(name));
    const datamodel = { tag: 'schemaDatamodel', files: files.map(([path, content]) => ({ path, content })) };
    const filters = { externalTables: [], externalEnums: [] };
    const found = await running.diff({ from: { tag: 'empty' }, to: datamodel, script: true, exitCode: null, filters, shadowDatabaseUrl: null });
    running.free();
    return found.stdout;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, files } = JSON.parse(line);
  let said;
  try {
    said = { answer: await ASKED[ask](files) };
  } catch (error) {
    said = { error: globalThis.panic ?? String(error?.message ?? error) };
    globalThis.panic = undefined;
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
