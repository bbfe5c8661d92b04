import type {
  NoiseTrajectoryRequest,
  NoiseTrajectoryState,
  NoiseTrajectoryUpdate,
} from "../../models/noise-trajectory/noise-trajectory-protocol.ts";
import {
  bytesFromBinary,
  reconnectedEvent,
  type BinaryData,
  type InitializeContext,
} from "../front-end.ts";

/** The films of one search that have reached this page, shared by all its views. */
export interface FrameStore {
  filmAt(iteration: number, sample: number): Uint8Array | undefined;
  /** Calls back after films came; ends with `signal`. */
  subscribe(callback: () => void, signal: AbortSignal): void;
}

/** Asks for all films, and listens for more. */
export function frameStore({ model, signal }: InitializeContext<NoiseTrajectoryState>): FrameStore {
  const films = new Map<string, Uint8Array>();
  const subscribers = new Set<() => void>();
  const send = (request: NoiseTrajectoryRequest): void => {
    model.send(request);
  };
  const receive = (update: NoiseTrajectoryUpdate, buffers: readonly BinaryData[] = []): void => {
    update.frames.forEach(({ iteration, sample }, at) => {
      films.set(`${iteration},${sample}`, bytesFromBinary(buffers[at]!));
    });
    for (const callback of subscribers) callback();
    // The kernel sends the next batch when this one is on the screen.
    requestAnimationFrame(() => {
      if (!signal.aborted) send({ type: "drawn", sequence: update.sequence });
    });
  };
  const greet = (): void => {
    send({ type: "hello" });
  };
  model.on("msg:custom", receive);
  model.on(reconnectedEvent, greet);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", receive);
    model.off(reconnectedEvent, greet);
  });
  greet();
  return {
    filmAt: (iteration, sample) => films.get(`${iteration},${sample}`),
    subscribe(callback, subscriberSignal) {
      subscribers.add(callback);
      subscriberSignal.addEventListener("abort", () => void subscribers.delete(callback));
    },
  };
}
