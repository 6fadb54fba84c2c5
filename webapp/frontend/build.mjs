/**
 * Copies what the pages need from node_modules into ../static/vendor, which git ignores.
 *
 * In: the packages named under "dependencies" of package.json, as `npm ci` laid them.
 * Out: leaflet.js, leaflet.css, nl-design.css (the components in one file), fonts/ and
 * manifest.json (name, version and licence of each package, shown on the page /about).
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const VENDOR = join(HERE, "..", "static", "vendor");
const FONT = "@fontsource/source-sans-3";
const FONT_WEIGHTS = [400, 600];
// Source maps are not shipped, so a browser should not be sent to look for them.
const SOURCE_MAP = /\/[/*]# sourceMappingURL=.*?(\*\/)?\s*$/;

const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));

async function copyWithoutMap(from, to) {
  await writeFile(to, (await readFile(from, "utf8")).replace(SOURCE_MAP, ""));
}

/** The one style sheet of a component: dist/index.min.css, else dist/<name>.css. */
async function componentCss(name) {
  const folder = join(MODULES, name, "dist");
  const files = await readdir(folder);
  const own = `${name.split("/")[1].replace(/-css$/, "")}.css`;
  const file = ["index.min.css", own].find((candidate) => files.includes(candidate));
  if (!file) throw new Error(`${name} has neither index.min.css nor ${own} in dist/`);
  return (await readFile(join(folder, file), "utf8")).replace(SOURCE_MAP, "");
}

const names = Object.keys((await readJson(join(HERE, "package.json"))).dependencies);
await rm(VENDOR, { recursive: true, force: true });
await mkdir(join(VENDOR, "fonts"), { recursive: true });

for (const file of ["leaflet.js", "leaflet.css"]) {
  await copyWithoutMap(join(MODULES, "leaflet", "dist", file), join(VENDOR, file));
}
for (const weight of FONT_WEIGHTS) {
  const file = `source-sans-3-latin-${weight}-normal.woff2`;
  await copyFile(join(MODULES, FONT, "files", file), join(VENDOR, "fonts", file));
}
const components = names.filter((name) => /^@(utrecht|nl-design-system-candidate)\//.test(name));
const sheets = await Promise.all(components.map(componentCss));
await writeFile(join(VENDOR, "nl-design.css"), sheets.join("\n"));

const manifest = await Promise.all(
  names.map(async (name) => {
    const { version, license } = await readJson(join(MODULES, name, "package.json"));
    return { name, version, licence: license };
  }),
);
await writeFile(join(VENDOR, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
