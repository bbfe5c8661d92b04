import type { ParsedCell } from "./cell-language.ts";
import { patternNames } from "./declared-names.ts";
import { childNodes, isFunction, type SyntaxNode } from "./syntax-tree.ts";

/** How a cell uses names, beyond reading them. */
export interface NameUses {
  /** Names that it sets, whoever declared them. */
  readonly assigned: ReadonlySet<string>;
  /** Whether the code at a UTF-16 index runs later than the cell, because it is in a function. */
  readonly isDeferred: (index: number) => boolean;
}

/** Reads them from the syntax tree; code that does not parse yields none. */
export function nameUses({ program }: ParsedCell): NameUses {
  const assigned = new Set<string>();
  const functions: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (isFunction(node)) functions.push(node);
    const target = assignmentTarget(node);
    if (target !== undefined) for (const name of patternNames(target)) assigned.add(name);
    for (const child of childNodes(node)) visit(child);
  };
  visit(program);
  return {
    assigned,
    isDeferred: (index) => functions.some(({ start, end }) => start <= index && index < end),
  };
}

function assignmentTarget(node: SyntaxNode): SyntaxNode | undefined {
  const field =
    node.type === "AssignmentExpression" || /^For(In|Of)Statement$/.test(node.type)
      ? "left"
      : node.type === "UpdateExpression"
        ? "argument"
        : undefined;
  if (field === undefined) return undefined;
  const target = node[field] as SyntaxNode;
  return /^(Identifier|ArrayPattern|ObjectPattern)$/.test(target.type) ? target : undefined;
}
