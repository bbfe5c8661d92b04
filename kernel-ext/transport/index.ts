export { Outbox, type FrameSink } from "./outbox.ts";
export { patientSink } from "./patient-sink.ts";
export type { KernelSockets } from "./sockets.ts";
