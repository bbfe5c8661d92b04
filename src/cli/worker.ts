import { openProcessPool, openRedisWorker } from "../io/index.ts";
import { queueAddress } from "./queue-options.ts";
import {
  integerOption,
  parseOptions,
  positiveOption,
  textOption,
  type CommandIo,
} from "./usage.ts";

const HELP = `Usage: counterlab worker --queue URL [options]

Does jobs that \`counterlab reports\` and \`counterlab generate\` put into a Redis with --queue, until Ctrl-C.
Run folders are opened by their path: they must be where the command that asks has them.

  --queue URL        redis://HOST:6379, rediss:// for TLS; a password in the URL or in COUNTERLAB_QUEUE_PASSWORD
  --workers N        how many jobs at a time, a process each (default: 1)
  --name NAME        what others see it as (default: host and process number)
  --lost-after S     seconds without a sign after which its jobs go to others (default: 30)
  --reconnect S      seconds to wait for a Redis that went away (default: 60)
  --json             what was done, as one JSON object on standard output at the end
  --help             this text`;

/** `counterlab worker`: does jobs from a queue in Redis. */
export async function workerCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const address = queueAddress(values, process.env);
  const concurrency = integerOption(values, "workers", { min: 1, otherwise: 1 });
  const name = textOption(values, "name", undefined);
  const lostAfterMs = 1000 * positiveOption(values, "lost-after", 30);
  const isJson = values["json"] === true;
  const say = (message: string): void => {
    (isJson ? io.err : io.out).write(`${message}\n`);
  };
  const notices: string[] = [];
  let done = 0;
  const pool = openProcessPool({ workers: concurrency, onTold: say });
  try {
    const worker = await openRedisWorker({
      ...address,
      pool,
      concurrency,
      lostAfterMs,
      ...(name === undefined ? {} : { name }),
      onNotice: (message) => {
        notices.push(message);
        io.err.write(`${message}\n`);
      },
      onDone: ({ name: job, seconds }) => {
        done++;
        say(`did ${job} in ${seconds.toFixed(1)} s`);
      },
    });
    say(
      `worker ${worker.name} takes jobs from ${worker.shown}; Ctrl-C ends it after the job under way`,
    );
    try {
      await Promise.race([worker.gone, interrupted()]);
    } finally {
      await worker.close();
    }
    if (isJson) io.out.write(`${JSON.stringify({ worker: worker.name, done, notices })}\n`);
    return 0;
  } finally {
    await pool.close();
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}
