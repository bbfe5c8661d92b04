import { statSync } from "node:fs";

interface LoadedFile {
  version: number;
  stamp: string;
  /** Files that it imports by path. */
  readonly imports: Set<string>;
}

/** Versions of the files that a notebook imports by path: a file gets a new one when it, or one that it imports, was edited since. */
export class FileVersions {
  readonly #files = new Map<string, LoadedFile>();
  readonly #readStamp: (file: string) => string;

  constructor(readStamp: (file: string) => string = stampOf) {
    this.#readStamp = readStamp;
  }

  /** Which version of `file` is to be loaded now; `importer` is the file that asks, if no cell does. */
  current(file: string, importer?: string): number {
    if (importer !== undefined) this.#files.get(importer)?.imports.add(file);
    const loaded = this.#files.get(file);
    if (loaded !== undefined && !this.#isStale(file, new Set())) return loaded.version;
    const version = (loaded?.version ?? -1) + 1;
    this.#files.set(file, { version, stamp: this.#readStamp(file), imports: new Set() });
    return version;
  }

  /** Whether the notebook came to `file` by paths alone. */
  has(file: string): boolean {
    return this.#files.has(file);
  }

  #isStale(file: string, seen: Set<string>): boolean {
    if (seen.has(file)) return false;
    seen.add(file);
    const loaded = this.#files.get(file);
    if (loaded === undefined) return false;
    if (loaded.stamp !== this.#readStamp(file)) return true;
    return [...loaded.imports].some((imported) => this.#isStale(imported, seen));
  }
}

/** Changes whenever the file does. */
export function stampOf(file: string): string {
  const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: -1 };
  return `${mtimeMs} ${size}`;
}
