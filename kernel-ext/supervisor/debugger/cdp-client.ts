import type { FromInspector, JsonObject, ToInspector } from "../../protocol/index.ts";
import { deferred, type Deferred } from "../deferred.ts";

/** V8 refused a command, or is no more. */
export class InspectorError extends Error {
  override readonly name = "InspectorError";
}

export interface CdpClientOptions {
  readonly send: (message: ToInspector) => void;
  readonly onEvent: (method: string, params: JsonObject) => void;
}

/** The supervisor's end of the Chrome DevTools Protocol. */
export class CdpClient {
  readonly #options: CdpClientOptions;
  readonly #waiting = new Map<number, Deferred<JsonObject>>();
  #last = 0;
  #ended: InspectorError | undefined;

  constructor(options: CdpClientOptions) {
    this.#options = options;
    options.send({ type: "open" });
  }

  /** @throws InspectorError when V8 refuses, or when the process ends first. */
  async send<Result = JsonObject>(method: string, params: object = {}): Promise<Result> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#last += 1;
    const id = this.#last;
    const answer = deferred<JsonObject>();
    this.#waiting.set(id, answer);
    this.#options.send({ type: "command", id, method, params: params as JsonObject });
    return answer.promise as Promise<Result>;
  }

  /** Sends a command whose answer is of no interest, whether it fails or not. */
  post(method: string, params: object = {}): void {
    this.send(method, params).catch(() => undefined);
  }

  receive(message: FromInspector): void {
    if (this.#ended !== undefined) return;
    if (message.type === "event") {
      this.#options.onEvent(message.method, message.params);
      return;
    }
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) answer?.resolve(message.result ?? {});
    else answer?.reject(new InspectorError(message.error));
  }

  /** Gives up what was asked; nothing is received any more. */
  end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = new InspectorError(reason);
    this.#options.send({ type: "close" });
    for (const answer of this.#waiting.values()) answer.reject(this.#ended);
    this.#waiting.clear();
  }
}
