import { createRequire, register } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { ImportMetaLike } from "../cells/index.ts";
import { loadRequiredTypescript, RequiredFiles, type FileLoaders } from "./required-files.ts";
import { createPathMapping } from "./path-mapping.ts";
import type { CellModuleSource, ModuleHookData } from "./module-hooks.ts";

export interface ModuleLoadingOptions {
  readonly notebookDir: string;
  /** Root folder of the counterlab package. */
  readonly packageDir: string;
}

export interface ModuleLoading {
  /** Must be called before a cell's first import; later calls do nothing. */
  readonly prepare: () => void;
  /** Makes `source` what `import "./name"` means from now on. */
  readonly define: (name: string, source: string) => Promise<void>;
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
  const notebookUrl = pathToFileURL(path.join(notebookDir, path.sep)).href;
  let port: MessagePort | undefined;
  let definitions = 0;

  const prepare = (): MessagePort => {
    if (port !== undefined) return port;
    const { port1, port2 } = new MessageChannel();
    port = port1;
    port.unref();
    const extension = path.extname(new URL(import.meta.url).pathname);
    const data: ModuleHookData = {
      packageUrl: pathToFileURL(path.join(packageDir, "package.json")).href,
      tslabUrl: new URL(`../display/tslab${extension}`, import.meta.url).href,
      notebookUrl,
      port: port2,
    };
    register(`./module-hooks${extension}`, import.meta.url, { data, transferList: [port2] });
    return port;
  };

  return {
    prepare,
    async define(name, source) {
      const hooks = prepare();
      const id = ++definitions;
      const url = new URL(`${name.replace(/\.ts$/, "")}.ts`, notebookUrl).href;
      const answered = new Promise<void>((resolve) => {
        const listen = (answer: unknown): void => {
          if (answer !== id) return;
          hooks.off("message", listen);
          hooks.unref();
          resolve();
        };
        hooks.on("message", listen);
      });
      hooks.postMessage({ id, url, source } satisfies CellModuleSource);
      await answered;
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
  const mapping = createPathMapping(path.dirname(notebookFile));
  const notebookUrl = pathToFileURL(notebookFile).href;
  const resolve = (specifier: string, options?: NodeJS.RequireResolveOptions): string => {
    for (const file of mapping.filesOf(specifier, notebookUrl)) {
      try {
        return own.resolve(file, options);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
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
  const edits = new RequiredFiles(own.cache);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else serves require() on Node 20
  loadRequiredTypescript(own.extensions as unknown as FileLoaders);
  const require = (specifier: string): unknown => {
    const file = resolve(specifier);
    const isMapped = mapping.filesOf(specifier, notebookUrl).length > 0;
    if (!isMapped && !/^\.{0,2}\//.test(specifier)) return own(file);
    edits.forgetEdited(file);
    const loaded: unknown = own(file);
    edits.note(file);
    return loaded;
  };
  return Object.assign(require, {
    resolve: Object.assign(resolve, { paths: (request: string) => own.resolve.paths(request) }),
    cache: own.cache,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- part of the interface
    extensions: own.extensions,
    main: own.main,
  });
}
