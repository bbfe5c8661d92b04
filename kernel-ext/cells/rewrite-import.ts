import type { Variable } from "eslint-scope";
import type MagicString from "magic-string";
import type { SyntaxNode } from "./syntax-tree.ts";

interface ImportOptions {
  readonly variables: readonly Variable[];
  readonly rename: (name: string) => string;
}

/** Turns a static import into an awaited dynamic one at the top of the cell, its names into global bindings. */
export function rewriteImport(
  edits: MagicString,
  statement: SyntaxNode,
  { variables, rename }: ImportOptions,
): void {
  const specifier = JSON.stringify((statement["source"] as { value: string }).value);
  const attributes = (statement["attributes"] as SyntaxNode[]).map(({ start, end }) =>
    edits.original.slice(start, end),
  );
  const options = attributes.length > 0 ? `, { with: { ${attributes.join(", ")} } }` : "";
  const namespace = `$module${statement.start}`;
  const bindings = (statement["specifiers"] as ImportSpecifier[]).map((imported) => {
    const local = imported.local.name;
    return `${rename(local)} = ${importedValue(imported, namespace, isUsed(variables, local))};`;
  });
  edits.overwrite(
    statement.start,
    statement.end,
    `;{ const ${namespace} = yield import(${specifier}${options}); ${bindings.join(" ")} }`,
  );
  edits.move(statement.start, statement.end, 0);
}

interface ImportSpecifier extends SyntaxNode {
  readonly local: { readonly name: string };
  readonly imported?: { readonly name?: string; readonly value?: string };
}

function importedValue(
  { type, imported }: ImportSpecifier,
  namespace: string,
  isRequired: boolean,
): string {
  if (type === "ImportNamespaceSpecifier") return namespace;
  const name = type === "ImportDefaultSpecifier" ? "default" : (imported!.name ?? imported!.value!);
  return `$counterlab.pick(${namespace}, ${JSON.stringify(name)}, ${isRequired})`;
}

/** A name that the stripped cell never reads may be a type, so its absence is no error. */
function isUsed(variables: readonly Variable[], local: string): boolean {
  return variables.some(({ name, references }) => name === local && references.length > 0);
}
