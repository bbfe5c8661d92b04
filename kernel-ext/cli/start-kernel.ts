import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  channelNames,
  isLocal,
  parseConnection,
  type ChannelName,
  type CheckMode,
  type Connection,
} from "../protocol/index.ts";
import { Kernel } from "../supervisor/index.ts";
import { historyDir } from "./history-dir.ts";
import { ownPackage } from "./package-dir.ts";
import { watchParent } from "./watch-parent.ts";

/** Runs a kernel on a connection file until it is shut down, or until the Jupyter server that started it is gone. */
export async function startKernel(connectionFile: string): Promise<void> {
  const text = await readFile(connectionFile, "utf8");
  const connection = parseConnection(text);
  const log = createLog();
  await warnOfExposure(connection, { connectionFile, log });
  const history = historyDir(process);
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
    ...(history === undefined ? {} : { historyDir: history }),
    log,
  });
  const isChosenByUs = channelNames.some((name) => connection.ports[name] === 0);
  if (isChosenByUs) await writePorts(connectionFile, text, kernel.ports);
  process.on("SIGINT", () => void kernel.interrupt());
  process.on("SIGTERM", () => void kernel.shutdown());
  watchParent({ env: process.env, onGone: () => void kernel.shutdown() });
  await kernel.finished;
  process.exit(0);
}

/** Tells the owner who else could run code here; they may have their reasons. */
async function warnOfExposure(
  connection: Connection,
  {
    connectionFile,
    log,
  }: { readonly connectionFile: string; readonly log: (line: string) => void },
): Promise<void> {
  const { ip, key, curve } = connection;
  if (!isLocal(connection) && curve === undefined) {
    log(`ip is ${ip}: whoever is on the network can read all output, because it is not encrypted`);
  }
  if (key === "") log("key is empty: every user of this machine can run code in this kernel");
  const { mode } = await stat(connectionFile);
  const isReadByOthers = process.platform !== "win32" && (mode & 0o077) !== 0;
  if (isReadByOthers && key !== "") {
    log(`${connectionFile} can be read by other users, and with it the key: chmod 600 it`);
  }
}

/** Tells in the connection file which ports the system chose; no one ever sees half a file. */
async function writePorts(
  connectionFile: string,
  text: string,
  ports: Readonly<Record<ChannelName, number>>,
): Promise<void> {
  const chosen = Object.fromEntries(channelNames.map((name) => [`${name}_port`, ports[name]]));
  const file = { ...(JSON.parse(text) as object), ...chosen };
  const draft = `${connectionFile}.${process.pid}`;
  await writeFile(draft, JSON.stringify(file, null, 2), { mode: 0o600, flag: "wx" });
  await rename(draft, connectionFile);
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
