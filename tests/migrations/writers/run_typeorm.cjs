// Compiles migrations and runs them by TypeORM: node run_typeorm.cjs <node_modules> <url> <folder> up|down|all
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { readdirSync, symlinkSync, existsSync } = require('node:fs');
const { spawnSync } = require('node:child_process');

const [modules, url, folder, direction] = process.argv.slice(2);
const from = createRequire(join(modules, 'x.js'));
if (!existsSync(join(folder, 'node_modules'))) symlinkSync(modules, join(folder, 'node_modules'));
const sources = readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
const options = ['--strict', '--target', 'es2022', '--module', 'commonjs', '--skipLibCheck', '--types', 'node', '--outDir', join(folder, 'out')];
const compiled = spawnSync(process.execPath, [join(modules, 'typescript', 'bin', 'tsc'), ...options, ...sources], { encoding: 'utf8', cwd: folder });
if (compiled.status !== 0) {
  console.error(compiled.stdout, compiled.stderr);
  process.exit(1);
}
const { DataSource } = from('typeorm');
const classes = readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.js')).sort().flatMap((name) => Object.values(require(join(folder, 'out', name))));
(async () => {
  const source = new DataSource({ type: 'postgres', url, migrations: classes });
  await source.initialize();
  try {
    if (direction === 'down') for (let left = classes.length; left > 0; left--) await source.undoLastMigration({ transaction: 'each' });
    else await source.runMigrations({ transaction: direction === 'all' ? 'all' : 'each' });
  } finally {
    await source.destroy();
  }
})().catch((error) => {
  console.error(error?.message ?? error);
  process.exit(1);
});
