import { dataCheckCommand } from "./data-check.ts";
import { dataDownloadCommand } from "./data-download.ts";
import { UsageError, type CommandIo } from "./usage.ts";

const HELP = `Usage: counterlab data check DIR [options]
       counterlab data download NAME [options]

  check      what a folder of films holds: layout, images, patients, pairs, classes, problems
  download   fetch an openly licensed data set, going on where an earlier download stopped

counterlab data check --help and counterlab data download --help tell the options.`;

const VERBS: Readonly<Record<string, (args: readonly string[], io: CommandIo) => Promise<number>>> =
  { check: dataCheckCommand, download: dataDownloadCommand };

/** `counterlab data`: looks at data sets and fetches them. */
export async function dataCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === "--help" || verb === "-h") {
    io.out.write(`${HELP}\n`);
    return 0;
  }
  const command = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (command === undefined) {
    throw new UsageError(`There is no "data ${verb}". Choose one of: check, download.`);
  }
  return command(rest, io);
}
