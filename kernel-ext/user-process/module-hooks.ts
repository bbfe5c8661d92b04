// Runs on Node's module hook thread: finds our packages from any notebook, and compiles TypeScript files.
import { readFile } from "node:fs/promises";
import type { InitializeHook, LoadHook, ResolveHook, ResolveHookContext } from "node:module";
import { fileURLToPath } from "node:url";
import { transformSync } from "oxc-transform";

export interface ModuleHookData {
  /** Any file URL inside the package whose dependencies every notebook may import. */
  readonly packageUrl: string;
  /** What `import "tslab"` means. */
  readonly tslabUrl: string;
}

let data: ModuleHookData | undefined;

export const initialize: InitializeHook<ModuleHookData> = (given) => {
  data = given;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (data === undefined) return nextResolve(specifier, context);
  if (specifier === "tslab") return { url: data.tslabUrl, shortCircuit: true };
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    for (const [other, parentURL] of alternatives(specifier, context, data.packageUrl)) {
      try {
        return await nextResolve(other, { ...context, parentURL });
      } catch {
        // The first error names what the user wrote.
      }
    }
    throw error;
  }
};

/** Other ways to read a specifier that was not found: from our package, or as TypeScript leaves extensions out. */
function alternatives(
  specifier: string,
  { parentURL }: ResolveHookContext,
  packageUrl: string,
): (readonly [specifier: string, parentUrl: string | undefined])[] {
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return [[specifier, packageUrl]];
  const stem = specifier.replace(/\.js$/, "");
  return [`${stem}.ts`, `${specifier}.js`, `${specifier}/index.ts`].map((file) => [
    file,
    parentURL,
  ]);
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!/^file:.*\.m?ts$/.test(url) || url.includes("/node_modules/")) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, await readFile(path, "utf8"), {
    lang: "ts",
    sourceType: "module",
    target: "es2022",
  });
  const [error] = errors;
  if (error !== undefined)
    throw new SyntaxError(`${path}: ${error.message}${error.codeframe ?? ""}`);
  return { format: "module", source: code, shortCircuit: true };
};
