import type { JobQueue } from "./job.ts";
import type { JobTask } from "./perform-job.ts";

/** Does jobs in this very process, one after the other; a task's error is the caller's, as it is. */
export function openHereQueue(
  tasks: Readonly<Record<string, JobTask>>,
  { tell = () => undefined }: { readonly tell?: (message: string) => void } = {},
): JobQueue {
  return {
    window: 1,
    run: async ({ task, input }) => tasks[task]!(input, tell),
    forget: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
