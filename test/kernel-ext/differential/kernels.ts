import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { JupyterClient, stripColors, type StartOptions } from "../../support/jupyter-client.ts";

export const peerNames = ["tslab", "deno"] as const;
export type PeerName = (typeof peerNames)[number];

/** Longest time for one cell: tslab may lose the message that says a cell has ended. */
const cellMs = 4_000;

/** Starts a kernel to compare with; `undefined` where it is not installed. */
export async function startPeer(
  name: PeerName,
  options: StartOptions,
): Promise<JupyterClient | undefined> {
  const command = name === "tslab" ? tslabCommand() : denoCommand();
  return command === undefined ? undefined : JupyterClient.start({ ...options, command });
}

function tslabCommand(): StartOptions["command"] {
  const require = createRequire(import.meta.url);
  const script = require.resolve("tslab/bin/tslab");
  return (file) => [process.execPath, script, "kernel", "--config-path", file];
}

/** Deno comes as a Python package, so beside Jupyter, or by itself. */
function denoCommand(): StartOptions["command"] {
  const root = path.resolve(import.meta.dirname, "../../..");
  const folders = [
    path.join(root, ".venv/bin"),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
  ];
  const program = folders.map((dir) => path.join(dir, "deno")).find((file) => existsSync(file));
  if (program === undefined) return undefined;
  return (file) => [program, "jupyter", "--kernel", "--conn", file];
}

const sleep = (ms: number): Promise<undefined> =>
  new Promise((done) => setTimeout(done, ms, undefined));

/** What other kernels need and ours must not: tslab refuses cells for 200 ms behind a failed one, Deno prints behind idle. */
const patience = { afterFailureMs: 220, quietMs: 25 };

/** Waits until a kernel says nothing any more. */
async function quiet({ received }: JupyterClient): Promise<void> {
  for (let count = -1; count !== received.length;) {
    count = received.length;
    await sleep(patience.quietMs);
  }
}

/** What the reader of the last cell sees: what it printed and its result, `fails`, or `hangs`. */
export async function outcome(
  kernel: JupyterClient,
  cells: readonly string[],
  { isPeer = false }: { readonly isPeer?: boolean } = {},
): Promise<string> {
  let seen = "";
  for (const cell of cells) {
    const id = kernel.startExecution(cell);
    let run = await Promise.race([kernel.finish(id), sleep(cellMs)]);
    if (run === undefined) return "hangs";
    const isFailed = run.reply.content["status"] !== "ok";
    if (isPeer) {
      if (isFailed) await sleep(patience.afterFailureMs);
      await quiet(kernel);
      run = await kernel.finish(id);
    }
    const shown = run.messages
      .filter(({ type }) => type === "display_data")
      .map(
        ({ content }) =>
          `<${Object.keys(content["data"] as object)
            .sort()
            .join(" ")}>`,
      );
    seen = stripColors([run.stdout, run.result ?? "", ...shown].join(""))
      .trim()
      .replace(/\s+/g, " ")
      // Node 24 writes them without brackets.
      .replace(/(?<!\[)(Symbol\([^)]*\)):/g, "[$1]:");
    if (isFailed) seen = "fails";
  }
  return seen;
}
