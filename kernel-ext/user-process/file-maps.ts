import { readFileSync } from "node:fs";
import { createRequire, SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";
import { transformSync } from "oxc-transform";
import type { FilePlace } from "../cells/index.ts";

/** TypeScript files as Node runs them, and the way back to what their author wrote. */
export class FileMaps {
  readonly #maps = new Map<string, SourceMap | undefined>();
  /** Files that are in no folder, because a cell holds them. */
  readonly #texts = new Map<string, string>();

  /** @param url Without a version. */
  define(url: string, text: string): void {
    this.#texts.set(url, text);
  }

  /** @param file As a stack names it: a URL where it was imported, a path where it was required. */
  locate(file: string, { line, column }: FilePlace): FilePlace | undefined {
    if (!/\.[cm]?tsx?(?:\?|$)/.test(file) || /[\\/]node_modules[\\/]/.test(file)) return undefined;
    if (!this.#maps.has(file)) this.#maps.set(file, readMap(file, this.#texts));
    const entry = this.#maps.get(file)?.findEntry(line - 1, column - 1);
    if (entry === undefined || !("originalLine" in entry)) return undefined;
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }
}

interface CompiledFile {
  readonly code: string;
  readonly map: object | undefined;
}

/** What the load hook makes of an imported file. */
export function compileFile(path: string, text: string): CompiledFile {
  const { code, errors, map } = transformSync(path, text, {
    lang: path.endsWith("x") ? "tsx" : "ts",
    sourceType: "module",
    target: "es2022",
    sourcemap: true,
  });
  const [error] = errors;
  if (error !== undefined) {
    throw new SyntaxError(`${path}: ${error.message}${error.codeframe ?? ""}`);
  }
  return { code, map };
}

/** What `require` runs of a file: CommonJS, which oxc does not write. */
export function compileRequiredFile(path: string, text: string): CompiledFile {
  // Loaded here: who writes TypeScript mostly imports.
  const esbuild = createRequire(import.meta.url)("esbuild") as typeof import("esbuild");
  try {
    const { code, map } = esbuild.transformSync(text, {
      ...{ loader: path.endsWith("x") ? "tsx" : "ts", format: "cjs", platform: "node" },
      ...{ target: "es2022", sourcemap: "external", sourcefile: path, logLevel: "silent" },
    });
    return { code, map: JSON.parse(map) as object };
  } catch (error) {
    // Its last line is place and reason.
    // eslint-disable-next-line preserve-caught-error -- the rest, and the stack, is about esbuild
    throw new SyntaxError((error as Error).message.split("\n").at(-1));
  }
}

function readMap(file: string, texts: ReadonlyMap<string, string>): SourceMap | undefined {
  const isImported = file.startsWith("file:");
  try {
    const plain = file.replace(/\?.*$/, "");
    const path = isImported ? fileURLToPath(plain) : file;
    const text = texts.get(plain) ?? readFileSync(path, "utf8");
    const { map } = (isImported ? compileFile : compileRequiredFile)(path, text);
    return new SourceMap(map as SourceMapPayload);
  } catch {
    return undefined;
  }
}
