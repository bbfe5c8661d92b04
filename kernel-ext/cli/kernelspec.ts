import { cp, mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ownPackage } from "./package-dir.ts";

export const kernelName = "counterlab";

export interface KernelspecPlace {
  /** Installs below `PREFIX/share/jupyter`, as in a Python environment; without it, for the user. */
  readonly prefix?: string;
  /** One of the folders where Jupyter keeps its data, instead of both. */
  readonly dataDir?: string;
}

export interface InstallOptions extends KernelspecPlace {
  readonly displayName?: string;
}

/** Script of this installation's command line. */
export function ownScript(): string {
  return fileURLToPath(new URL("./main.js", import.meta.url));
}

/** Folder of Jupyter's data below a prefix, or of the user on this platform. */
export function jupyterDataDir({ prefix, dataDir }: KernelspecPlace): string {
  const below = prefix === undefined ? userDataDir() : path.join(prefix, "share/jupyter");
  return dataDir ?? below;
}

/** Folder that holds the kernels of one place. */
export function kernelsDir(place: KernelspecPlace): string {
  return path.join(jupyterDataDir(place), "kernels");
}

/** Writes the kernelspec that starts this very installation; returns its folder. */
export async function installKernelspec({
  prefix,
  displayName = "TypeScript (Counterlab)",
}: InstallOptions = {}): Promise<string> {
  const main = ownScript();
  const dir = path.join(kernelsDir(prefix === undefined ? {} : { prefix }), kernelName);
  const spec = {
    argv: [process.execPath, main, "start", "{connection_file}"],
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    kernel_protocol_version: "5.5",
    metadata: { debugger: true, supported_encryption: ["curve"] },
  };
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
  const logos = path.join(ownPackage().dir, "kernel-ext/cli/logos");
  for (const name of await readdir(logos)) await cp(path.join(logos, name), path.join(dir, name));
  return dir;
}

/** Removes the kernelspec, and the folders around it that are empty then; returns its folder, or `undefined` when there was none. */
export async function uninstallKernelspec(
  place: KernelspecPlace = {},
): Promise<string | undefined> {
  const dir = path.join(kernelsDir(place), kernelName);
  const exists = await stat(dir).catch(() => undefined);
  if (exists === undefined) return undefined;
  await rm(dir, { recursive: true });
  await removeEmpty(path.dirname(dir), { levels: place.prefix === undefined ? 2 : 3 });
  return dir;
}

export interface InstalledKernelspec {
  readonly name: string;
  readonly dir: string;
  readonly displayName: string;
  readonly argv: readonly string[];
}

/** Every kernelspec of one place. */
export async function listKernelspecs(place: KernelspecPlace = {}): Promise<InstalledKernelspec[]> {
  const parent = kernelsDir(place);
  const names = await readdir(parent).catch(() => []);
  const found: InstalledKernelspec[] = [];
  for (const name of names) {
    const dir = path.join(parent, name);
    const text = await readFile(path.join(dir, "kernel.json"), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const { display_name: displayName, argv } = JSON.parse(text) as {
      display_name: string;
      argv: readonly string[];
    };
    found.push({ name, dir, displayName, argv });
  }
  return found;
}

/** Removes a folder and those that hold it, until one is not empty. */
export async function removeEmpty(
  dir: string,
  { levels }: { readonly levels: number },
): Promise<void> {
  if (levels === 0) return;
  try {
    await rmdir(dir);
  } catch {
    // It holds something else, or is not ours to remove.
    return;
  }
  await removeEmpty(path.dirname(dir), { levels: levels - 1 });
}

function userDataDir(): string {
  const { env, platform } = process;
  if (env["JUPYTER_DATA_DIR"] !== undefined) return env["JUPYTER_DATA_DIR"];
  if (platform === "darwin") return path.join(homedir(), "Library/Jupyter");
  if (platform === "win32") return path.join(env["APPDATA"] ?? homedir(), "jupyter");
  return path.join(env["XDG_DATA_HOME"] ?? path.join(homedir(), ".local/share"), "jupyter");
}
