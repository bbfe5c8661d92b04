export { Outbox, type FrameSink } from "./outbox.ts";
export type { KernelSockets } from "./sockets.ts";
