// Worker thread of the user process: stops main-thread code that a signal cannot stop, and ends the process, with its children, when its supervisor is gone.
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { linkDescriptors, watchdogOrders } from "../protocol/index.ts";
import { endGroup } from "./end-group.ts";

/** 1 while the main thread runs code that SIGINT stops. */
const guard = workerData as Int32Array;

const orders = new Socket({ fd: linkDescriptors.watchdog, readable: true, writable: false });
orders.on("data", (chunk) => {
  const isGuarded = Atomics.load(guard, 0) === 1 && process.platform !== "win32";
  if (chunk.includes(watchdogOrders.terminate) || !isGuarded) terminateMainThread();
  else process.kill(process.pid, "SIGINT");
});
orders.on("close", endGroup);
orders.on("error", () => undefined);

function terminateMainThread(): void {
  // Connected only for the blow: a lasting session makes process.exit wait for a debugger.
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => {
    session.disconnect();
  });
}
