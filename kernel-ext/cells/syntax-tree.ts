import { visitorKeys } from "oxc-parser";

/** An ESTree node, seen without its kind. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** The child nodes of `node`, in source order of its fields. */
export function* childNodes(node: SyntaxNode): Generator<SyntaxNode> {
  for (const key of visitorKeys[node.type] ?? []) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const item of value as (SyntaxNode | null)[]) if (item !== null) yield item;
    } else if (value !== null && typeof value === "object") {
      yield value as SyntaxNode;
    }
  }
}

const functionTypes = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);

/** Whether `await` and `var` inside `node` belong to it and not to the code around it. */
export function isFunction(node: SyntaxNode): boolean {
  return functionTypes.has(node.type);
}
