// Worker thread of the user process: stops main-thread code that a signal cannot stop, serves the debugger, and ends the process, with its children, when its supervisor is gone.
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { linkDescriptors, watchdogOrders } from "../protocol/index.ts";
import { endGroup } from "./end-group.ts";
import { isStuck, type MainThreadMarks } from "./main-thread.ts";

/** See `createRunInterruptible`; the third element is when the last order to stop was taken. */
const guard = workerData as Int32Array;
const marks: MainThreadMarks = {
  isGuarded: () => Atomics.load(guard, 0) === 1,
  progress: () => Atomics.load(guard, 1),
  orderedMsAgo: () => (Date.now() - Atomics.load(guard, 2)) | 0,
};

const orders = new Socket({ fd: linkDescriptors.watchdog, readable: true, writable: false });
orders.on("data", (chunk) => {
  if (chunk.includes(watchdogOrders.inspect)) void import("./inspector-relay.ts");
  if (chunk.includes(watchdogOrders.terminate)) void ifStuck(terminateMainThread);
  else if (chunk.includes(watchdogOrders.stopPaused)) stopMainThread();
  else if (chunk.includes(watchdogOrders.stop)) void ifStuck(stopMainThread);
});
orders.on("close", endGroup);
orders.on("error", () => undefined);

/**
 * A cell that goes from one await to the next lets the event loop turn, and hears of the stop there. Cut off between two of its
 * segments it would leave Node's own queues in a state in which they never end.
 */
async function ifStuck(stop: () => void): Promise<void> {
  if (await isStuck(marks)) stop();
}

function stopMainThread(): void {
  if (marks.isGuarded() && process.platform !== "win32") process.kill(process.pid, "SIGINT");
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
