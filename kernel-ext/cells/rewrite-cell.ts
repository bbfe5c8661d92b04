import type { Reference, Variable } from "eslint-scope";
import type MagicString from "magic-string";
import { rewriteImport } from "./rewrite-import.ts";
import { childNodes, isFunction, type SyntaxNode } from "./syntax-tree.ts";

/** Name of the parameter that carries the run-time support of rewritten cells. */
export const supportName = "$counterlab";

export interface RewriteOptions {
  /** What the cell declares at its top level. */
  readonly variables: readonly Variable[];
  /** References that the cell itself does not resolve. */
  readonly outerReferences: readonly Reference[];
  readonly rename: (name: string) => string;
  /** Modules of which only types are imported. */
  readonly typeOnlyModules: ReadonlySet<string>;
}

/** Edits a parsed cell in place, as `compileCell` describes. */
export function rewriteCell(
  edits: MagicString,
  program: SyntaxNode,
  { variables, outerReferences, rename, typeOnlyModules }: RewriteOptions,
): { readonly hasImports: boolean } {
  const source = edits.original;
  const globalNames = new Set(variables.map(({ name }) => name));
  let hasImports = false;

  renameIdentifiers();
  const statements = program["body"] as SyntaxNode[];
  for (const statement of statements) rewriteTopLevel(statement, statement === statements.at(-1));
  return { hasImports };

  function rewriteTopLevel(statement: SyntaxNode, isLast: boolean): void {
    switch (statement.type) {
      case "ImportDeclaration":
        if (importsOnlyTypes(statement)) {
          edits.remove(statement.start, statement.end);
          return;
        }
        hasImports = true;
        rewriteImport(edits, statement, { variables, rename });
        return;
      case "ExportAllDeclaration":
        hasImports = true;
        edits.overwrite(statement.start, statement.end, `;yield import(${sourceText(statement)});`);
        return;
      case "ExportNamedDeclaration":
        rewriteNamedExport(statement);
        return;
      case "ExportDefaultDeclaration":
        rewriteDefaultExport(statement, isLast);
        return;
      case "ExpressionStatement":
        if (isLast) returnValue(statement);
        break;
      case "VariableDeclaration":
        assignDeclarators(statement, { isStatement: true });
        break;
      case "FunctionDeclaration":
        assignFunction(statement);
        break;
      case "ClassDeclaration":
        assignClass(statement);
        break;
      default:
    }
    visit(statement, [program]);
  }

  function rewriteNamedExport(statement: SyntaxNode): void {
    const declaration = statement["declaration"] as SyntaxNode | null;
    if (declaration !== null) {
      edits.remove(statement.start, declaration.start);
      rewriteTopLevel(declaration, false);
    } else if (statement["source"] !== null) {
      hasImports = true;
      edits.overwrite(statement.start, statement.end, `;yield import(${sourceText(statement)});`);
    } else {
      edits.remove(statement.start, statement.end);
    }
  }

  function rewriteDefaultExport(statement: SyntaxNode, isLast: boolean): void {
    const declaration = statement["declaration"] as SyntaxNode & { id?: SyntaxNode | null };
    edits.remove(statement.start, declaration.start);
    const isNamed = /^(Function|Class)Declaration$/.test(declaration.type) && declaration.id;
    if (isNamed) {
      rewriteTopLevel(declaration, false);
      return;
    }
    edits.appendRight(declaration.start, isLast ? "return (" : ";(");
    edits.appendLeft(declaration.end, ");");
    visit(declaration, [program]);
  }

  function returnValue(statement: SyntaxNode): void {
    edits.appendRight(statement.start, "return (");
    if (source[statement.end - 1] === ";") edits.overwrite(statement.end - 1, statement.end, ");");
    else edits.appendLeft(statement.end, ");");
  }

  /** `const a = 1, { b } = c` becomes `a = 1, ({ b } = c)`, on global bindings made beforehand. */
  function assignDeclarators(
    declaration: SyntaxNode,
    { isStatement }: { readonly isStatement: boolean },
  ): void {
    const declarators = declaration["declarations"] as (SyntaxNode & {
      id: SyntaxNode;
      init: SyntaxNode | null;
    })[];
    // A helper of the compiler stays inside the cell.
    if (declarators.some(({ id }) => isName(id) && !globalNames.has(id.name))) return;
    edits.overwrite(declaration.start, declarators[0]!.start, isStatement ? ";" : "");
    for (const { start, end, id, init } of declarators) {
      if (init === null) {
        // `var x;` keeps what x holds, `let x;` does not.
        if (declaration["kind"] !== "var") edits.appendLeft(end, " = undefined");
      } else if (id.type !== "Identifier") {
        edits.appendRight(start, "(");
        edits.appendLeft(end, ")");
      } else {
        forgetOldEnum(id as SyntaxNode & { name: string }, init);
      }
    }
  }

  /** An enum is compiled to `var E = (function (E) {…})(E || {})`, which would merge with the E of an earlier run. */
  function forgetOldEnum(id: SyntaxNode & { name: string }, init: SyntaxNode): void {
    const argument = (init["arguments"] as SyntaxNode[] | undefined)?.[0];
    if (argument === undefined) return;
    if (source.slice(argument.start, argument.end) !== `${id.name} || {}`) return;
    edits.overwrite(argument.start, argument.end, "{}");
  }

  /** Function declarations are assigned first of all, because code above them may call them. */
  function assignFunction(node: SyntaxNode): void {
    const id = node["id"] as SyntaxNode & { name: string };
    const keyword = `${node["async"] === true ? "async " : ""}function${node["generator"] === true ? "*" : ""}`;
    // Anonymous on purpose: a named function expression would call its old self after a redefinition.
    edits.overwrite(node.start, id.end, `;${rename(id.name)} = ${keyword} `);
    edits.appendLeft(node.end, ";");
    edits.move(node.start, node.end, 0);
  }

  function assignClass(node: SyntaxNode): void {
    const id = node["id"] as SyntaxNode & { name: string };
    edits.appendRight(node.start, `;${rename(id.name)} = `);
    edits.appendLeft(node.end, ";");
  }

  /** Everything below the top-level statements; `parents` ends with the parent of `node`. */
  function visit(node: SyntaxNode, parents: readonly SyntaxNode[]): void {
    const isNested = parents.some(isFunction);
    const parent = parents.at(-1)!;
    if (node.type === "ImportExpression") hasImports = true;
    if (node.type === "MetaProperty" && (node["meta"] as { name?: string }).name === "import") {
      edits.overwrite(node.start, node.end, `${supportName}.importMeta`, { contentOnly: true });
      return;
    }
    if (!isNested && node.type === "AwaitExpression") {
      edits.overwrite(node.start, node.start + "await".length, "(yield (", { contentOnly: true });
      edits.appendLeft(node.end, "))");
    }
    if (!isNested && node.type === "ForOfStatement" && node["await"] === true) {
      rewriteForAwait(node, parents);
    }
    if (!isNested && parent !== program && node.type === "VariableDeclaration") {
      rewriteNestedVar(node, parent);
    }
    for (const child of childNodes(node)) visit(child, [...parents, node]);
  }

  /** A `var` inside a block or a loop head is global all the same. */
  function rewriteNestedVar(node: SyntaxNode, parent: SyntaxNode): void {
    if (node["kind"] !== "var") return;
    const isLoopHead = /^For(In|Of)Statement$/.test(parent.type) && parent["left"] === node;
    if (!isLoopHead) {
      assignDeclarators(node, { isStatement: parent.type !== "ForStatement" });
    } else if (parent["await"] !== true) {
      const [declarator] = node["declarations"] as SyntaxNode[];
      edits.remove(node.start, declarator!.start);
    }
  }

  /** `for await (L of R) B` becomes `for (open(R); !(yield advance()); ) { L = value; B }`, closed in a `finally`. */
  function rewriteForAwait(node: SyntaxNode, parents: readonly SyntaxNode[]): void {
    const left = node["left"] as SyntaxNode;
    const right = node["right"] as SyntaxNode;
    const body = node["body"] as SyntaxNode;
    const steps = `$steps${node.start}`;
    const outermost = parents.reduceRight(
      (inner, parent) =>
        parent.type === "LabeledStatement" && parent["body"] === inner ? parent : inner,
      node,
    );
    edits.overwrite(node.start, left.start, `for (${steps}.open(`, { contentOnly: true });
    edits.appendRight(outermost.start, `{ const ${steps} = ${supportName}.steps(); try { `);
    edits.remove(left.end, right.start);
    edits.overwrite(right.end, body.start, `); !(yield ${steps}.advance()); ) { `);
    edits.move(left.start, left.end, body.start);
    const declarator = (left["declarations"] as SyntaxNode[] | undefined)?.[0];
    if (declarator !== undefined && left["kind"] !== "var") {
      edits.appendLeft(left.end, ` = ${steps}.value; `);
    } else {
      if (declarator !== undefined) edits.remove(left.start, declarator.start);
      edits.appendRight(declarator?.start ?? left.start, "(");
      edits.appendLeft(left.end, ` = ${steps}.value); `);
    }
    edits.appendLeft(body.end, " }");
    edits.appendLeft(outermost.end, ` } finally { yield ${steps}.close(); } }`);
  }

  function renameIdentifiers(): void {
    const identifiers = [
      ...variables
        .filter(({ name }) => rename(name) !== name)
        .flatMap((variable) => [
          // Functions, classes and imports name themselves where they are assigned.
          ...variable.defs
            .filter(({ type }) => (type as string) === "Variable")
            .map(({ name }) => name as unknown as SyntaxNode),
          ...variable.references.map(({ identifier }) => identifier as unknown as SyntaxNode),
        ]),
      ...outerReferences
        .map(({ identifier }) => identifier as unknown as SyntaxNode)
        .filter(({ name }) => rename(name as string) !== name),
    ];
    if (identifiers.length === 0) return;
    const shorthand = new Set(shorthandStarts(program));
    const done = new Set<number>();
    for (const { start, end, name } of identifiers) {
      if (done.has(start)) continue;
      done.add(start);
      const renamed = rename(name as string);
      edits.overwrite(start, end, shorthand.has(start) ? `${name as string}: ${renamed}` : renamed);
    }
  }

  function importsOnlyTypes(statement: SyntaxNode): boolean {
    const { length } = statement["specifiers"] as SyntaxNode[];
    return length === 0 && typeOnlyModules.has((statement["source"] as { value: string }).value);
  }

  function sourceText(statement: SyntaxNode): string {
    return JSON.stringify((statement["source"] as { value: string }).value);
  }
}

function isName(node: SyntaxNode): node is SyntaxNode & { name: string } {
  return node.type === "Identifier";
}

function* shorthandStarts(node: SyntaxNode): Generator<number> {
  if (node.type === "Property" && node["shorthand"] === true) yield node.start;
  for (const child of childNodes(node)) yield* shorthandStarts(child);
}
