import { Worker } from "node:worker_threads";
import { RuntimeFailure } from "../errors.ts";
import type { Answer, Exchanges, Reply, Request } from "./messages.ts";

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The thread that owns the native runtime; requests are answered one after the other, in order. */
export class ComputeThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #ended: Error | undefined;

  constructor() {
    this.#worker = startWorker();
    // A thread that waits for work must not keep a finished program alive.
    this.#worker.unref();
    this.#worker.on("message", (answer: Answer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (this.#pending.size === 0) this.#worker.unref();
      if ("error" in answer) pending?.reject(new RuntimeFailure(answer.error));
      else pending?.resolve(answer.result as never);
    });
    this.#worker.on("error", (error) => {
      this.#end(new RuntimeFailure("The computing thread broke down.", { cause: error }));
    });
    this.#worker.on("exit", () => {
      this.#end(new RuntimeFailure("The runtime has been disposed or its computing thread ended."));
    });
  }

  /** Sends one request; `moved` buffers become unusable here. */
  request<Kind extends keyof Exchanges>(
    request: Extract<Request, { kind: Kind }>,
    moved: readonly ArrayBuffer[] = [],
  ): Promise<Reply<Kind>> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise<Reply<Kind>>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, request }, moved);
    });
  }

  async dispose(): Promise<void> {
    this.#ended ??= new RuntimeFailure("The runtime has been disposed.");
    await this.#worker.terminate();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function startWorker(): Worker {
  if (import.meta.url.endsWith(".js")) {
    return new Worker(new URL("./computing-thread.js", import.meta.url));
  }
  // Run from sources (tests, development): a worker does not inherit its parent's TypeScript loader.
  const file = JSON.stringify(new URL("./computing-thread.ts", import.meta.url).href);
  const code = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${file}, ${file}));`;
  return new Worker(code, { eval: true });
}
