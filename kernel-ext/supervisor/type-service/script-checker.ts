import { Worker } from "node:worker_threads";
import type { TypeChecker, TypeCheckerOptions } from "./type-checker.ts";

export interface CheckerRequest {
  readonly id: number;
  readonly method: string;
  readonly fileName: string;
  readonly parameters: object;
}

export interface CheckerAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** TypeScript 6 in a thread of this process, for platforms without the native compiler: slower, with the same answers. */
export class ScriptChecker implements TypeChecker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolversOf<unknown>>();
  #id = 0;
  #isClosed = false;

  constructor({ dir, log, onEnd }: TypeCheckerOptions) {
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const entry = new URL(`./script-checker-thread${extension}`, import.meta.url);
    this.#worker = new Worker(entry, { workerData: { dir } });
    this.#worker.unref();
    this.#worker.on("message", ({ id, result, error }: CheckerAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#worker.on("error", (error) => {
      log(`the type checker failed: ${error.message}`);
    });
    this.#worker.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the type checker ended"));
      if (!this.#isClosed) onEnd();
    });
  }

  async setText(fileName: string, text: string): Promise<void> {
    await this.request("setText", fileName, { text });
  }

  request<Result>(method: string, fileName: string, parameters: object = {}): Promise<Result> {
    const id = ++this.#id;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#worker.postMessage({ id, method, fileName, parameters } satisfies CheckerRequest);
    return answer as Promise<Result>;
  }

  async refresh(): Promise<void> {
    // It looks at the files' times before each answer.
    await Promise.resolve();
  }

  close(): void {
    this.#isClosed = true;
    void this.#worker.terminate();
  }
}

interface PromiseWithResolversOf<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}
