// Bundles the browser side of the widgets into a prebuilt JupyterLab extension: npm alone, no webpack.
// `node scripts/build-labextension.mjs [OUTPUT]` writes dist/labextension (or OUTPUT); the same sources
// give the same bytes, and file names carry a hash of their content so that browsers may keep them.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The extension's name, which is also the widgets' front-end module. */
export const extensionName = "@counterlab/widgets";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: "browser",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
};

/** Builds the extension into `outputFolder`; resolves to its files and their sizes in bytes. */
export async function buildLabextension(outputFolder = join(root, "dist/labextension")) {
  const { name, version, description, license } = packageJson();
  rmSync(outputFolder, { recursive: true, force: true });
  const staticFolder = join(outputFolder, "static");
  mkdirSync(staticFolder, { recursive: true });

  const modules = await build({
    ...shared,
    entryPoints: ["widgets/lab/extension.ts"],
    format: "esm",
    splitting: true,
    outdir: staticFolder,
    entryNames: "extension.[hash]",
    chunkNames: "[name].[hash]",
    metafile: true,
  });
  const outputs = Object.entries(modules.metafile.outputs);
  const [extensionPath] = outputs.find(([, output]) =>
    output.entryPoint?.endsWith("/extension.ts"),
  );
  const extensionFile = `./${extensionPath.split("/").at(-1)}`;

  const container = await build({
    ...shared,
    entryPoints: ["widgets/lab/container.ts"],
    format: "iife",
    write: false,
    define: {
      EXTENSION_NAME: JSON.stringify(extensionName),
      EXTENSION_FILE: JSON.stringify(extensionFile),
    },
  });
  const containerCode = container.outputFiles[0].contents;
  const hash = createHash("sha256").update(containerCode).digest("hex").slice(0, 16);
  const load = `static/remoteEntry.${hash}.js`;
  writeFileSync(join(outputFolder, load), containerCode);

  const labPackage = {
    name: extensionName,
    version,
    description: `Widgets of ${name}: ${description}`,
    license,
    jupyterlab: { extension: true, outputDir: ".", _build: { load, extension: "./extension" } },
  };
  writeFileSync(join(outputFolder, "package.json"), `${JSON.stringify(labPackage, null, 2)}\n`);
  const sizes = outputs.map(([path, { bytes }]) => [`static/${path.split("/").at(-1)}`, bytes]);
  return Object.fromEntries([...sizes, [load, containerCode.length]]);
}

/** Copies a built extension to where Jupyter finds it: `PREFIX/share/jupyter/labextensions/…`. */
export function installLabextension(
  prefix,
  { builtFolder = join(root, "dist/labextension") } = {},
) {
  const target = join(prefix, "share/jupyter/labextensions", extensionName);
  rmSync(target, { recursive: true, force: true });
  cpSync(builtFolder, target, { recursive: true });
  const install = { packageManager: "npm", packageName: "counterlab" };
  writeFileSync(join(target, "install.json"), `${JSON.stringify(install, null, 2)}\n`);
  return target;
}

function packageJson() {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = await buildLabextension(process.argv[2] && resolve(process.argv[2]));
  for (const [file, bytes] of Object.entries(sizes)) {
    console.log(`${file}  ${(bytes / 1024).toFixed(1)} kB`);
  }
}
