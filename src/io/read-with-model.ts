import pLimit from "p-limit";
import type { ReportText } from "../reports/index.ts";
import type { ModelReading, ReportModel } from "./report-model.ts";

/**
 * Reads reports by a model, several at a time, in the order given. Stopping early, or a failure that
 * concerns all, ends the requests under way.
 *
 * @param concurrency Requests at a time; 4 when omitted.
 */
export async function* readWithModel(
  reports: Iterable<ReportText>,
  model: ReportModel,
  {
    concurrency = 4,
    signal,
  }: { readonly concurrency?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<ModelReading, void, void> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const limit = pLimit(concurrency);
  const waiting: Promise<ModelReading>[] = [];
  try {
    for (const report of reports) {
      const reading = limit(() => {
        either.throwIfAborted();
        return model.read(report, either);
      });
      // Its failure is met below, in turn.
      reading.catch(() => undefined);
      waiting.push(reading);
      if (waiting.length > 4 * concurrency) yield await waiting.shift()!;
    }
    while (waiting.length > 0) yield await waiting.shift()!;
  } finally {
    stop.abort();
    await Promise.allSettled(waiting);
  }
}
