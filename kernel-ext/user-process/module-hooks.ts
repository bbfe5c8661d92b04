// Runs on Node's module hook thread: finds our packages from any notebook, compiles TypeScript files, and loads edited files again.
import { readFile } from "node:fs/promises";
import type {
  InitializeHook,
  LoadHook,
  ResolveFnOutput,
  ResolveHook,
  ResolveHookContext,
} from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { MessagePort } from "node:worker_threads";
import { cellScriptMark, fileScriptMark } from "../protocol/debug-support.ts";
import { compileFile } from "./file-maps.ts";
import { FileVersions } from "./file-versions.ts";
import { createPathMapping, type PathMapping } from "./path-mapping.ts";

export interface ModuleHookData {
  /** Any file URL inside the package whose dependencies every notebook may import. */
  readonly packageUrl: string;
  /** What `import "tslab"` means. */
  readonly tslabUrl: string;
  /** URL of the notebook's folder; it ends with a slash. */
  readonly notebookUrl: string;
  /** Brings the modules that cells define, as `CellModule`; each is answered by its `id`. */
  readonly port: MessagePort;
}

/** A cell that is a module: what `import "./name"` means in the notebook. */
export interface CellModuleSource {
  readonly id: number;
  readonly url: string;
  readonly source: string;
}

let data: ModuleHookData | undefined;
let mapping: PathMapping = { filesOf: () => [] };
const versions = new FileVersions();
/** Modules that cells define, by URL. */
const cellModules = new Map<string, { readonly source: string; readonly version: number }>();
const versionQuery = /\?v=(\d+)$/;

export const initialize: InitializeHook<ModuleHookData> = (given) => {
  data = given;
  mapping = createPathMapping(fileURLToPath(given.notebookUrl));
  given.port.on("message", ({ id, url, source }: CellModuleSource) => {
    cellModules.set(url, { source, version: (cellModules.get(url)?.version ?? -1) + 1 });
    given.port.postMessage(id);
  });
  given.port.unref();
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (data === undefined) return nextResolve(specifier, context);
  if (specifier === "tslab") return { url: data.tslabUrl, shortCircuit: true };
  const cellModule = findCellModule(specifier, context);
  if (cellModule !== undefined) return { url: cellModule, shortCircuit: true };
  for (const file of mapping.filesOf(specifier, context.parentURL ?? "")) {
    try {
      return await resolveFile(pathToFileURL(file).href, context, nextResolve);
    } catch {
      // The next one, and in the end the package of that name.
    }
  }
  return resolveFile(specifier, context, nextResolve);
};

async function resolveFile(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: Parameters<ResolveHook>[2],
): Promise<ResolveFnOutput> {
  try {
    return versioned(await nextResolve(specifier, context), specifier, context);
  } catch (error) {
    for (const [other, parentURL] of alternatives(specifier, context, data!.packageUrl)) {
      try {
        const found = await nextResolve(other, { ...context, parentURL });
        return versioned(found, specifier, context);
      } catch {
        // The first error names what the user wrote.
      }
    }
    throw error;
  }
}

const isPath = (specifier: string): boolean => /^(\.{0,2}\/|file:)/.test(specifier);

function findCellModule(specifier: string, { parentURL }: ResolveHookContext): string | undefined {
  if (cellModules.size === 0 || !isPath(specifier)) return undefined;
  const url = new URL(specifier, parentURL).href;
  const name = [url, `${url}.ts`, url.replace(/\.js$/, ".ts")].find((key) => cellModules.has(key));
  return name === undefined ? undefined : `${name}?v=${cellModules.get(name)!.version}`;
}

/** Node keeps a module for ever under its URL, so an edited file needs another one. */
function versioned(
  found: ResolveFnOutput,
  specifier: string,
  { parentURL = "" }: ResolveHookContext,
): ResolveFnOutput {
  if (!isPath(specifier) || !found.url.startsWith("file:")) return found;
  const parent = parentURL.replace(versionQuery, "");
  const isCell = parent.startsWith(data!.notebookUrl) && /\/cell-\d+\.ts$/.test(parent);
  const importer = isCell ? undefined : fileURLToPath(parent);
  if (importer !== undefined && !versions.has(importer)) return found;
  if (found.url.includes("/node_modules/") || found.url.includes("?")) return found;
  const version = versions.current(fileURLToPath(found.url), importer);
  return version === 0 ? found : { ...found, url: `${found.url}?v=${version}` };
}

/** Other ways to read a specifier that was not found: from our package, or as TypeScript leaves extensions out. */
function alternatives(
  specifier: string,
  { parentURL }: ResolveHookContext,
  packageUrl: string,
): (readonly [specifier: string, parentUrl: string | undefined])[] {
  if (!isPath(specifier)) return [[specifier, packageUrl]];
  const stem = specifier.replace(/\.js$/, "");
  return [`${stem}.ts`, `${stem}.tsx`, `${specifier}.js`, `${specifier}/index.ts`].map((file) => [
    file,
    parentURL,
  ]);
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const plain = url.replace(versionQuery, "");
  const defined = cellModules.get(plain);
  const isTypescript = /^file:.*\.[cm]?tsx?$/.test(plain) && !plain.includes("/node_modules/");
  if (defined === undefined && !isTypescript) return nextLoad(url, context);
  const path = fileURLToPath(plain);
  // Without a source, Node requires it.
  if (path.endsWith(".cts")) return { format: "commonjs", shortCircuit: true };
  const text = defined?.source ?? (await readFile(path, "utf8"));
  const mark = defined === undefined ? fileScriptMark : cellScriptMark;
  const source = `${compileFile(path, text).code}\n//# sourceMappingURL=${mark}`;
  return { format: "module", source, shortCircuit: true };
};
