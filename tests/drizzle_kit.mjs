// Prints what drizzle-kit would execute for modules of Drizzle: node drizzle_kit.mjs cases.json → {name: [statements] | {error}}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const folder = dirname(process.argv[2]);
const require = createRequire(join(folder, "cases.json"));
const { buildSync } = require("esbuild");
const kit = require("drizzle-kit/api");

const generators = {
  pg: [kit.generateDrizzleJson, kit.generateMigration],
  mysql: [kit.generateMySQLDrizzleJson, kit.generateMySQLMigration],
  sqlite: [kit.generateSQLiteDrizzleJson, kit.generateSQLiteMigration],
};

async function statements({ entry, core, casing }) {
  const outfile = join(folder, `${entry}.cjs`);
  buildSync({ entryPoints: [join(folder, entry)], outfile, bundle: true, packages: "external", platform: "node", format: "cjs", logLevel: "silent" });
  const [snapshot, migration] = generators[core];
  const isPostgres = core === "pg";
  const make = (exports) => (isPostgres ? snapshot(exports, undefined, undefined, casing ?? undefined) : snapshot(exports, undefined, casing ?? undefined));
  return migration(await make({}), await make(require(outfile)));
}

const found = {};
const said = console.log;
let last = "";
console.log = (text) => {
  last = String(text);
};
process.exit = () => {
  throw new Error(`drizzle-kit exits: ${last.trim()}`);
};
for (const one of cases) {
  try {
    found[one.name] = await statements(one);
  } catch (error) {
    found[one.name] = { error: String(error?.message ?? error) };
  }
}
said(JSON.stringify(found));
