import { readFileSync } from "node:fs";
import path from "node:path";
import { compileRequiredFile } from "./file-maps.ts";
import { stampOf } from "./file-versions.ts";

/** CommonJS files that a notebook required by path; an edited one is loaded again, and what required it on the way. */
export class RequiredFiles {
  readonly #cache: NodeJS.Require["cache"];
  readonly #stamps = new Map<string, string>();

  constructor(cache: NodeJS.Require["cache"]) {
    this.#cache = cache;
  }

  forgetEdited(file: string, seen: Set<string> = new Set<string>()): boolean {
    const module = this.#local(file, seen);
    if (module === undefined) return false;
    const isEdited = this.#stamps.get(file) !== stampOf(file);
    const below = module.children.map((child) => this.forgetEdited(child.filename, seen));
    if (!isEdited && !below.includes(true)) return false;
    Reflect.deleteProperty(this.#cache, file);
    return true;
  }

  /** Remembers when the file and those below it were written. */
  note(file: string, seen: Set<string> = new Set<string>()): void {
    const module = this.#local(file, seen);
    if (module === undefined) return;
    this.#stamps.set(file, stampOf(file));
    for (const child of module.children) this.note(child.filename, seen);
  }

  #local(file: string, seen: Set<string>): NodeJS.Module | undefined {
    if (seen.has(file) || isInPackage(file)) return undefined;
    seen.add(file);
    return this.#cache[file];
  }
}

/** A module as `require.extensions` get it; Node's types leave the method out. */
interface RequiredModule {
  _compile(code: string, filename: string): void;
}

/** What `require` calls for a file, by the end of its name. */
export type FileLoaders = Record<string, (module: RequiredModule, filename: string) => void>;

/**
 * Lets `require` load TypeScript files, on every Node alike: 20 knows none, later ones only what they can blank out. Packages
 * keep what Node does.
 */
export function loadRequiredTypescript(loaders: FileLoaders): void {
  for (const extension of [".ts", ".cts", ".mts", ".tsx"]) {
    const nodes = loaders[extension] ?? loaders[".js"]!;
    loaders[extension] = (module, filename) => {
      if (isInPackage(filename)) nodes(module, filename);
      else {
        const text = readFileSync(filename, "utf8");
        module._compile(compileRequiredFile(filename, text).code, filename);
      }
    };
  }
}

function isInPackage(file: string): boolean {
  return file.includes(`${path.sep}node_modules${path.sep}`);
}
