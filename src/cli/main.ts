import { DeviceError } from "../engine/index.ts";
import { DownloadError, JobQueueError, TrainingError } from "../io/index.ts";
import { DivergenceError } from "../pipelines/index.ts";
import { evaluateCommand } from "./evaluate.ts";
import { dataCommand } from "./data.ts";
import { counterfactualCommand } from "./counterfactual.ts";
import { devicesCommand } from "./devices.ts";
import { generateCommand } from "./generate.ts";
import { kernelProgram } from "./kernel-programs.ts";
import { reportsCommand } from "./reports.ts";
import { swapCommand } from "./swap.ts";
import { trainCommand } from "./train.ts";
import { UsageError, type CommandIo } from "./usage.ts";
import { workerCommand } from "./worker.ts";

const HELP = `Usage: counterlab COMMAND [options]

  train           train the disentangling autoencoder and the diffusion models on the phantom or a folder of films
  swap            draw an identity x pathology grid of counterfactuals from a trained run
  counterfactual  draw a film as it would have been under another finding
  generate        draw films that show a finding, of new patients or known ones
  evaluate        run a suite of baselines, ablations and metrics, stage by stage
  reports         read findings, severity and place from radiology reports
  data            check a folder of films, or download an open data set
  worker          do jobs of reports and generate that others put into a queue
  devices         say what this machine can compute on, and why not on the rest
  serve           show a notebook as a page with live widgets
  export          write a notebook as one HTML file that needs no network
  kernel          install, uninstall, list, examine (doctor) or start the Jupyter kernel

counterlab COMMAND --help tells a command's options.`;

const COMMANDS: Readonly<
  Record<string, (args: readonly string[], io: CommandIo) => Promise<number>>
> = {
  train: trainCommand,
  swap: swapCommand,
  counterfactual: counterfactualCommand,
  generate: generateCommand,
  evaluate: evaluateCommand,
  reports: reportsCommand,
  data: dataCommand,
  worker: workerCommand,
  devices: devicesCommand,
  serve: kernelProgram("serve"),
  export: kernelProgram("export"),
  kernel: kernelProgram("main"),
};

/**
 * Runs one command line and gives its exit status: 0 done, 1 failed, 2 asked wrongly, 130 interrupted.
 * What the user can mend is one line on standard error; anything else keeps its stack.
 */
export async function runCommand(
  args: readonly string[],
  io: CommandIo = { out: process.stdout, err: process.stderr },
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.out.write(`${HELP}\n`);
    return 0;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      const known = Object.keys(COMMANDS).join(", ");
      throw new UsageError(`There is no command "${name}". Choose one of: ${known}.`);
    }
    return await command(rest, io);
  } catch (error) {
    if (
      error instanceof DivergenceError ||
      error instanceof TrainingError ||
      error instanceof DownloadError ||
      error instanceof JobQueueError
    ) {
      io.err.write(`${error.message}\n`);
      return 1;
    }
    if (!isMendable(error)) throw error;
    io.err.write(`${error.message}\n`);
    return 2;
  }
}

/** Errors of asking say how to mend them: those with a `fix`, and refused options and devices. */
function isMendable(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof DeviceError) return true;
  return error instanceof Error && "fix" in error;
}
