// Prints what a script for mongosh asks of the server: node collect_commands.mjs script.js → [[command, options], …]
import { readFileSync } from "node:fs";

const commands = [];
const db = {
  getName: () => "shop",
  createCollection: (name, options) => commands.push(["create", name, options]),
  getCollection: (name) => ({ createIndex: (keys, options = {}) => commands.push(["index", name, Object.entries(keys), options]) }),
};
new Function("db", "sh", readFileSync(process.argv[2], "utf8"))(db, {});
console.log(JSON.stringify(commands));
