#!/usr/bin/env node
import { parseArgs } from "node:util";
import { ConnectionFileError } from "../protocol/index.ts";
import { installKernelspec, listKernelspecs, uninstallKernelspec } from "./kernelspec.ts";

const usage = `usage: counterlab kernel COMMAND

  install   [--prefix DIR | --user] [--display-name NAME]   adds the kernel to Jupyter
  uninstall [--prefix DIR | --user]                         removes it
  list      [--prefix DIR | --user]                         shows the kernels that are there
  start     CONNECTION_FILE                                 runs a kernel (Jupyter does this)
`;

/** Exit status for wrong usage. */
const badUsage = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        prefix: { type: "string" },
        user: { type: "boolean" },
        "display-name": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return fail((error as Error).message);
  }
  const { values, positionals } = parsed;
  const [command, file] = positionals;
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.prefix !== undefined && values.user === true) {
    return fail("give --prefix or --user, not both");
  }
  const place = values.prefix === undefined ? {} : { prefix: values.prefix };
  const displayName = values["display-name"];
  switch (command) {
    case "install":
      print(
        `installed in ${await installKernelspec({ ...place, ...(displayName === undefined ? {} : { displayName }) })}`,
      );
      return 0;
    case "uninstall": {
      const dir = await uninstallKernelspec(place);
      print(dir === undefined ? "nothing to remove" : `removed ${dir}`);
      return 0;
    }
    case "list":
      for (const { name, displayName: title, dir } of await listKernelspecs(place)) {
        print(`${name}\t${title}\t${dir}`);
      }
      return 0;
    case "start":
      return file === undefined ? fail("start needs a connection file") : start(file);
    default:
      return fail(command === undefined ? "a command is needed" : `unknown command ${command}`);
  }
}

async function start(file: string): Promise<number> {
  // Loaded here, because the other commands need no sockets.
  const { startKernel } = await import("./start-kernel.ts");
  try {
    await startKernel(file);
    return 0;
  } catch (error) {
    const isUserError =
      error instanceof ConnectionFileError || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isUserError) throw error;
    return fail(`${file}: ${(error as Error).message}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string): number {
  process.stderr.write(`counterlab kernel: ${message}\n\n${usage}`);
  return badUsage;
}
