import { existsSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { jupyterDataDir, removeEmpty, type KernelspecPlace } from "./kernelspec.ts";
import { ownPackage } from "./package-dir.ts";

/** The extension's name, as in `scripts/build-labextension.mjs`. */
const extensionName = "@counterlab/widgets";

/** Folder of the widgets' JupyterLab extension in one place. */
function extensionDir(place: KernelspecPlace): string {
  return path.join(jupyterDataDir(place), "labextensions", extensionName);
}

/**
 * Copies the widgets' JupyterLab extension to where Jupyter looks for it, beside the kernel; returns its folder, or
 * `undefined` when this installation has not built it.
 */
export async function installLabextension(place: KernelspecPlace): Promise<string | undefined> {
  const built = path.join(ownPackage().dir, "dist/labextension");
  if (!existsSync(built)) return undefined;
  const dir = extensionDir(place);
  await rm(dir, { recursive: true, force: true });
  await cp(built, dir, { recursive: true });
  const install = { packageManager: "npm", packageName: "counterlab" };
  await writeFile(path.join(dir, "install.json"), `${JSON.stringify(install, null, 2)}\n`);
  return dir;
}

/** Removes the extension, and the folders around it that are empty then. */
export async function uninstallLabextension(place: KernelspecPlace): Promise<void> {
  const dir = extensionDir(place);
  if (!existsSync(dir)) return;
  await rm(dir, { recursive: true });
  await removeEmpty(path.dirname(dir), { levels: place.prefix === undefined ? 3 : 4 });
}
