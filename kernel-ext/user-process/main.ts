// Entry of the user process: runs cells on behalf of the supervisor that started it.
import { Socket } from "node:net";
import path from "node:path";
import { setImmediate } from "node:timers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { createRunInterruptible, createStackFormatter } from "../cells/index.ts";
import { createConsole, createTextStream, currentDisplayKey } from "../display/index.ts";
import {
  FrameDecoder,
  linkDescriptors,
  type NativeStream,
  type ToUser,
} from "../protocol/index.ts";
import { commHostKey } from "../../widgets/models/comm-host.ts";
import { endGroup } from "./end-group.ts";
import { FileMaps } from "./file-maps.ts";
import { LinkWriter } from "./link-writer.ts";
import { createModuleLoading } from "./module-loading.ts";
import { UserSession } from "./user-session.ts";

const { endMark, packageDir } = JSON.parse(process.argv[2]!) as {
  readonly endMark: string;
  readonly packageDir: string;
};
process.argv.length = 1;
const notebookDir = process.cwd();
const writer = new LinkWriter(linkDescriptors.toSupervisor);
const modules = createModuleLoading({ notebookDir, packageDir });

const ourDir = fileURLToPath(new URL("..", import.meta.url));
const ourUrl = pathToFileURL(ourDir).href;
const isKernelFile = (file: string): boolean =>
  file.startsWith("node:internal/") ||
  file === "node:vm" ||
  file.startsWith("counterlab:") ||
  file.startsWith(ourUrl) ||
  file.startsWith(ourDir);

const guard = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const session = new UserSession({
  runInterruptible: createRunInterruptible(guard),
  send: (message) => {
    writer.send(message);
  },
  modules,
  notebookDir,
  endMark,
});

prepareGlobals();
handleEvents();
listen();
startWatchdog();
writer.send({ type: "ready" });

function prepareGlobals(): void {
  const fileMaps = new FileMaps();
  Error.stackTraceLimit = 30;
  Error.prepareStackTrace = createStackFormatter({
    sources: session.sources,
    isKernelFile,
    locateInFile: (file, place) => fileMaps.locate(file, place),
  });
  const write = (name: NativeStream, text: string): void => {
    session.write(name, text);
  };
  for (const [fd, name] of [[1, "stdout"] as const, [2, "stderr"] as const]) {
    const stream = createTextStream(name, fd, write);
    Object.defineProperty(process, name, { get: () => stream, configurable: true });
  }
  Object.assign(globalThis, {
    console: createConsole(write),
    require: modules.require,
    __dirname: modules.importMeta.dirname,
    __filename: modules.importMeta.filename,
    [commHostKey]: session.comms,
    [currentDisplayKey]: () => session.currentDisplay(),
  });
}

function handleEvents(): void {
  process.on("uncaughtException", (error) => {
    session.reportUncaught(error, "Uncaught error");
  });
  process.on("unhandledRejection", (reason) => {
    session.reportUncaught(reason, "Unhandled rejection");
  });
  process.on("exit", () => {
    session.flush();
  });
}

function listen(): void {
  const decoder = new FrameDecoder();
  const orders: ToUser[] = [];
  let handling: ToUser | undefined;
  let isScheduled = false;

  const handleNext = (): void => {
    isScheduled = false;
    // Still set: the handler before this was terminated in the middle.
    if (handling?.type === "comm") session.commTerminated(handling);
    handling = orders.shift();
    if (orders.length > 0) schedule();
    if (handling !== undefined) handle(handling);
    handling = undefined;
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    // One fresh callback an order: if user code is terminated in one, the others still run.
    setImmediate(handleNext);
  };

  const socket = new Socket({
    fd: linkDescriptors.fromSupervisor,
    readable: true,
    writable: false,
  });
  socket.on("data", (chunk) => {
    orders.push(...(decoder.push(chunk) as ToUser[]));
    schedule();
  });
  socket.on("close", endGroup);
}

function handle(order: ToUser): void {
  switch (order.type) {
    case "execute":
      session.execute(order);
      return;
    case "comm":
      session.handleComm(order);
      return;
    case "discard_cells":
      session.discardCells(order.cellIds);
      return;
    case "input_reply":
      session.answerInput(order.value);
      return;
    case "interrupt":
      session.interrupt({ force: order.force });
      writer.send({ type: "pong", nonce: order.nonce });
      return;
  }
}

function startWatchdog(): void {
  const extension = path.extname(fileURLToPath(import.meta.url));
  new Worker(new URL(`./watchdog${extension}`, import.meta.url), { workerData: guard }).unref();
}
