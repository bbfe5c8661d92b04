import { parentPort } from "node:worker_threads";
import type { Answer, Request, Result } from "./messages.ts";

/** Answers what comes to this thread, one request at a time in the order of arrival: runs that share state cannot overlap. */
export function serveRequests(answer: (request: Request) => Promise<Result> | Result): void {
  let last: Promise<void> = Promise.resolve();
  parentPort!.on("message", ({ id, request }: { id: number; request: Request }) => {
    last = last.then(async () => {
      try {
        const result = await answer(request);
        const list = Array.isArray(result) ? result : [result];
        const moved = list.flatMap((item) =>
          ArrayBuffer.isView(item) ? [item.buffer as ArrayBuffer] : [],
        );
        parentPort!.postMessage({ id, result } satisfies Answer, moved);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        parentPort!.postMessage({ id, error: message } satisfies Answer);
      }
    });
  });
}
