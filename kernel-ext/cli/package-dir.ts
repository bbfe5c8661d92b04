import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface OwnPackage {
  readonly dir: string;
  readonly version: string;
}

/** The counterlab package that this file belongs to, built or not. */
export function ownPackage(): OwnPackage {
  let dir = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const found = readPackage(dir);
    if (found?.name === "counterlab") return { dir, version: found.version };
    const parent = path.dirname(dir);
    if (parent === dir)
      throw new Error("package.json of counterlab was not found above the kernel");
    dir = parent;
  }
}

function readPackage(dir: string): { readonly name: string; readonly version: string } | undefined {
  try {
    return JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8")) as {
      name: string;
      version: string;
    };
  } catch {
    return undefined;
  }
}
