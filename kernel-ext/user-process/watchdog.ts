// Worker thread of the user process: stops main-thread code that a signal cannot stop, serves the debugger, and ends the process, with its children, when its supervisor is gone.
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { linkDescriptors, watchdogOrders } from "../protocol/index.ts";
import { endGroup } from "./end-group.ts";

/** 1 while the main thread runs code that SIGINT stops; how often it began such code. */
const guard = workerData as Int32Array;
/** Code that begins nothing for so long stands in one place. */
const stuckMs = 5;

const orders = new Socket({ fd: linkDescriptors.watchdog, readable: true, writable: false });
orders.on("data", (chunk) => {
  if (chunk.includes(watchdogOrders.inspect)) void import("./inspector-relay.ts");
  if (chunk.includes(watchdogOrders.terminate)) ifStuck(terminateMainThread);
  else if (chunk.includes(watchdogOrders.stop)) ifStuck(stopMainThread);
});
orders.on("close", endGroup);
orders.on("error", () => undefined);

/**
 * A cell that goes from one await to the next lets the event loop turn, and hears of the stop there. Cut off between two of its
 * segments it would leave Node's own queues in a state in which they never end.
 */
function ifStuck(stop: () => void): void {
  const begun = Atomics.load(guard, 1);
  setTimeout(() => {
    if (Atomics.load(guard, 1) === begun) stop();
  }, stuckMs);
}

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
