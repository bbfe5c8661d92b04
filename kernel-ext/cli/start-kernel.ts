import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseConnection, type CheckMode } from "../protocol/index.ts";
import { Kernel } from "../supervisor/index.ts";
import { ownPackage } from "./package-dir.ts";
import { watchParent } from "./watch-parent.ts";

/** Runs a kernel on a connection file until it is shut down, or until the Jupyter server that started it is gone. */
export async function startKernel(connectionFile: string): Promise<void> {
  const connection = parseConnection(await readFile(connectionFile, "utf8"));
  const { dir, version } = ownPackage();
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const kernel = await Kernel.start({
    connection,
    version,
    packageDir: dir,
    notebookDir: process.cwd(),
    check: checkMode(process.env["COUNTERLAB_CHECK"]),
    userEntry: fileURLToPath(new URL(`../user-process/main${extension}`, import.meta.url)),
    env: userEnvironment(process.env),
    deferCommBusy: process.env["COUNTERLAB_DEFER_COMM_BUSY"] !== "0",
    log: createLog(),
  });
  process.on("SIGINT", () => void kernel.interrupt());
  process.on("SIGTERM", () => void kernel.shutdown());
  watchParent({ env: process.env, onGone: () => void kernel.shutdown() });
  await kernel.finished;
  process.exit(0);
}

function checkMode(value: string | undefined): CheckMode {
  return value === "strict" || value === "off" ? value : "warn";
}

/** The server's tokens and handles are none of a cell's business. */
function userEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("JPY_")));
}

/** Each distinct line at most a few times: whoever floods us must not fill the server's log. */
function createLog({ maxRepeats = 5 } = {}): (line: string) => void {
  const counts = new Map<string, number>();
  return (line) => {
    const count = (counts.get(line) ?? 0) + 1;
    counts.set(line, count);
    if (count <= maxRepeats) process.stderr.write(`counterlab kernel: ${line}\n`);
  };
}
