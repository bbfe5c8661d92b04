import type { ShareScope } from "./shared-modules.ts";

// JupyterLab runs this file as a classic script and expects a module-federation container under
// the extension's name. The extension proper is a native ES module beside it.

interface Container {
  init(scope: ShareScope): void;
  get(module: string): Promise<() => unknown>;
}

interface ExtensionModule {
  labPlugins(scope: ShareScope): Promise<readonly unknown[]>;
}

// Filled in by scripts/build-labextension.mjs.
declare const EXTENSION_NAME: string;
declare const EXTENSION_FILE: string;

const page = globalThis as unknown as { _JUPYTERLAB?: Record<string, Container> };
const scriptUrl = (document.currentScript as HTMLScriptElement).src;
let shareScope: ShareScope = {};

page._JUPYTERLAB ??= {};
page._JUPYTERLAB[EXTENSION_NAME] = {
  init(scope) {
    shareScope = scope;
  },
  async get() {
    const url = new URL(EXTENSION_FILE, scriptUrl).href;
    const extension = (await import(url)) as ExtensionModule;
    const plugins = await extension.labPlugins(shareScope);
    return () => ({ __esModule: true, default: plugins });
  },
};
