import type { ServerResponse } from "node:http";
import type { RunEvent } from "../../widgets/models/notebook-run.ts";

/** As often as a page draws; what changes more often is told once. */
const flushMs = 30;

/** Sends events to one page (server-sent events), of several states of one output only the last. */
export class EventStream {
  readonly #response: ServerResponse;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.on("close", () => {
      clearTimeout(this.#timer);
    });
  }

  push(event: RunEvent): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && isSamePlace(last, event)) this.#waiting.pop();
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, flushMs);
  }

  end(): void {
    this.#flush();
    this.#response.end();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    for (const event of events) this.#response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
}

function isSamePlace(last: RunEvent, next: RunEvent): boolean {
  if (last.type !== "output" || next.type !== "output") return false;
  if (last.kind !== "set" || next.kind !== "set") return false;
  return last.cell === next.cell && last.at === next.at;
}
