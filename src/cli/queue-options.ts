import { openProcessPool, openRedisQueue, type JobQueue } from "../io/index.ts";
import {
  integerOption,
  positiveOption,
  textOption,
  UsageError,
  type CommandIo,
  type Values,
} from "./usage.ts";

export const QUEUE_HELP = `
Shared out (docs/scaling.md); the files come out the same:
  --workers N          over N processes of this machine
  --queue URL          over all machines that run \`counterlab worker --queue URL\`: redis://HOST:6379, rediss:// for TLS;
                       a password in the URL or in COUNTERLAB_QUEUE_PASSWORD. What is worked on goes through this Redis
  --reconnect S        seconds to wait for a Redis that went away (default: 60)`;

/** The address of a queue, as options and environment give it. */
export function queueAddress(
  values: Values,
  environment: NodeJS.ProcessEnv,
): { readonly url: string; readonly password: string | undefined; readonly patienceMs: number } {
  const url = textOption(values, "queue", undefined);
  if (url === undefined) {
    throw new UsageError(
      "--queue is missing. Give the address of a Redis: redis://localhost:6379.",
    );
  }
  const patienceMs = 1000 * positiveOption(values, "reconnect", 60);
  return { url, password: environment["COUNTERLAB_QUEUE_PASSWORD"], patienceMs };
}

/**
 * The queue that the user chose; undefined when none, and the work is done right here.
 *
 * @throws UsageError when two are chosen, InputError when no Redis is at the address.
 */
export async function openChosenQueue(
  values: Values,
  { io, environment }: { readonly io: CommandIo; readonly environment: NodeJS.ProcessEnv },
): Promise<JobQueue | undefined> {
  const onNotice = (message: string): void => {
    io.err.write(`${message}\n`);
  };
  if (values["queue"] !== undefined) {
    if (values["workers"] !== undefined) {
      throw new UsageError(
        "--workers and --queue exclude each other. With --queue, start workers by `counterlab worker`.",
      );
    }
    return openRedisQueue({ ...queueAddress(values, environment), onNotice });
  }
  if (values["reconnect"] !== undefined) {
    throw new UsageError("--reconnect is for a Redis. Add --queue, or leave it out.");
  }
  if (values["workers"] === undefined) return undefined;
  const workers = integerOption(values, "workers", { min: 1, otherwise: 1 });
  return openProcessPool({
    workers,
    onNotice,
    onTold: (message) => io.out.write(`${message}\n`),
  });
}
