#!/usr/bin/env node
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import {
  AnswerRecorder,
  offlinePage,
  WidgetStates,
  type OfflineNotebook,
} from "../server/index.ts";
import type { RunEvent } from "../../widgets/models/notebook-run.ts";
import { notebookProblem, openNotebook, pageDir, type OpenNotebook } from "./open-notebook.ts";

const usage = `usage: counterlab export NOTEBOOK [options]

Writes a notebook as one HTML file that needs no network: text, outputs, and the controls that work without a kernel.

  --out FILE       the file to write (NOTEBOOK.html when omitted)
  --execute        runs the notebook first; otherwise what was saved in it is shown
  --allow-errors   with --execute: also writes a notebook in which a cell fails
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
        out: { type: "string" },
        execute: { type: "boolean", default: false },
        "allow-errors": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!, usage);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) return fail("export needs one notebook", usage);
  try {
    const opened = await openNotebook(path.resolve(file));
    const { notebookDir, title } = opened;
    const { failed, ...notebook } = values.execute ? await execute(opened) : saved(opened);
    if (failed !== undefined && !values["allow-errors"]) {
      fail(`code cell ${failed} failed, so nothing was written; see it with --allow-errors`);
      return 1;
    }
    const out = values.out ?? path.join(notebookDir, `${title}.html`);
    const html = await offlinePage({ notebook, notebookDir, pageDir });
    await writeFile(out, html);
    const sizeMB = (Buffer.byteLength(html) / 1e6).toFixed(1);
    process.stdout.write(`wrote ${out} (${sizeMB} MB)\n`);
    return 0;
  } catch (error) {
    const problem = notebookProblem(error, file);
    if (problem === undefined) throw error;
    return fail(problem);
  }
}

interface Exported extends OfflineNotebook {
  /** Which code cell, counted from 1. */
  readonly failed?: number;
}

function saved({ notebook, title, name }: OpenNotebook): Exported {
  const { cells } = notebook;
  if (cells.every(({ type, outputs }) => type !== "code" || outputs.length === 0)) {
    process.stderr.write(`${name} has no saved outputs; --execute runs it first\n`);
  }
  const states = notebook.widgetState as Readonly<Record<string, unknown>> | undefined;
  return { title, cells, widgetState: states?.["application/vnd.jupyter.widget-state+json"] };
}

async function execute({ notebook, title, run }: OpenNotebook): Promise<Exported> {
  const widgets = new WidgetStates();
  const recorder = new AnswerRecorder((commId, content) => {
    const data = { method: "custom", content } as never;
    run.kernel?.request("shell", { msgType: "comm_msg", content: { comm_id: commId, data } });
  });
  run.onMessage = (channel, _frames, message) => {
    if (channel !== "iopub") return;
    widgets.take(message);
    recorder.take(message);
  };
  const codeCells = notebook.cells.filter(({ type }) => type === "code").length;
  let begun = 0;
  let lost: string | undefined;
  const stopFollowing = run.subscribe((event) => {
    if (event.type === "cell" && event.status === "running") {
      begun += 1;
      process.stderr.write(
        `[${begun}/${codeCells}] ${firstLine(notebook.cells[event.cell]!.source)}\n`,
      );
    }
    if (event.type === "kernel" && event.status === "ended") lost = event.reason ?? "";
  });
  const interrupt = (): void => {
    run.interrupt();
  };
  process.on("SIGINT", interrupt);
  await run.restart();
  process.off("SIGINT", interrupt);
  stopFollowing();
  const answers = lost === undefined ? await recorder.record(widgets.saved) : {};
  let ended: Extract<RunEvent, { type: "run" }> | undefined;
  run.subscribe((event) => {
    if (event.type === "run") ended = event;
  })();
  await run.close();
  if (lost !== undefined) process.stderr.write(`the kernel ended: ${lost}\n`);
  const cells = notebook.cells.map((cell, index) => ({
    ...cell,
    outputs: ended!.cells[index]!.outputs,
  }));
  const hasFailed = ended!.cells.some(({ status }) => status === "failed");
  // The last that has begun.
  return {
    title,
    cells,
    widgetState: widgets.saved,
    answers,
    ...(hasFailed ? { failed: begun } : {}),
  };
}

function firstLine(source: string): string {
  return source.trim().split("\n")[0]!.slice(0, 70);
}

function fail(message: string, help = ""): number {
  process.stderr.write(`counterlab export: ${message}\n${help === "" ? "" : `\n${help}`}`);
  return badUsage;
}
