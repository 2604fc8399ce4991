// Parses texts by the diagram languages' own parsers: node parse_diagrams.mjs <node_modules> mermaid|dbml < JSON list of texts.
// Prints a JSON list: null for each text that parses, else the parser's message.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';

const [modules, language] = process.argv.slice(2);

async function parser() {
  if (language === 'mermaid') {
    const entry = join(modules, 'mermaid', 'dist', 'mermaid.core.mjs');
    const mermaid = (await import(pathToFileURL(entry))).default;
    return async (text) => {
      const { diagramType } = await mermaid.parse(text);
      if (diagramType !== 'er') throw new Error(`taken for a diagram of type ${diagramType}`);
    };
  }
  const { Parser } = createRequire(join(modules, 'x.js'))('@dbml/core');
  return async (text) => new Parser().parse(text, 'dbmlv2').export();
}

const parse = await parser();
const answers = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    await parse(text);
    answers.push(null);
  } catch (error) {
    answers.push(String(error.diags ? JSON.stringify(error.diags.map((one) => one.message)) : error.message));
  }
}
console.log(JSON.stringify(answers));
