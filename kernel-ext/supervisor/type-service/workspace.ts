import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findTsconfig, mappedPaths, readNotebookSettings } from "../../cells/notebook-settings.ts";
import { isRunning } from "../is-running.ts";
import { cellGlobals, tslabModule } from "./cell-globals.ts";

const folderPrefix = "counterlab-types-";

export interface WorkspaceOptions {
  readonly notebookDir: string;
  readonly packageDir: string;
  /** The native compiler; without it, TypeScript 6 reads the settings. */
  readonly compiler?: string | undefined;
}

/** The folder in which the type checker believes the cells to lie. */
export interface Workspace {
  readonly dir: string;
  /** Removes it from disk. */
  remove(): void;
}

/**
 * Makes a folder outside the notebook's that resolves modules as a cell does: relative paths in the notebook's folder, packages
 * in its node_modules, then in ours. Cells are never written to disk; only settings and declarations are.
 */
export function createWorkspace({
  notebookDir,
  packageDir,
  compiler,
}: WorkspaceOptions): Workspace {
  removeLeftovers();
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), `${folderPrefix}${process.pid}-`)));
  // The checker looks for packages from the inside out, so the outermost folder holds the last resort.
  const moduleDirs = [
    path.dirname(packageDir),
    path.join(packageDir, "node_modules"),
    ...ancestors(notebookDir).map((dir) => path.join(dir, "node_modules")),
  ].filter(
    // The notebook's own may come with its first package.
    (dir) =>
      path.basename(dir) === "node_modules" &&
      (existsSync(dir) || path.dirname(dir) === notebookDir),
  );
  let dir = root;
  for (const [index, target] of moduleDirs.entries()) {
    if (index > 0) dir = path.join(dir, "inner");
    mkdirSync(dir, { recursive: true });
    symlinkSync(target, path.join(dir, "node_modules"), "junction");
  }
  dir = path.join(dir, "cells");
  mkdirSync(dir);
  writeFileSync(path.join(dir, "globals.d.ts"), cellGlobals);
  writeFileSync(path.join(dir, "tslab.d.ts"), tslabModule);
  const own = (subpath: string): string[] => [
    path.join(packageDir, "dist", `${subpath}.d.ts`),
    path.join(packageDir, `${subpath}.ts`),
  ];
  const given = notebookOptions(notebookDir, compiler);
  const settings = {
    compilerOptions: {
      ...{ lib: ["esnext"], jsx: "react-jsx", strict: true },
      // Who tries something looks at e.message; a project may want it stricter.
      useUnknownInCatchVariables: false,
      ...given,
      types: ["node", ...given.types],
      ...{ target: "esnext", module: "esnext", moduleResolution: "bundler", skipLibCheck: true },
      // Without it an array that starts empty could not be filled; what it complains about is left out.
      noImplicitAny: true,
      ...{ allowImportingTsExtensions: true, noEmit: true, moduleDetection: "force" },
      ...{ allowJs: true, resolveJsonModule: true },
      ...{ allowUnreachableCode: true, allowUnusedLabels: true },
      rootDirs: [".", notebookDir],
      paths: {
        ...given.paths,
        counterlab: own("src/index"),
        "counterlab/widgets": own("widgets/models/index"),
      },
    },
    include: ["*.ts", "*.tsx"],
  };
  writeFileSync(path.join(dir, "tsconfig.json"), JSON.stringify(settings));
  return {
    dir,
    remove() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Options of the notebook's own tsconfig.json that say how to check, not how to build. */
const carriedOptions = [
  ...["strict", "strictNullChecks", "strictFunctionTypes", "strictBindCallApply"],
  ...["strictPropertyInitialization", "useUnknownInCatchVariables", "noImplicitThis"],
  ...["noUncheckedIndexedAccess", "exactOptionalPropertyTypes", "noImplicitOverride"],
  ...["noPropertyAccessFromIndexSignature", "noImplicitReturns", "noFallthroughCasesInSwitch"],
  ...["lib", "jsx", "jsxImportSource", "jsxFactory", "jsxFragmentFactory", "customConditions"],
  ...["experimentalDecorators", "useDefineForClassFields", "esModuleInterop"],
] as const;

interface CarriedOptions {
  readonly types: readonly string[];
  readonly paths: Readonly<Record<string, readonly string[]>>;
  readonly [option: string]: unknown;
}

function notebookOptions(notebookDir: string, compiler: string | undefined): CarriedOptions {
  const tsconfig = findTsconfig(notebookDir);
  const options = readNotebookSettings(tsconfig, compiler);
  const { types = [], baseUrl = ".", typeRoots } = options as PathOptions;
  const dir = path.dirname(tsconfig ?? notebookDir);
  const absolute = (files: readonly string[]): string[] =>
    files.map((file) => path.resolve(dir, baseUrl, file));
  return {
    ...Object.fromEntries(
      carriedOptions.flatMap((name) => (name in options ? [[name, options[name]]] : [])),
    ),
    ...(typeRoots === undefined ? {} : { typeRoots: absolute(typeRoots) }),
    types,
    paths: tsconfig === undefined ? {} : mappedPaths(tsconfig, options),
  };
}

interface PathOptions {
  readonly types?: readonly string[];
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly baseUrl?: string;
  readonly typeRoots?: readonly string[];
}

/** Removes the folders of kernels that were killed before they could. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const pid = Number.parseInt(name.slice(folderPrefix.length), 10);
    if (!(pid > 0) || isRunning(pid)) continue;
    try {
      rmSync(path.join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/** The folder and all above it, outermost first. */
export function ancestors(dir: string): string[] {
  const parent = path.dirname(dir);
  return parent === dir ? [dir] : [...ancestors(parent), dir];
}
