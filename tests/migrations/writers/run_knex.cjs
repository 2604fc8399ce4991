// Runs migrations by Knex: node run_knex.cjs <node_modules> <url> <folder> up|down
const { createRequire } = require('node:module');
const { join } = require('node:path');

const [modules, url, folder, direction] = process.argv.slice(2);
const knex = createRequire(join(modules, 'x.js'))('knex')({ client: 'pg', connection: url, migrations: { directory: folder } });
(async () => {
  try {
    if (direction === 'up') await knex.migrate.latest();
    else while ((await knex.migrate.currentVersion()) !== 'none') await knex.migrate.down();
  } finally {
    await knex.destroy();
  }
})().catch((error) => {
  console.error(error?.message ?? error);
  process.exit(1);
});
