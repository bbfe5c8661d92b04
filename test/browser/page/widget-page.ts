// Runs in the browser: a page without Jupyter that shows one of our widgets. The kernel side lives in the
// test process; messages go through two functions, binary data as base64.
import type { AnyFrontEnd } from "../../../widgets/lab/front-ends.ts";
import type { ViewModel } from "../../../widgets/views/front-end.ts";
import * as latentExplorer from "../../../widgets/views/latent-explorer.ts";
import * as noiseTrajectory from "../../../widgets/views/noise-trajectory.ts";
import * as reportReader from "../../../widgets/views/report-reader.ts";
import * as pathologySwap from "../../../widgets/views/pathology-swap.ts";
import * as trainingMonitor from "../../../widgets/views/training-monitor.ts";

interface WireMessage {
  readonly method: string;
  readonly state: Record<string, unknown>;
  readonly content: unknown;
  readonly buffer_paths: (string | number)[][];
  readonly buffers: string[];
}

interface TestPage {
  toKernel(data: unknown): Promise<void>;
  mount(message: WireMessage, options?: { views?: number }): void;
  fromKernel(message: WireMessage): void;
  unmount(): void;
}

const page = globalThis as unknown as TestPage;
const listeners = new Map<string, Set<(...values: never[]) => void>>();
const state: Record<string, unknown> = {};
const changed = new Set<string>();
const life = new AbortController();

const emit = (event: string, ...values: unknown[]): void => {
  for (const listener of [...(listeners.get(event) ?? [])]) listener(...(values as never[]));
};
const decode = (base64: string): DataView =>
  new DataView(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
const absorb = (message: WireMessage): void => {
  message.buffer_paths.forEach((path, index) => {
    const last = path.at(-1)!;
    const parent = path
      .slice(0, -1)
      .reduce<unknown>(
        (node, key) => (node as Record<string | number, unknown>)[key],
        message.state,
      );
    (parent as Record<string | number, unknown>)[last] = decode(message.buffers[index]!);
  });
  Object.assign(state, message.state);
  for (const name of Object.keys(message.state)) emit(`change:${name}`);
};

const model: ViewModel<Record<string, unknown>> = {
  get: (name) => state[name],
  set(name, value) {
    state[name] = value;
    changed.add(name);
    emit(`change:${name}`);
  },
  save_changes() {
    const patch = Object.fromEntries([...changed].map((name) => [name, state[name]]));
    changed.clear();
    void page.toKernel({ method: "update", state: patch, buffer_paths: [] });
  },
  on: (event, listener) => {
    listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
  },
  off: (event, listener) => void listeners.get(event)?.delete(listener),
  send: (content) => void page.toKernel({ method: "custom", content }),
};

page.mount = (message, { views = 1 } = {}) => {
  absorb(message);
  const frontEnds = {
    LatentExplorerModel: latentExplorer,
    PathologySwapModel: pathologySwap,
    TrainingMonitorModel: trainingMonitor,
    NoiseTrajectoryModel: noiseTrajectory,
    ReportReaderModel: reportReader,
  };
  const name = state["_model_name"] as keyof typeof frontEnds;
  const frontEnd = frontEnds[name] as unknown as AnyFrontEnd;
  const shared = frontEnd.initialize({ model, signal: life.signal });
  for (let view = 0; view < views; view++) {
    const el = document.createElement("div");
    document.querySelector("main")!.append(el);
    frontEnd.render({ model, el, signal: life.signal, shared });
  }
};
page.fromKernel = (message) => {
  if (message.method === "custom") emit("msg:custom", message.content, message.buffers.map(decode));
  else if (message.method === "update") absorb(message);
};
page.unmount = () => {
  life.abort();
};
