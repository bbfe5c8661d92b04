import { parseCell, type ParsedCell } from "./cell-language.ts";
import { childNodes, isFunction, type SyntaxNode } from "./syntax-tree.ts";

/** What a cell declares at its top level: values, types, and which of them it exports itself. */
export interface DeclaredNames {
  readonly names: readonly string[];
  readonly exported: ReadonlySet<string>;
  /** Those of `let` and `var`, which later cells may assign. */
  readonly variables: ReadonlySet<string>;
}

/** Reads the names from the parser; from code that does not parse yet, as far as it goes. */
export function declaredNames(
  source: string,
  { program }: ParsedCell = parseCell(source),
): DeclaredNames {
  const names = new Set<string>();
  const exported = new Set<string>();
  const variables = new Set<string>();
  for (const statement of program["body"] as readonly SyntaxNode[]) {
    if (statement.type === "ExportNamedDeclaration" && statement["declaration"] === null) {
      if (statement["source"] === null) addExportedAs(statement, exported);
      continue;
    }
    const isExport = /^Export(Named|Default)Declaration$/.test(statement.type);
    const declaration = isExport ? (statement["declaration"] as SyntaxNode) : statement;
    const own = new Set(statementNames(declaration));
    for (const name of own) names.add(name);
    const isConstant =
      declaration.type === "VariableDeclaration" && declaration["kind"] === "const";
    const isNamed = /^(Function|Class|Import|TS)/.test(declaration.type);
    if (!isConstant && !isNamed) for (const name of own) variables.add(name);
    if (statement.type === "ExportNamedDeclaration") for (const name of own) exported.add(name);
  }
  return { names: [...names], exported, variables };
}

function addExportedAs(statement: SyntaxNode, exported: Set<string>): void {
  for (const specifier of statement["specifiers"] as SyntaxNode[]) {
    const { name } = specifier["exported"] as { name?: string };
    if (name !== undefined) exported.add(name);
  }
}

function* statementNames(node: SyntaxNode): Generator<string> {
  switch (node.type) {
    case "ImportDeclaration":
      for (const specifier of node["specifiers"] as SyntaxNode[]) {
        yield (specifier["local"] as { name: string }).name;
      }
      return;
    case "VariableDeclaration":
      for (const declarator of node["declarations"] as SyntaxNode[]) {
        yield* patternNames(declarator["id"] as SyntaxNode);
      }
      return;
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSEnumDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSModuleDeclaration":
    case "TSImportEqualsDeclaration": {
      const id = node["id"] as { type: string; name?: string } | null;
      if (id?.type === "Identifier" && id.name !== "global") yield id.name!;
      return;
    }
    default:
      yield* nestedVars(node);
  }
}

/** `var` of blocks and loop heads. */
function* nestedVars(node: SyntaxNode): Generator<string> {
  for (const child of childNodes(node)) {
    if (isFunction(child) || child.type.startsWith("Class")) continue;
    if (child.type === "VariableDeclaration" && child["kind"] === "var")
      yield* statementNames(child);
    else yield* nestedVars(child);
  }
}

/** The names that a pattern binds or, in an assignment, sets. */
export function* patternNames(pattern: SyntaxNode): Generator<string> {
  switch (pattern.type) {
    case "Identifier":
      yield pattern["name"] as string;
      return;
    case "AssignmentPattern":
      yield* patternNames(pattern["left"] as SyntaxNode);
      return;
    case "RestElement":
      yield* patternNames(pattern["argument"] as SyntaxNode);
      return;
    case "Property":
      yield* patternNames(pattern["value"] as SyntaxNode);
      return;
    default:
      for (const child of childNodes(pattern)) {
        if (child.type !== "TSTypeAnnotation") yield* patternNames(child);
      }
  }
}
