// Worker thread of the user process: stops main-thread code that a signal cannot stop, and ends the process with its supervisor.
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { linkDescriptors } from "../protocol/index.ts";

const orders = new Socket({ fd: linkDescriptors.watchdog, readable: true, writable: false });
orders.on("data", () => {
  // Connected only for the blow: a lasting session makes process.exit wait for a debugger.
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => {
    session.disconnect();
  });
});
orders.on("close", () => {
  process.kill(process.pid, "SIGKILL");
});
orders.on("error", () => undefined);
