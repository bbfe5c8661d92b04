import { parseSync } from "oxc-parser";
import type { SyntaxNode } from "./syntax-tree.ts";

/** `{expression}`, `$name` and `$$`. */
const inserted = /\$\$|\{(?<expression>[^{}\n]+)\}|\$(?<name>[A-Za-z_]\w*)/g;

/**
 * A shell command as the arguments of a call: its text, with `[raw, () => value]` for what the notebook may know. As in IPython,
 * `{expression}` and `$name` are the notebook's where they have a value there and the shell's otherwise; `$$name` is the shell's.
 */
export function shellParts(command: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const match of command.matchAll(inserted)) {
    const { expression, name } = match.groups!;
    const value = name ?? (isExpression(expression) ? expression : undefined);
    if (match[0] !== "$$" && value === undefined) continue;
    parts.push(JSON.stringify(command.slice(end, match.index)));
    parts.push(
      value === undefined ? '"$"' : `[${JSON.stringify(match[0])}, () => (${value.trim()})]`,
    );
    end = match.index + match[0].length;
  }
  parts.push(JSON.stringify(command.slice(end)));
  return parts.filter((part) => part !== '""').join(", ");
}

/** Leaves `{a,b}` and `{print}`-like text of other languages to the shell, unless it could be one of ours. */
function isExpression(text: string | undefined): boolean {
  if (text === undefined) return false;
  const { program, errors } = parseSync("cell.ts", `(${text})`, {
    lang: "ts",
    sourceType: "module",
  });
  const [statement] = program.body as unknown as readonly SyntaxNode[];
  const expression = statement?.["expression"] as SyntaxNode | undefined;
  return (
    errors.length === 0 &&
    expression !== undefined &&
    !/^(SequenceExpression|Literal)$/.test(expression.type) &&
    !/\bawait\b/.test(text)
  );
}
