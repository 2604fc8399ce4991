// Synchronizes many groups of entities onto one PostgreSQL, each into a schema of its own.
// Arguments: folder with a TypeScript file for each group, folder for what is compiled, URL of the database. Answers JSON: group -> error or null.
const fs = require("fs");
const path = require("path");
const [, , sources, output, url, strict] = process.argv;
const { compile } = require("./compile.cjs");
require("reflect-metadata");
const { DataSource, EntitySchema, getMetadataArgsStorage } = require("typeorm");

const problems = compile(sources, output, strict);

function exported(folder) {
  const found = [];
  for (const name of fs.readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (name.endsWith(".js")) found.push(...Object.values(require(path.join(folder, name))));
  }
  return [...new Set(found)];
}

async function main() {
  const answers = {};
  const groups = fs.readdirSync(output).sort();
  for (const group of groups) {
    const place = path.join(output, group);
    const schema = group.replace(/\.js$/, "");
    let all;
    try {
      all = fs.statSync(place).isDirectory() ? exported(place) : Object.values(require(place));
    } catch (error) {
      answers[schema] = String(error.stack);
      continue;
    }
    const known = new Set(getMetadataArgsStorage().tables.map((one) => one.target));
    const entities = all.filter((one) => known.has(one) || one instanceof EntitySchema);
    const options = all.find((one) => one && one.typeormOptions)?.typeormOptions ?? {};
    const source = new DataSource({ type: "postgres", url, schema, entities, ...options });
    try {
      await source.initialize();
      await source.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
      await source.synchronize();
      answers[schema] = null;
    } catch (error) {
      answers[schema] = String(error);
    }
    if (source.isInitialized) await source.destroy();
  }
  console.log(JSON.stringify({ answers, problems }));
}
main();
