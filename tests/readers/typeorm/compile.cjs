// Compiles a folder of TypeScript with TypeORM's decorators to CommonJS. Answers what the compiler said, line by line.
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");

const modules = process.env.NODE_PATH.split(path.delimiter)[0];

exports.compile = (sources, output, strict) => {
  const configuration = path.join(path.dirname(output), "tsconfig.json");
  fs.writeFileSync(
    configuration,
    JSON.stringify({
      compilerOptions: {
        target: "es2022",
        module: "commonjs",
        moduleResolution: "bundler",
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
        esModuleInterop: true,
        skipLibCheck: true,
        strict: strict === "strict",
        types: ["node"],
        typeRoots: [`${modules}/@types`],
        lib: ["es2022", "dom"],
        outDir: output,
        rootDir: sources,
        paths: { "*": [`${modules}/*`] },
      },
      include: [sources],
    }),
  );
  const compiled = spawnSync(process.execPath, [path.join(modules, "typescript", "lib", "tsc.js"), "-p", configuration], { encoding: "utf8" });
  return `${compiled.stdout}${compiled.stderr}`.split("\n").filter((line) => line.trim());
};
