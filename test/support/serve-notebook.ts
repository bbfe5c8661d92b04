import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { buildKernel } from "./kernel-build.ts";

/** A notebook that `counterlab serve` shows. */
export interface ServedNotebook extends AsyncDisposable {
  readonly server: ChildProcess;
  /** The page's address with its token. */
  readonly url: string;
}

/** Builds what shows notebooks outside JupyterLab; gives the folder of its programs, `serve.js` and `export.js`. */
export async function buildPagePrograms(): Promise<string> {
  const folder = path.dirname(await buildKernel());
  const { buildPage } = (await import(
    path.resolve(import.meta.dirname, "../../scripts/build-page.mjs")
  )) as { readonly buildPage: (folder: string) => Promise<object> };
  await buildPage(path.resolve(folder, "../../page"));
  return folder;
}

/** Serves a notebook's file until disposed. */
export async function serveNotebook(file: string): Promise<ServedNotebook> {
  const script = path.join(await buildPagePrograms(), "serve.js");
  const server = spawn(process.execPath, [script, file, "--no-browser"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    server,
    url: await printedUrl(server),
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null) return;
      const ended = once(server, "exit");
      server.kill("SIGINT");
      await ended;
    },
  };
}

async function printedUrl({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stdout!) {
    text += String(chunk);
    const [url] = /http:\S+/.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  return assert.fail(`the server printed no address: ${text}`);
}
