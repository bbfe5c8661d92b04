export { Outbox, type FrameSink } from "./outbox.ts";
export { echoHeartbeat, openSockets, type KernelSockets } from "./sockets.ts";
