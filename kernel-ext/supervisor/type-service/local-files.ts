import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const pathImport = /(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** The files that cells import by path, and what those import: tells which were edited since the last look. */
export class LocalFiles {
  readonly #notebookDir: string;
  readonly #seen = new Map<
    string,
    { readonly stamp: string; readonly imports: readonly string[] }
  >();

  constructor(notebookDir: string) {
    this.#notebookDir = notebookDir;
  }

  /** Files below the imports of `source` that are new or were edited. */
  edited(source: string): string[] {
    const found: string[] = [];
    const visited = new Set<string>();
    const visit = (dir: string, text: string): readonly string[] => {
      const files = [...text.matchAll(pathImport)].flatMap(
        ([, specifier]) => resolveFile(path.resolve(dir, specifier!)) ?? [],
      );
      for (const file of files) look(file);
      return files;
    };
    const look = (file: string): void => {
      if (visited.has(file)) return;
      visited.add(file);
      const { mtimeMs, size } = statSync(file);
      const stamp = `${mtimeMs} ${size}`;
      const before = this.#seen.get(file);
      if (before?.stamp === stamp) {
        for (const imported of before.imports) if (existsSync(imported)) look(imported);
        return;
      }
      found.push(file);
      const imports = visit(path.dirname(file), readFileSync(file, "utf8"));
      this.#seen.set(file, { stamp, imports });
    };
    visit(this.#notebookDir, source);
    return found;
  }
}

function resolveFile(file: string): string | undefined {
  const stem = file.replace(/\.js$/, "");
  return [file, `${stem}.ts`, `${stem}.tsx`, `${file}.js`, path.join(file, "index.ts")].find(
    (candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true,
  );
}
