// Worker thread of the user process: stops main-thread code that a signal cannot stop, serves the debugger, and ends the process, with its children, when its supervisor is gone.
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { linkDescriptors, watchdogOrders } from "../protocol/index.ts";
import { endGroup } from "./end-group.ts";

/** 1 while the main thread runs code that SIGINT stops. */
const guard = workerData as Int32Array;

const orders = new Socket({ fd: linkDescriptors.watchdog, readable: true, writable: false });
orders.on("data", (chunk) => {
  if (chunk.includes(watchdogOrders.inspect)) void import("./inspector-relay.ts");
  if (chunk.includes(watchdogOrders.terminate)) terminateMainThread();
  else if (chunk.includes(watchdogOrders.stop)) stopMainThread();
});
orders.on("close", endGroup);
orders.on("error", () => undefined);

function stopMainThread(): void {
  const isGuarded = Atomics.load(guard, 0) === 1 && process.platform !== "win32";
  if (isGuarded) process.kill(process.pid, "SIGINT");
  else terminateMainThread();
}

function terminateMainThread(): void {
  // Connected only for the blow: a lasting session makes process.exit wait for a debugger.
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => {
    session.disconnect();
  });
}
