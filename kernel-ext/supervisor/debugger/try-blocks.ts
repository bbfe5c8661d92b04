import { parseSync } from "oxc-parser";
import { childNodes, isFunction, type SyntaxNode } from "../../cells/syntax-tree.ts";
import { lineStarts } from "./source-lines.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Tells where in a script a thrown error is caught by the function that it is thrown in. */
export class TryBlocks {
  readonly #starts: readonly number[];
  readonly #functions: Range[] = [];
  readonly #guarded: Range[] = [];

  /** @param script JavaScript; one that does not parse catches nothing. */
  constructor(script: string) {
    this.#starts = lineStarts(script);
    const { program } = parseSync("script.js", script, { range: true });
    this.#visit(program as unknown as SyntaxNode);
  }

  /** @param line 0-based. @param column 0-based. */
  catches(line: number, column: number): boolean {
    const offset = (this.#starts[line] ?? 0) + column;
    const own = innermost(this.#functions, offset);
    return this.#guarded.some(
      (block) =>
        block.start <= offset &&
        offset < block.end &&
        (own === undefined || own.start <= block.start),
    );
  }

  #visit(node: SyntaxNode): void {
    if (isFunction(node)) this.#functions.push(node);
    if (node.type === "TryStatement" && node["handler"] !== null) {
      this.#guarded.push(node["block"] as SyntaxNode);
    }
    for (const child of childNodes(node)) this.#visit(child);
  }
}

function innermost(ranges: readonly Range[], offset: number): Range | undefined {
  return ranges
    .filter(({ start, end }) => start <= offset && offset < end)
    .reduce<Range | undefined>(
      (inner, range) => (inner === undefined || range.start > inner.start ? range : inner),
      undefined,
    );
}
