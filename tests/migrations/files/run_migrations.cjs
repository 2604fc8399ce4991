// Runs the migrations of a folder by the tool itself. Arguments: tool, folder, folder for what is compiled, URL.
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");
const [, , tool, folder, output, url] = process.argv;
const modules = process.env.NODE_PATH;

async function knex() {
  const made = require("knex")({ client: "pg", connection: url, migrations: { directory: folder } });
  await made.migrate.latest();
  await made.destroy();
}

async function typeorm() {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  const settings = ["--target", "es2022", "--module", "commonjs", "--skipLibCheck", "--outDir", output, "--ignoreConfig"];
  spawnSync(process.execPath, [path.join(modules, "typescript", "lib", "tsc.js"), ...settings, ...files], { encoding: "utf8" });
  const { DataSource } = require("typeorm");
  const migrations = fs.readdirSync(output).sort().flatMap((name) => Object.values(require(path.join(output, name))));
  const source = new DataSource({ type: "postgres", url, migrations, entities: [] });
  await source.initialize();
  await source.runMigrations();
  await source.destroy();
}

(tool === "knex" ? knex : typeorm)().catch((error) => {
  console.error(error);
  process.exit(1);
});
