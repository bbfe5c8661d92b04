import { parseCell } from "../../cells/cell-language.ts";
import { childNodes, isFunction, type SyntaxNode } from "../../cells/syntax-tree.ts";

const statements =
  /^(?:Expression|Return|Throw|If|While|DoWhile|For|ForIn|ForOf|Switch|Break|Continue|Debugger)Statement$|^(?:Variable|Class|Import|ExportNamed|ExportDefault|ExportAll)Declaration$/;

/**
 * The lines (1-based, ascending) of a piece of TypeScript on which code can stop, as far as the text alone tells: where a statement or
 * a call begins and where a function ends. `undefined` for text that does not parse.
 */
export function stoppableLines(code: string): number[] | undefined {
  const { program, errors } = parseCell(code);
  if (errors.length > 0) return undefined;
  const starts = lineStarts(code);
  const lines = new Set<number>();
  const visit = (node: SyntaxNode): void => {
    if (node["declare"] === true || /^TS(?:Interface|TypeAlias)/.test(node.type)) return;
    if (statements.test(node.type)) lines.add(lineAt(starts, node.start));
    if (node.type === "FunctionDeclaration") lines.add(lineAt(starts, node.start));
    if (isFunction(node)) {
      const body = node["body"] as SyntaxNode | null;
      if (body !== null)
        lines.add(
          lineAt(
            starts,
            body.type === "BlockStatement" || body.type === "FunctionBody"
              ? node.end - 1
              : body.start,
          ),
        );
    }
    if (node.type === "CallExpression" || node.type === "NewExpression") {
      const callee = node["callee"] as SyntaxNode;
      const named = (callee["property"] as SyntaxNode | undefined) ?? callee;
      lines.add(lineAt(starts, named.start));
    }
    for (const child of childNodes(node)) visit(child);
  };
  visit(program);
  return [...lines].sort((a, b) => a - b);
}

/** Where a breakpoint goes that was asked for on `line`: to the next line on which code can stop, or else to the last one. */
export function nearestLine(lines: readonly number[], line: number): number {
  return lines.find((candidate) => candidate >= line) ?? lines.at(-1) ?? line;
}

/** Offsets at which the lines of a text begin. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
