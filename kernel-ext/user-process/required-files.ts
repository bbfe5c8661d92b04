import path from "node:path";
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
    if (seen.has(file) || file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
    seen.add(file);
    return this.#cache[file];
  }
}
