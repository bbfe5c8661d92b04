import { createRequire } from "node:module";
import type { TransformOptions } from "esbuild";
import { transformSync } from "oxc-transform";
import { cellLanguage, parseCell, type CellLanguage } from "./cell-language.ts";
import { CellSyntaxError, positionAt } from "./syntax-error.ts";
import { childNodes, type SyntaxNode } from "./syntax-tree.ts";

/** The fields of a version 3 source map that a lookup needs. */
export interface SourceMapJson {
  readonly version: number;
  readonly mappings: string;
  readonly sources: readonly string[];
  readonly names: readonly string[];
}

/** What a notebook's tsconfig.json says about the code that comes out. */
export interface EmitSettings {
  /** TypeScript's decorators from before the standard. */
  readonly experimentalDecorators?: boolean;
  readonly jsx?: string;
  readonly jsxImportSource?: string;
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
}

export interface StrippedCell {
  readonly code: string;
  readonly map: () => SourceMapJson;
  /** Whether the code declares helpers at its top level that the cell did not write. */
  readonly hasHelpers: boolean;
  /** Modules of which the cell imports nothing but types, so that they need not exist. */
  readonly typeOnlyModules: ReadonlySet<string>;
}

/** Node 20's level: lowers `using`, leaves everything else as written. */
const target = "es2024";

/** Turns a cell into JavaScript. `settings` is only asked where it matters. @throws CellSyntaxError */
export function stripTypes(source: string, settings: () => EmitSettings): StrippedCell {
  const lang = cellLanguage(source);
  const parse = (): SyntaxNode => parseCell(source).program;
  const mayDecorate = /@\s*[\w$(]|\baccessor\b/.test(source) && hasDecorator(parse());
  const emit = lang === "tsx" || mayDecorate ? withPragmas(settings(), source) : {};
  const hasHelpers = mayDecorate && emit.experimentalDecorators !== true;
  const transform = hasHelpers
    ? (sourcemap: boolean) => withEsbuild(source, { lang, emit, sourcemap })
    : (sourcemap: boolean) => withOxc(source, { lang, emit, sourcemap });
  return {
    code: transform(false).code,
    map: () => transform(true).map!,
    hasHelpers,
    typeOnlyModules: /\{\s*type\s/.test(source) ? typeOnlyModules(parse()) : new Set<string>(),
  };
}

/** A comment such as `@jsx h` counts more than the settings. */
function withPragmas(settings: EmitSettings, source: string): EmitSettings {
  const pragma = (name: string): string | undefined =>
    new RegExp(String.raw`\*\s*@${name}\s+([\w.$/@-]+)`).exec(source)?.[1];
  const factory = pragma("jsx");
  const fragment = pragma("jsxFrag");
  const importSource = pragma("jsxImportSource");
  return {
    ...settings,
    ...(factory === undefined ? {} : { jsxFactory: factory }),
    ...(fragment === undefined ? {} : { jsxFragmentFactory: fragment }),
    ...(importSource === undefined ? {} : { jsx: "react-jsx", jsxImportSource: importSource }),
  };
}

interface TransformRequest {
  readonly lang: CellLanguage;
  readonly emit: EmitSettings;
  readonly sourcemap: boolean;
}

interface Transformed {
  readonly code: string;
  readonly map?: SourceMapJson;
}

function withOxc(source: string, { lang, emit, sourcemap }: TransformRequest): Transformed {
  const { code, errors, map } = transformSync(`cell.${lang}`, source, {
    lang,
    sourceType: "module",
    sourcemap,
    target,
    helpers: { mode: "External" as never },
    // A name imported by one cell is used by another, so "unused" imports stay.
    typescript: { onlyRemoveTypeImports: true },
    decorator: { legacy: emit.experimentalDecorators ?? false },
    ...(lang === "tsx" ? { jsx: oxcJsx(emit) } : {}),
  });
  const error = errors.find(({ severity }) => severity === ("Error" as never));
  if (error !== undefined) {
    // The transformer counts bytes of UTF-8.
    const before = Buffer.from(source).subarray(0, error.labels.at(-1)?.start ?? 0);
    throw new CellSyntaxError(error.message, positionAt(source, before.toString().length));
  }
  return map === undefined ? { code } : { code, map };
}

function oxcJsx(emit: EmitSettings): object {
  if (emit.jsx === "react" || emit.jsxFactory !== undefined) {
    return {
      runtime: "classic",
      pragma: emit.jsxFactory,
      pragmaFrag: emit.jsxFragmentFactory,
    };
  }
  return { runtime: "automatic", importSource: emit.jsxImportSource };
}

/** Standard decorators and accessors, which oxc does not lower and Node does not run. */
function withEsbuild(source: string, { lang, emit, sourcemap }: TransformRequest): Transformed {
  // Loaded here: hardly a cell has decorators.
  const { transformSync: transform } = createRequire(import.meta.url)(
    "esbuild",
  ) as typeof import("esbuild");
  const { jsx, jsxImportSource, jsxFactory, jsxFragmentFactory } = emit;
  const options: TransformOptions = {
    loader: lang,
    target,
    format: "esm",
    sourcemap: sourcemap ? "external" : false,
    sourcefile: "cell.ts",
    logLevel: "silent",
    jsx: jsx === "react" || jsxFactory !== undefined ? "transform" : "automatic",
    ...(jsxImportSource === undefined ? {} : { jsxImportSource }),
    ...(jsxFactory === undefined ? {} : { jsxFactory }),
    ...(jsxFragmentFactory === undefined ? {} : { jsxFragment: jsxFragmentFactory }),
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  };
  try {
    const { code, map } = transform(source, options);
    return map === "" ? { code } : { code, map: JSON.parse(map) as SourceMapJson };
  } catch (error) {
    const [first] = (error as { errors?: readonly EsbuildMessage[] }).errors ?? [];
    if (first === undefined) throw error;
    const { line = 1, column = 0 } = first.location ?? {};
    throw new CellSyntaxError(first.text, { line, column: column + 1 });
  }
}

interface EsbuildMessage {
  readonly text: string;
  readonly location: { readonly line: number; readonly column: number } | null;
}

function hasDecorator(node: SyntaxNode): boolean {
  if (node.type === "Decorator" || node.type.endsWith("AccessorProperty")) return true;
  for (const child of childNodes(node)) if (hasDecorator(child)) return true;
  return false;
}

/** `import { type T } from "m"` imports nothing, `import "m"` does. */
function typeOnlyModules(program: SyntaxNode): ReadonlySet<string> {
  const imports = (program["body"] as SyntaxNode[])
    .filter(({ type }) => type === "ImportDeclaration")
    .map((statement) => ({
      module: (statement["source"] as { value: string }).value,
      isTypeOnly:
        statement["importKind"] === "type" ||
        ((statement["specifiers"] as SyntaxNode[]).length > 0 &&
          (statement["specifiers"] as SyntaxNode[]).every(
            ({ importKind }) => importKind === "type",
          )),
    }));
  const needed = new Set(imports.filter(({ isTypeOnly }) => !isTypeOnly).map((i) => i.module));
  return new Set(imports.map(({ module }) => module).filter((module) => !needed.has(module)));
}
