import { parseSync } from "oxc-parser";
import type { SyntaxNode } from "./syntax-tree.ts";

export type CellLanguage = "ts" | "tsx";

export interface ParsedCell {
  readonly lang: CellLanguage;
  readonly program: SyntaxNode;
  readonly errors: ReturnType<typeof parseSync>["errors"];
}

/** Parses a cell, as TSX only when it is no TypeScript without JSX, because `<T>value` means another thing there. */
export function parseCell(source: string): ParsedCell {
  const plain = parseAs(source, "ts");
  if (plain.errors.length === 0 || !mayHoldJsx(source)) return plain;
  const withJsx = parseAs(source, "tsx");
  return withJsx.errors.length === 0 ? withJsx : plain;
}

export function cellLanguage(source: string): CellLanguage {
  return mayHoldJsx(source) ? parseCell(source).lang : "ts";
}

function mayHoldJsx(source: string): boolean {
  return /<\/|\/>/.test(source);
}

function parseAs(source: string, lang: CellLanguage): ParsedCell {
  const { program, errors } = parseSync(`cell.${lang}`, source, { lang, sourceType: "module" });
  return { lang, program: program as unknown as SyntaxNode, errors };
}
