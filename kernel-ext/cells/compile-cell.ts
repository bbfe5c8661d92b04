import { analyze, type Variable } from "eslint-scope";
import MagicString from "magic-string";
import { parseSync, visitorKeys } from "oxc-parser";
import { namelessClass } from "./cell-language.ts";
import { declaredNames } from "./declared-names.ts";
import { rewriteCell, supportName } from "./rewrite-cell.ts";
import { stripTypes, type EmitSettings, type SourceMapJson } from "./strip-types.ts";
import { CellSyntaxError, positionAt } from "./syntax-error.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/** A cell made ready to run: an expression that yields a generator function, and the global names it binds. */
export interface CompiledCell {
  readonly code: string;
  /** Global properties that must exist before the code runs. */
  readonly names: readonly string[];
  /** What the cell itself declares, by name, and the global property that holds it. */
  readonly declared: ReadonlyMap<string, string>;
  /** Reserved names (see `CompileOptions`) that this cell declares for itself and for later cells. */
  readonly shadowed: readonly string[];
  readonly hasImports: boolean;
  /** Those of the offered parameters that the generator function takes, because the cell mentions them. */
  readonly parameters: readonly string[];
  /** Source maps from `code` back to the cell, made on demand. */
  readonly maps: () => readonly SourceMapJson[];
}

export interface CompileOptions {
  /** Names that a cell may not overwrite for everybody: Node's globals and `parameters`. */
  readonly reserved: ReadonlySet<string>;
  /** Reserved names that earlier cells declared. */
  readonly shadowed: ReadonlySet<string>;
  /** What the generator function can be handed. */
  readonly parameters: readonly string[];
  /** Settings of the notebook's tsconfig.json, read only by cells that depend on them. */
  readonly emitSettings?: () => EmitSettings;
}

/**
 * Strips types from a cell and turns it into a generator function: every `await` of the cell itself becomes a `yield`, declarations become
 * assignments to global bindings, the last expression becomes the returned value.
 *
 * @throws CellSyntaxError naming line and column in the cell.
 */
export function compileCell(source: string, options: CompileOptions): CompiledCell {
  const stripped = stripTypes(source, options.emitSettings ?? (() => ({})));
  // The empty first line takes what moves to the top of the cell, and the function's header.
  const text = `\n${stripped.code}`;
  const { program, errors } = parseSync("cell.js", text, {
    lang: "js",
    sourceType: "module",
    preserveParens: false,
    range: true,
  });
  if (errors[0] !== undefined) {
    throw new CellSyntaxError(errors[0].message, positionAt(source, namelessClass(source) ?? 0));
  }

  const scopes = analyze(program as never, {
    ecmaVersion: 2022,
    sourceType: "module",
    childVisitorKeys: visitorKeys,
    fallback: () => [],
  });
  const [globalScope, moduleScope] = scopes.scopes;
  const own = moduleScope!.variables.filter(({ defs }) => defs.length > 0);
  const declared = stripped.hasHelpers ? withoutHelpers(own, source) : own;
  const shadowed = declared.map(({ name }) => name).filter((name) => options.reserved.has(name));

  const edits = new MagicString(text);
  const { hasImports } = rewriteCell(edits, program as unknown as SyntaxNode, {
    variables: declared,
    outerReferences: globalScope!.through,
    typeOnlyModules: stripped.typeOnlyModules,
    rename: (name) =>
      shadowed.includes(name) || options.shadowed.has(name) ? shadowName(name) : name,
  });
  const mentioned = new Set(globalScope!.through.map(({ identifier }) => identifier.name));
  const parameters = options.parameters.filter(
    (name) => mentioned.has(name) || mentioned.has("eval") || name === supportName,
  );
  edits.prepend(`(function* (${parameters.join(", ")}) { "use strict"; `);
  edits.append("\n})");

  return {
    code: edits.toString(),
    names: declared.map(({ name }: Variable) =>
      shadowed.includes(name) ? shadowName(name) : name,
    ),
    declared: new Map(
      declared
        .filter(({ name }) => !jsxName.test(name))
        .map(({ name }) => [name, shadowed.includes(name) ? shadowName(name) : name]),
    ),
    shadowed,
    hasImports,
    parameters,
    maps: () => [edits.generateMap({ hires: true }), stripped.map()],
  };
}

/** What compiled JSX imports. */
const jsxName = /^_(?:jsxs?|Fragment)$/;

/** The global property that holds a variable of the notebook whose name Node has, too. */
export function shadowName(name: string): string {
  return `$cell_${name}`;
}

/** Without what the compiler added for its own use. */
function withoutHelpers(variables: readonly Variable[], source: string): Variable[] {
  const names = new Set(declaredNames(source).names);
  return variables.filter(({ name }) => names.has(name));
}
