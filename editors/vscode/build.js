// Puts the extension and the libraries that it uses into one file, and their licences beside it.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const esbuild = require("esbuild");

const OUT = "dist";

/** The folders of the packages that a bundle took files from, by name. */
function packages(metafile) {
  const folders = Object.keys(metafile.inputs)
    .map((file) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file))
    .filter((match) => match !== null);
  return new Map(folders.map((match) => [match[1], match[0]]).sort());
}

function licence(name, folder) {
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} comes without a licence text`);
  }
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf-8"));
  const text = fs.readFileSync(path.join(folder, file), "utf-8").trim();
  return `${name} ${version}\n\n${text}\n`;
}

const { metafile } = esbuild.buildSync({
  entryPoints: ["src/extension.js"],
  outfile: `${OUT}/extension.js`,
  bundle: true,
  external: ["vscode"],
  logLevel: "warning",
  metafile: true,
  minify: true,
  platform: "node",
  target: "node20",
});
const licences = [...packages(metafile)].map(([name, folder]) => licence(name, folder));
const rule = `\n${"-".repeat(80)}\n\n`;
fs.writeFileSync(
  `${OUT}/THIRD-PARTY-LICENCES.txt`,
  `extension.js holds these libraries:${rule}${licences.join(rule)}`,
);
