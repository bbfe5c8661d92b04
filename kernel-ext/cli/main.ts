#!/usr/bin/env node
import { existsSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { ConnectionFileError } from "../protocol/index.ts";
import { historyDir } from "./history-dir.ts";
import {
  installKernelspec,
  listKernelspecs,
  ownScript,
  uninstallKernelspec,
} from "./kernelspec.ts";
import { installLabextension, uninstallLabextension } from "./labextension.ts";
import { ownPackage } from "./package-dir.ts";
import { PlaceError, prefixOf } from "./place.ts";
import { readRemoteLaunch, RemoteLaunchError, remoteOptions } from "./remote-launch.ts";

const usage = `usage: counterlab kernel COMMAND

  install   [PLACE] [--display-name NAME]   adds the kernel and the widgets to Jupyter
  uninstall [PLACE] [--keep-history]        removes them; for the user, also the inputs that were kept
  list      [PLACE]                         shows the kernels that are there
  doctor                                    says what is missing, and how to get it
  start     CONNECTION_FILE                 runs a kernel (Jupyter does this)
  start     --RemoteProcessProxy.…          runs one for an Enterprise Gateway (the gateway does this)

PLACE is --user (the default), --sys-prefix (the Python environment of this shell) or --prefix DIR.
`;

const marks = { ok: "ok     ", note: "note   ", missing: "MISSING" } as const;

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
        "sys-prefix": { type: "boolean" },
        "keep-history": { type: "boolean" },
        "display-name": { type: "string" },
        help: { type: "boolean", short: "h" },
        ...remoteOptions,
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
  let prefix: string | undefined;
  try {
    prefix = prefixOf(values, process);
  } catch (error) {
    if (error instanceof PlaceError) return fail(error.message);
    throw error;
  }
  const place = prefix === undefined ? {} : { prefix };
  const displayName = values["display-name"];
  switch (command) {
    case "install":
      print(
        `installed in ${await installKernelspec({ ...place, ...(displayName === undefined ? {} : { displayName }) })}`,
      );
      if ((await installLabextension(place)) === undefined) {
        process.stderr.write(
          "the widgets are not built, so JupyterLab shows their pictures: npm run build\n",
        );
      }
      return 0;
    case "uninstall": {
      await uninstallLabextension(place);
      const dir = await uninstallKernelspec(place);
      print(dir === undefined ? "nothing to remove" : `removed ${dir}`);
      await removeHistory({ isKept: prefix !== undefined || values["keep-history"] === true });
      return 0;
    }
    case "doctor":
      return doctor();
    case "list":
      for (const { name, displayName: title, dir } of await listKernelspecs(place)) {
        print(`${name}\t${title}\t${dir}`);
      }
      return 0;
    case "start":
      return start(file, values);
    default:
      return fail(command === undefined ? "a command is needed" : `unknown command ${command}`);
  }
}

async function doctor(): Promise<number> {
  const { examine } = await import("./doctor.ts");
  let isSound = true;
  const counterlab = path.join(ownPackage().dir, "bin/counterlab.mjs");
  const devices = [process.execPath, counterlab, "devices", "--json"];
  for await (const { status, text, fix } of examine({ process, main: ownScript(), devices })) {
    print(`${marks[status]} ${text}`);
    if (fix !== undefined) print(`          ${fix}`);
    if (status === "missing") isSound = false;
  }
  return isSound ? 0 : 1;
}

/** Inputs belong to the user, not to one environment. */
async function removeHistory({ isKept }: { readonly isKept: boolean }): Promise<void> {
  const dir = historyDir(process);
  if (dir === undefined || !existsSync(dir)) return;
  if (isKept) {
    print(`inputs of your sessions stay in ${dir}; "uninstall --user" removes them`);
    return;
  }
  await rm(dir, { recursive: true });
  await rmdir(path.dirname(dir)).catch(() => undefined);
  print(`removed ${dir}`);
}

async function start(
  file: string | undefined,
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  try {
    const launch = readRemoteLaunch(values);
    if (launch === undefined && file === undefined) return fail("start needs a connection file");
    // Loaded here, because the other commands need no sockets.
    const { startKernel, startRemoteKernel } = await import("./start-kernel.ts");
    await (launch === undefined ? startKernel(file!) : startRemoteKernel(launch));
    return 0;
  } catch (error) {
    if (error instanceof RemoteLaunchError) return fail(error.message);
    const isUserError =
      error instanceof ConnectionFileError || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isUserError) throw error;
    return fail(`${file ?? "start"}: ${(error as Error).message}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(message: string): number {
  process.stderr.write(`counterlab kernel: ${message}\n\n${usage}`);
  return badUsage;
}
