import { randomUUID } from "node:crypto";
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
import {
  listenToGateway,
  portsInRange,
  reportToGateway,
  type RemoteLaunch,
} from "./remote-launch.ts";
import { watchParent } from "./watch-parent.ts";

/** Runs a kernel on a connection file until it is shut down, or until the Jupyter server that started it is gone. */
export async function startKernel(connectionFile: string): Promise<void> {
  const text = await readFile(connectionFile, "utf8");
  const connection = parseConnection(text);
  const log = createLog();
  await warnOfExposure(connection, { connectionFile, log });
  const kernel = await serveKernel(connection, log);
  const isChosenByUs = channelNames.some((name) => connection.ports[name] === 0);
  if (isChosenByUs) await writePorts(connectionFile, text, kernel.ports);
  watchParent({ env: process.env, onGone: () => void kernel.shutdown() });
  await kernel.finished;
  process.exit(0);
}

/** Runs a kernel for an Enterprise Gateway, which may be on another machine, until it is shut down. */
export async function startRemoteKernel(launch: RemoteLaunch): Promise<void> {
  const log = createLog();
  const listener = await listenToGateway(launch);
  const connection = {
    ...({ transport: "tcp", ip: "0.0.0.0", key: randomUUID() } as const),
    ports: await portsInRange(launch.portRange),
  };
  warnOfNetwork(connection, log);
  const kernel = await serveKernel(connection, log);
  listener.onSignal((signal) => {
    if (signal === "SIGINT") void kernel.interrupt();
    else if (signal === "SIGKILL") process.kill(process.pid, signal);
    else void kernel.shutdown();
  });
  await reportToGateway(launch, {
    ...Object.fromEntries(channelNames.map((name) => [`${name}_port`, kernel.ports[name]])),
    ...{ ip: connection.ip, key: connection.key, transport: "tcp" },
    ...{ signature_scheme: "hmac-sha256", comm_port: listener.port },
  });
  await kernel.finished;
  process.exit(0);
}

async function serveKernel(connection: Connection, log: (line: string) => void): Promise<Kernel> {
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
  process.on("SIGINT", () => void kernel.interrupt());
  process.on("SIGTERM", () => void kernel.shutdown());
  return kernel;
}

/** Tells the owner who else could run code here; they may have their reasons. */
async function warnOfExposure(
  connection: Connection,
  {
    connectionFile,
    log,
  }: { readonly connectionFile: string; readonly log: (line: string) => void },
): Promise<void> {
  const { key } = connection;
  warnOfNetwork(connection, log);
  if (key === "") log("key is empty: every user of this machine can run code in this kernel");
  const { mode } = await stat(connectionFile);
  const isReadByOthers = process.platform !== "win32" && (mode & 0o077) !== 0;
  if (isReadByOthers && key !== "") {
    log(`${connectionFile} can be read by other users, and with it the key: chmod 600 it`);
  }
}

function warnOfNetwork(connection: Connection, log: (line: string) => void): void {
  if (isLocal(connection) || connection.curve !== undefined) return;
  const { ip } = connection;
  log(`ip is ${ip}: whoever is on the network can read all output, because it is not encrypted`);
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
