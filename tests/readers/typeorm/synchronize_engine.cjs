// Synchronizes one file of entities with a MySQL server (its socket and database), or with SQLite in memory. Answers JSON: for SQLite the
// statements of its catalogue, for MySQL null; and what the compiler said.
// Arguments: folder with the TypeScript file, folder for what is compiled, `mysql` or `sqljs`, socket, database.
const path = require("path");
const { compile } = require("./compile.cjs");
const [, , sources, output, type, socketPath, database] = process.argv;
require("reflect-metadata");
const { DataSource } = require("typeorm");

const problems = compile(sources, output, "");

async function main() {
  const entities = Object.values(require(path.join(output, `${type}.js`))).filter((one) => typeof one === "function");
  const place = type === "mysql" ? { username: "root", socketPath, database } : {};
  const source = new DataSource({ type, ...place, entities });
  await source.initialize();
  await source.synchronize();
  const catalogue = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'";
  const made = type === "sqljs" ? (await source.query(catalogue)).map((one) => one.sql) : null;
  await source.destroy();
  console.log(JSON.stringify({ made, problems }));
}
main().catch((error) => {
  console.log(JSON.stringify({ error: String(error.stack), problems }));
  process.exit(0); // a pool of connections would keep it alive
});
