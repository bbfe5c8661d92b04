import { parseSync } from "oxc-parser";
import { childNodes, type SyntaxNode } from "./syntax-tree.ts";

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

/** Where a class is declared without a name: the parser of TypeScript accepts that, JavaScript behind `export default` alone. */
export function namelessClass(source: string): number | undefined {
  const mayBeNameless = /\bclass\s*(?:\{|(?:extends|implements)\b|<)/.test(source);
  return mayBeNameless ? findNamelessClass(parseCell(source).program) : undefined;
}

function findNamelessClass(node: SyntaxNode): number | undefined {
  if (node.type === "ClassDeclaration" && node["id"] === null) return node.start;
  const isExport = node.type === "ExportDefaultDeclaration";
  for (const child of childNodes(node)) {
    // Its members may hold one all the same.
    const inner = isExport && child.type === "ClassDeclaration" ? childNodes(child) : [child];
    for (const each of inner) {
      const found = findNamelessClass(each);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function mayHoldJsx(source: string): boolean {
  return /<\/|\/>/.test(source);
}

function parseAs(source: string, lang: CellLanguage): ParsedCell {
  const { program, errors } = parseSync(`cell.${lang}`, source, { lang, sourceType: "module" });
  return { lang, program: program as unknown as SyntaxNode, errors };
}
