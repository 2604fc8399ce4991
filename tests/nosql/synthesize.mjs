// Synthesizes stacks of the CDK: a compiled module in TypeScript's stead, and what a stack in Python says, as JSON. Prints both templates.
import { createRequire } from "node:module";

const [modules, folder, given] = process.argv.slice(2);
const require = createRequire(modules + "/");
const cdk = require("aws-cdk-lib");
const dynamodb = require("aws-cdk-lib/aws-dynamodb");

function at(path) {
  return path.reduce((found, name) => found[name], dynamodb);
}

function revived(value) {
  if (Array.isArray(value)) return value.map(revived);
  if (value === null || typeof value !== "object") return value;
  if (value.$member) return at(value.$member);
  if (value.$call) return at(value.$call.slice(0, -1))[value.$call.at(-1)]();
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revived(one)]));
}

const templates = {};
for (const { name, region, tables } of JSON.parse(given)) {
  const app = new cdk.App({ outdir: `${folder}/cdk.out.${name}`, analyticsReporting: false });
  const env = { region, account: "123456789012" };
  const { TablesStack } = require(`${folder}/${name}.js`);
  new TablesStack(app, "TypeScript", { env });
  const python = new cdk.Stack(app, "Python", { env });
  for (const { id, props } of tables) new dynamodb.TableV2(python, id, revived(props));
  templates[name] = Object.fromEntries(app.synth().stacks.map((one) => [one.stackName, one.template]));
}
console.log(JSON.stringify(templates));
