// Entry of the user process: runs cells on behalf of the supervisor that started it.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { createRunInterruptible, createStackFormatter, InterruptedError } from "../cells/index.ts";
import { createConsole, createTextStream, currentDisplayKey } from "../display/index.ts";
import { linkDescriptors, type NativeStream, type ToUser } from "../protocol/index.ts";
import { commHostKey } from "../../widgets/models/comm-host.ts";
import { captureOutputKey } from "../../widgets/models/output-capture.ts";
import { endGroup } from "./end-group.ts";
import { FileMaps } from "./file-maps.ts";
import { LinkWriter } from "./link-writer.ts";
import { createModuleLoading } from "./module-loading.ts";
import { DebugSupport, installDebugSupport } from "./debug-support.ts";
import { Orders } from "./orders.ts";
import { cellParameters } from "./cell-loader.ts";
import { keepSignalWatcher } from "./signal-watcher.ts";
import { UserSession } from "./user-session.ts";
import { warmUpCompiler } from "./warm-up.ts";

// From Node 24 on, V8 takes the check for interrupts out of loops that it might unroll: nothing could stop those.
if (Number.parseInt(process.versions.v8, 10) >= 13) {
  setFlagsFromString("--no-turboshaft-loop-unrolling");
}

const { packageDir } = JSON.parse(process.argv[2]!) as { readonly packageDir: string };
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

const guard = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
const session = new UserSession({
  runInterruptible: createRunInterruptible(guard),
  send: (message) => {
    writer.send(message);
  },
  modules,
  notebookDir,
  hold: (message) => {
    writer.hold(message);
  },
  onModule: (url, cell) => {
    fileMaps.define(url, cell.source);
    debugSupport.defineModule(url, cell);
  },
  waitForAnswer,
});
const fileMaps = new FileMaps();
const debugSupport = new DebugSupport({
  sources: session.sources,
  locateInFile: (url, place) => fileMaps.locate(url, place),
  declared: session.names.properties,
  declare: (name) => session.names.declare(name),
  hiddenNames: new Set(cellParameters),
  flush: () => {
    session.flush();
    writer.flush();
  },
});

prepareGlobals();
handleEvents();
const orders = new Orders({
  fd: linkDescriptors.fromSupervisor,
  handle,
  onTerminated: (order) => {
    if (order.type === "comm") session.commTerminated(order);
    if (order.type === "execute") session.executeTerminated(order);
  },
  onEnd: endGroup,
});
keepSignalWatcher();
startWatchdog();
writer.send({ type: "ready" });
let cells = 0;
void warmUpCompiler({ afterMs: 250, rounds: 150, isNeeded: () => cells < 2 });

function prepareGlobals(): void {
  Error.stackTraceLimit = 30;
  Error.prepareStackTrace = createStackFormatter({
    sources: session.sources,
    isKernelFile,
    locateInFile: (file, place) => fileMaps.locate(file, place),
  });
  const write = (name: NativeStream, text: string): void => {
    session.write(name, text);
  };
  installDebugSupport(debugSupport);
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
    [captureOutputKey]: session.capture.run,
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
    writer.flush();
  });
}

function handle(order: ToUser): void {
  switch (order.type) {
    case "execute":
      cells += 1;
      session.execute(order);
      return;
    case "comm":
      session.handleComm(order);
      return;
    case "discard_cells":
      session.discardCells(order.cellIds);
      return;
    case "input_reply":
      session.answerInput(order.inputId, order.value);
      return;
    case "interrupt":
      // Whoever takes an order is not stuck.
      Atomics.add(guard, 1, 1);
      Atomics.store(guard, 2, Date.now() | 0);
      session.interrupt({ force: order.force });
      writer.send({ type: "pong", nonce: order.nonce });
      return;
  }
}

function waitForAnswer(inputId: number): string {
  if (process.platform === "win32") {
    throw new Error("prompt() cannot block on Windows; write await input() instead");
  }
  const answer = orders.waitFor((order) => {
    // A forced stop is left to the watchdog, because this code could catch what is thrown here.
    if (order.type === "interrupt") return order.force ? undefined : order;
    return order.type === "input_reply" && order.inputId === inputId ? order : undefined;
  });
  if (answer.type === "input_reply") return answer.value;
  session.interrupt({ force: false, isNested: true });
  writer.send({ type: "pong", nonce: answer.nonce });
  throw new InterruptedError();
}

function startWatchdog(): void {
  const extension = path.extname(fileURLToPath(import.meta.url));
  new Worker(new URL(`./watchdog${extension}`, import.meta.url), { workerData: guard }).unref();
}
