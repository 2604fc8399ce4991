// Prints what mongoose makes of modules: node mongoose_models.mjs cases.json → {name: {collection: {model, paths, indexes, …}} | {error}}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = dirname(process.argv[2]);
const require = createRequire(join(folder, "cases.json"));
const { buildSync } = require("esbuild");
const { default: mongoose } = await import(pathToFileURL(require.resolve("mongoose")).href);

function plain(value) {
  if (value instanceof RegExp) return value.flags ? `/${value.source}/${value.flags}` : value.source;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "function") return "function";
  if (typeof value === "bigint") return Number(value);
  if (value?._bsontype) return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value;
}

const first = (value) => (Array.isArray(value) ? value[0] : value);

function described(type) {
  const options = type.options ?? {};
  const found = { type: type.instance };
  if (type.isRequired === true && options.required !== undefined && typeof first(options.required) !== "function") found.required = true;
  const values = type.enumValues?.length ? type.enumValues : type.instance === "Number" && options.enum ? plain(options.enum.values ?? options.enum) : [];
  if (values.length) found.values = [...values];
  for (const [name, keys] of Object.entries({ minimum: ["min"], maximum: ["max"], min_length: ["minlength", "minLength"], max_length: ["maxlength", "maxLength"] })) {
    for (const key of keys) if (options[key] !== undefined) found[name] = plain(first(options[key]));
  }
  if (options.match !== undefined && type.instance === "String") found.pattern = plain(first(options.match));
  if (options.ref !== undefined) found.ref = typeof options.ref === "string" ? options.ref : (options.ref.modelName ?? options.ref());
  if (options.refPath !== undefined) found.refPath = options.refPath;
  if (options.alias !== undefined) found.alias = options.alias;
  if (Object.hasOwn(options, "default") && options.default !== undefined && options.default !== null) {
    found.default = plain(options.default);
  }
  const inner = type.embeddedSchemaType ?? type.$embeddedSchemaType ?? type.$__schemaType ?? type.caster;
  if (type.schema) found.schema = schemaOf(type.schema);
  else if (inner?.instance) found.element = described(inner);
  return found;
}

function schemaOf(schema) {
  const paths = {};
  for (const [name, type] of Object.entries(schema.paths)) if (!name.includes("$*")) paths[name] = described(type);
  const found = { paths };
  if (schema.discriminators) {
    found.variants = Object.fromEntries(Object.values(schema.discriminators).map((one) => [one.discriminatorMapping.value, schemaOf(one)]));
  }
  return found;
}

function indexes(schema) {
  return schema.indexes().map(([keys, options]) => [keys, plain(Object.fromEntries(Object.entries(options).filter(([key]) => !key.startsWith("_") && key !== "background")))]);
}

async function models({ entry, schemas }) {
  mongoose.deleteModel(/.*/);
  const outfile = join(folder, `${entry.replace(/\.\w+$/, "")}.bundle.mjs`);
  const banner = { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' };
  buildSync({ entryPoints: [join(folder, entry)], outfile, bundle: true, packages: "external", platform: "node", format: "esm", banner, keepNames: true, logLevel: "silent" });
  const exported = await import(pathToFileURL(outfile).href);
  for (const [name, model] of Object.entries(schemas ?? {})) mongoose.model(model, exported[name]);
  const found = {};
  for (const name of mongoose.modelNames()) {
    const { schema, collection, baseModelName } = mongoose.model(name);
    if (baseModelName) continue;
    found[collection.name] = { model: name, ...schemaOf(schema), indexes: indexes(schema), strict: schema.options.strict, versionKey: schema.options.versionKey };
  }
  return found;
}

const found = {};
for (const one of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    found[one.name] = await models(one);
  } catch (error) {
    found[one.name] = { error: String(error?.stack ?? error) };
  }
}
console.log(JSON.stringify(found));
