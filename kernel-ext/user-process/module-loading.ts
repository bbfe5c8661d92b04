import { createRequire, register } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ImportMetaLike } from "../cells/index.ts";
import type { ModuleHookData } from "./module-hooks.ts";

export interface ModuleLoadingOptions {
  readonly notebookDir: string;
  /** Root folder of the counterlab package. */
  readonly packageDir: string;
}

export interface ModuleLoading {
  /** Must be called before a cell's first import; later calls do nothing. */
  readonly prepare: () => void;
  readonly require: NodeJS.Require;
  readonly importMeta: ImportMetaLike;
}

/** How cells find modules: the notebook's folder first, then our own package and its dependencies. */
export function createModuleLoading({
  notebookDir,
  packageDir,
}: ModuleLoadingOptions): ModuleLoading {
  const filename = path.join(notebookDir, "notebook.ts");
  const url = pathToFileURL(filename).href;
  const require = createNotebookRequire(filename, path.join(packageDir, "package.json"));
  let isReady = false;
  return {
    prepare() {
      if (isReady) return;
      isReady = true;
      const extension = path.extname(new URL(import.meta.url).pathname);
      const data: ModuleHookData = {
        packageUrl: pathToFileURL(path.join(packageDir, "package.json")).href,
        tslabUrl: new URL(`../display/tslab${extension}`, import.meta.url).href,
      };
      register(`./module-hooks${extension}`, import.meta.url, { data });
    },
    require,
    importMeta: {
      url,
      dirname: notebookDir,
      filename,
      resolve: (specifier) =>
        specifier.startsWith(".")
          ? new URL(specifier, url).href
          : pathToFileURL(require.resolve(specifier)).href,
    },
  };
}

function createNotebookRequire(notebookFile: string, packageFile: string): NodeJS.Require {
  const own = createRequire(notebookFile);
  const fallback = createRequire(packageFile);
  const isMissing = (error: unknown): boolean =>
    (error as NodeJS.ErrnoException | null)?.code === "MODULE_NOT_FOUND";
  const resolve = (specifier: string, options?: NodeJS.RequireResolveOptions): string => {
    try {
      return own.resolve(specifier, options);
    } catch (error) {
      if (!isMissing(error) || /^\.{0,2}\//.test(specifier)) throw error;
      try {
        return fallback.resolve(specifier, options);
      } catch {
        throw error;
      }
    }
  };
  const require = (specifier: string): unknown => own(resolve(specifier));
  return Object.assign(require, {
    resolve: Object.assign(resolve, { paths: (request: string) => own.resolve.paths(request) }),
    cache: own.cache,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- part of the interface
    extensions: own.extensions,
    main: own.main,
  });
}
