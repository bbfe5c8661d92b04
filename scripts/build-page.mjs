// Bundles our own page, which shows a notebook and its widgets without JupyterLab: dist/page (or OUTPUT).
// `node scripts/build-page.mjs [OUTPUT]`
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Builds the page into `outputFolder`; resolves to its files and their sizes in bytes. */
export async function buildPage(outputFolder = join(root, "dist/page")) {
  rmSync(outputFolder, { recursive: true, force: true });
  mkdirSync(outputFolder, { recursive: true });
  const shared = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "error",
    format: "esm",
    metafile: true,
    outdir: outputFolder,
    entryNames: "[name]",
    assetNames: "[name].[hash]",
    // Packages of JupyterLab import their style sheets as modules; ours names those that the page needs.
    plugins: [withoutStyles()],
    define: {
      "process.env.NODE_ENV": '"production"',
      "process.env.NODE_DEBUG": "undefined",
      global: "globalThis",
    },
  };
  const fonts = [".woff", ".woff2", ".ttf", ".eot"];
  const loaders = (ofFonts) => Object.fromEntries(fonts.map((type) => [type, ofFonts(type)]));
  const themes = ["widgets/page/theme-light.css", "widgets/page/theme-dark.css"];
  const [online, offline] = await Promise.all([
    build({
      ...shared,
      splitting: true,
      chunkNames: "[name].[hash]",
      entryPoints: ["widgets/page/page.ts", "widgets/page/page.css", ...themes],
      loader: { ".svg": "dataurl", ...loaders(() => "file") },
    }),
    // All in one file: no chunks, fonts as text, the newest font format alone.
    build({
      ...shared,
      entryPoints: {
        offline: "widgets/page/offline.ts",
        "offline-style": "widgets/page/page.css",
      },
      loader: {
        ".svg": "dataurl",
        ...loaders((type) => (type === ".woff2" ? "dataurl" : "empty")),
      },
    }),
  ]);
  const outputs = { ...online.metafile.outputs, ...offline.metafile.outputs };
  copyFileSync(join(root, "widgets/page/index.html"), join(outputFolder, "index.html"));
  return Object.fromEntries(
    Object.entries(outputs).map(([path, { bytes }]) => [path.split("/").at(-1), bytes]),
  );
}

function withoutStyles() {
  return {
    name: "without styles",
    setup(builder) {
      builder.onResolve({ filter: /\.css$/ }, ({ path, kind }) =>
        kind === "import-rule" || kind === "entry-point" ? undefined : { path, namespace: "empty" },
      );
      builder.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "" }));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = await buildPage(process.argv[2] && resolve(process.argv[2]));
  for (const [file, bytes] of Object.entries(sizes)) {
    console.log(`${file}  ${(bytes / 1024).toFixed(1)} kB`);
  }
}
