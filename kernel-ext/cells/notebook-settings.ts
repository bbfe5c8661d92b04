import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { nativeCompiler } from "./native-compiler.ts";
import type { EmitSettings } from "./strip-types.ts";

/** The compiler options in force for a notebook, as TypeScript itself reads them, `extends` included. */
export interface NotebookSettings extends EmitSettings {
  readonly types?: readonly string[];
  readonly [option: string]: unknown;
}

/** The tsconfig.json in whose folder, or below it, a notebook lies. */
export function findTsconfig(notebookDir: string): string | undefined {
  const file = path.join(notebookDir, "tsconfig.json");
  if (existsSync(file)) return file;
  const parent = path.dirname(notebookDir);
  return parent === notebookDir ? undefined : findTsconfig(parent);
}

/** Reads the options of a tsconfig.json; one that is broken counts as empty. */
export function readNotebookSettings(
  tsconfig: string | undefined,
  compiler: string | undefined = nativeCompiler(),
): NotebookSettings {
  if (tsconfig === undefined) return {};
  try {
    return compiler === undefined ? readInProcess(tsconfig) : readByCompiler(tsconfig, compiler);
  } catch {
    return {};
  }
}

/** The `paths` of a tsconfig.json, with absolute files. */
export function mappedPaths(
  tsconfig: string,
  settings: NotebookSettings,
): Readonly<Record<string, readonly string[]>> {
  const { paths = {}, baseUrl = "." } = settings as PathSettings;
  const dir = path.resolve(path.dirname(tsconfig), baseUrl);
  return Object.fromEntries(
    Object.entries(paths).map(([name, files]) => [
      name,
      files.map((file) => path.resolve(dir, file)),
    ]),
  );
}

interface PathSettings {
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly baseUrl?: string;
}

function readByCompiler(tsconfig: string, compiler: string): NotebookSettings {
  const text = execFileSync(compiler, ["--showConfig", "-p", tsconfig], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (JSON.parse(text) as { compilerOptions?: NotebookSettings }).compilerOptions ?? {};
}

function readInProcess(tsconfig: string): NotebookSettings {
  const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");
  const { config } = ts.readConfigFile(tsconfig, (file) => ts.sys.readFile(file)) as {
    config?: unknown;
  };
  const dir = path.dirname(tsconfig);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dir);
  return {
    ...options,
    jsx: options.jsx === ts.JsxEmit.React ? "react" : "react-jsx",
  };
}
