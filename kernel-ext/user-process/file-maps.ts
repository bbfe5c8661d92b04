import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
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

  /** @param url As a stack names the file. */
  locate(url: string, { line, column }: FilePlace): FilePlace | undefined {
    if (!/^file:.*\.m?tsx?(?:\?|$)/.test(url) || url.includes("/node_modules/")) return undefined;
    if (!this.#maps.has(url)) this.#maps.set(url, readMap(url, this.#texts));
    const entry = this.#maps.get(url)?.findEntry(line - 1, column - 1);
    if (entry === undefined || !("originalLine" in entry)) return undefined;
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }
}

/** The map of the transformation that the load hook makes. */
export function compileFile(
  path: string,
  text: string,
): { readonly code: string; readonly map: object | undefined } {
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

function readMap(url: string, texts: ReadonlyMap<string, string>): SourceMap | undefined {
  try {
    const plain = url.replace(/\?.*$/, "");
    const path = fileURLToPath(plain);
    const text = texts.get(plain) ?? readFileSync(path, "utf8");
    return new SourceMap(compileFile(path, text).map as SourceMapPayload);
  } catch {
    return undefined;
  }
}
