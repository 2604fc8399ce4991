// Synchronizes many groups of entities onto one PostgreSQL, each into a schema of its own.
// Arguments: folder with a TypeScript file for each group, folder for what is compiled, URL of the database. Answers JSON: group -> error or null.
const fs = require("fs");
const path = require("path");
const [, , sources, output, url, strict] = process.argv;
const ts = require("typescript");
require("reflect-metadata");
const { DataSource, EntitySchema, getMetadataArgsStorage } = require("typeorm");

const files = fs.readdirSync(sources, { recursive: true }).map(String).filter((name) => name.endsWith(".ts")).sort();
const compiled = ts.createProgram(
  files.map((name) => path.join(sources, name)),
  {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    useDefineForClassFields: false,
    esModuleInterop: true,
    skipLibCheck: true,
    strict: strict === "strict",
    ignoreDeprecations: "6.0",
    types: [],
    outDir: output,
    rootDir: sources,
    baseUrl: process.env.NODE_PATH,
    paths: { "*": ["*"] },
  },
);
const emitted = compiled.emit();
const problems = ts
  .getPreEmitDiagnostics(compiled)
  .concat(emitted.diagnostics)
  .map((one) => `${one.file ? path.basename(one.file.fileName) : ""}: ${ts.flattenDiagnosticMessageText(one.messageText, "\n")}`);

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
    const all = fs.statSync(place).isDirectory() ? exported(place) : Object.values(require(place));
    const known = new Set(getMetadataArgsStorage().tables.map((one) => one.target));
    const entities = all.filter((one) => known.has(one) || one instanceof EntitySchema);
    const options = all.find((one) => one && one.typeormOptions)?.typeormOptions ?? {};
    const schema = group.replace(/\.js$/, "");
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
