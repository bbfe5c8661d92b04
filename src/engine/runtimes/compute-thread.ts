import { Worker } from "node:worker_threads";
import { RuntimeFailure } from "../errors.ts";
import type { Answer, Exchanges, Reply, Request } from "./messages.ts";

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** What computes in a thread: ONNX Runtime, or the tf.js that a package brings. */
export type Engine = { readonly name: "onnx" } | { readonly name: "tfjs"; readonly module: string };

const SCRIPTS = { onnx: "computing-thread", tfjs: "tfjs-thread" } as const;

/** The thread that owns the native runtime; requests are answered one after the other, in order. */
export class ComputeThread {
  readonly #engine: Engine;
  #worker: Worker | undefined;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #ended: Error | undefined;

  constructor(engine: Engine = { name: "onnx" }) {
    this.#engine = engine;
  }

  /** Sends one request; `moved` buffers become unusable here. The first request starts the thread. */
  request<Kind extends keyof Exchanges>(
    request: Extract<Request, { kind: Kind }>,
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Reply<Kind>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    return new Promise<Reply<Kind>>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, request }, moved);
    });
  }

  async dispose(): Promise<void> {
    this.#ended ??= new RuntimeFailure("The runtime has been disposed.");
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorker(this.#engine);
    worker.on("message", (answer: Answer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      // A thread that waits for work must not keep a finished program alive.
      if (this.#pending.size === 0) worker.unref();
      if ("error" in answer) pending?.reject(new RuntimeFailure(answer.error));
      else pending?.resolve(answer.result as never);
    });
    worker.on("error", (error) => {
      this.#end(new RuntimeFailure("The computing thread broke down.", { cause: error }));
    });
    worker.on("exit", () => {
      this.#end(new RuntimeFailure("The runtime has been disposed or its computing thread ended."));
    });
    return worker;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function startWorker(engine: Engine): Worker {
  const script = SCRIPTS[engine.name];
  const options = { workerData: engine };
  if (import.meta.url.endsWith(".js")) {
    return new Worker(new URL(`./${script}.js`, import.meta.url), options);
  }
  // Run from sources (tests, development): a worker does not inherit its parent's TypeScript loader.
  const file = JSON.stringify(new URL(`./${script}.ts`, import.meta.url).href);
  const code = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${file}, ${file}));`;
  return new Worker(code, { ...options, eval: true });
}
