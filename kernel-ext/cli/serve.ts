#!/usr/bin/env node
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { parseArgs } from "node:util";
import { AppServer } from "../server/index.ts";
import { notebookProblem, openNotebook, pageDir } from "./open-notebook.ts";

const usage = `usage: counterlab serve NOTEBOOK [options]

Runs a notebook from top to bottom and shows it as a page on this machine: text, outputs and live widgets.

  --port N       the page's port (chosen by the system when omitted)
  --no-browser   only prints the page's address
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
        port: { type: "string", default: "0" },
        "no-browser": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) return fail("serve needs one notebook");
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return fail(`--port ${values.port} is no port; give a whole number from 0 to 65535`);
  }
  try {
    await serve(path.resolve(file), { port, opensBrowser: !values["no-browser"] });
    return 0;
  } catch (error) {
    const problem = notebookProblem(error, file);
    if (problem !== undefined) return fail(problem, { isUsageShown: false });
    throw error;
  }
}

async function serve(
  file: string,
  { port, opensBrowser }: { readonly port: number; readonly opensBrowser: boolean },
): Promise<void> {
  const { run, name, ...opened } = await openNotebook(file);
  const server = new AppServer({
    ...{ ...opened, run, port, pageDir },
    token: randomBytes(24).toString("hex"),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const url = await server.listen();
  process.stdout.write(`${name} is at\n  ${url}\nCtrl-C ends it.\n`);
  if (opensBrowser) openBrowser(url);
  void run.restart();
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await server.close();
  await run.close();
}

/** Opens the page in the user's browser; where there is none, the printed address remains. */
function openBrowser(url: string): void {
  const [program, ...args]: [string, ...string[]] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", '""']
        : ["xdg-open"];
  spawn(program, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

function fail(message: string, { isUsageShown = true } = {}): number {
  process.stderr.write(`counterlab serve: ${message}\n${isUsageShown ? `\n${usage}` : ""}`);
  return badUsage;
}
