import { analyze } from "eslint-scope";
import MagicString from "magic-string";
import { parseSync, visitorKeys } from "oxc-parser";
import { stripTypes } from "../../cells/strip-types.ts";
import { childNodes, type SyntaxNode } from "../../cells/syntax-tree.ts";

export interface ExpressionOptions {
  /** Variables of the notebook that have another name for V8. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Names that mean something else where the expression is evaluated. */
  readonly own: readonly string[];
}

/** Makes TypeScript that a user typed into JavaScript that V8 evaluates. @throws CellSyntaxError */
export function compileExpression(text: string, { renamed, own }: ExpressionOptions): string {
  const trimmed = text.trim();
  // An object, as in every console.
  const source = trimmed.startsWith("{") && trimmed.endsWith("}") ? `(${trimmed})` : trimmed;
  const { code } = stripTypes(source, () => ({}));
  const rename = new Map(Object.entries(renamed).filter(([name]) => !own.includes(name)));
  if (rename.size === 0) return code;
  const { program, errors } = parseSync("expression.js", code, {
    lang: "js",
    sourceType: "module",
    range: true,
  });
  if (errors.length > 0) return code;
  const { scopes } = analyze(program as never, {
    ecmaVersion: 2022,
    sourceType: "module",
    childVisitorKeys: visitorKeys,
    fallback: () => [],
  });
  const edits = new MagicString(code);
  const shorthands = new Set(shorthandStarts(program as unknown as SyntaxNode));
  for (const { identifier } of scopes[0]!.through) {
    const { name, start, end } = identifier as unknown as NamedNode;
    const property = rename.get(name);
    if (property === undefined) continue;
    edits.overwrite(start, end, shorthands.has(start) ? `${name}: ${property}` : property);
  }
  return edits.toString();
}

interface NamedNode {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where `{ a }` means `{ a: a }`. */
function* shorthandStarts(node: SyntaxNode): Generator<number> {
  if (node.type === "Property" && node["shorthand"] === true) yield node.start;
  for (const child of childNodes(node)) yield* shorthandStarts(child);
}
