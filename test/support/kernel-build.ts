import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { transformSync } from "oxc-transform";

const root = path.resolve(import.meta.dirname, "../..");
const outDir = path.join(root, "dist/test-build");

let built: Promise<string> | undefined;

/** Compiles the kernel's sources file by file, as the product build does but without types; returns the script of its command line. */
export function buildKernel(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  for (const folder of ["kernel-ext", "widgets/models", "widgets/drawing"]) {
    const names = await readdir(path.join(root, folder), { recursive: true });
    for (const name of names) {
      if (!name.endsWith(".ts")) continue;
      const source = path.join(root, folder, name);
      const target = path.join(outDir, folder, name.replace(/\.ts$/, ".js"));
      if (await isNewer(target, source)) continue;
      const { code, errors } = transformSync(source, await readFile(source, "utf8"), {
        lang: "ts",
        sourceType: "module",
        typescript: { rewriteImportExtensions: "rewrite" },
      });
      if (errors.length > 0) throw new Error(`${source}: ${errors[0]!.message}`);
      await mkdir(path.dirname(target), { recursive: true });
      // Whole or not at all: other tests may be starting a kernel beside these.
      const draft = `${target}.${process.pid}`;
      await writeFile(draft, code);
      await rename(draft, target);
    }
  }
  return path.join(outDir, "kernel-ext/cli/main.js");
}

async function isNewer(target: string, source: string): Promise<boolean> {
  const made = await stat(target).catch(() => undefined);
  return made !== undefined && made.mtimeMs > (await stat(source)).mtimeMs;
}
