// Runs a notebook in a kernel of its own, as a reader would who presses Stop where its tags say so.
import { performance } from "node:perf_hooks";

/** How long a reader waits before pressing Stop, by the cell's tag. */
const stopAfterMs = { "stop-after-1s": 1000 };

/**
 * @param built `openNotebook` and `WidgetStates` of the built kernel.
 * @param options `onCell(number, total, source, seconds)`: told when a code cell has ended.
 * @returns the notebook, what became of each of its cells, and of its widgets.
 */
export async function runNotebook(
  { openNotebook, WidgetStates },
  file,
  { onCell = () => undefined } = {},
) {
  const { notebook, run } = await openNotebook(file);
  const widgets = new WidgetStates();
  run.onMessage = (channel, _frames, message) => {
    if (channel === "iopub") widgets.take(message);
  };
  const code = notebook.cells.filter(({ type }) => type === "code");
  let startedMs = 0;
  let stop;
  let lost;
  run.subscribe((event) => {
    if (event.type === "kernel" && event.status === "ended") lost = event.reason ?? "";
    if (event.type !== "cell") return;
    const cell = notebook.cells[event.cell];
    if (event.status === "running") {
      startedMs = performance.now();
      const [afterMs] = cell.tags.flatMap((tag) => stopAfterMs[tag] ?? []);
      stop = afterMs === undefined ? undefined : setTimeout(() => run.interrupt(), afterMs);
    } else {
      clearTimeout(stop);
      onCell(
        code.indexOf(cell) + 1,
        code.length,
        cell.source,
        (performance.now() - startedMs) / 1000,
      );
    }
  });
  await run.restart();
  let ended;
  run.subscribe((event) => {
    if (event.type === "run") ended = event;
  })();
  await run.close();
  const cells = notebook.cells.map((cell, index) => ({ ...cell, ...ended.cells[index] }));
  return { notebook, cells, log: ended.log, lost, widgetState: widgets.saved };
}

/** What went wrong in a run, one line a fault: cells that failed or warned without a tag that says they may. */
export function faultsOf({ cells, lost }) {
  const faults = lost === undefined ? [] : [`the kernel ended: ${lost}`];
  for (const [index, { status, outputs, tags }] of cells.entries()) {
    if (status === "failed" && !tags.includes("raises-exception")) {
      const error = outputs.find(({ output_type: type }) => type === "error");
      faults.push(`cell ${index} failed: ${error?.ename}: ${error?.evalue}`);
    }
    const warnings = outputs.filter(({ name }) => name === "stderr").map(({ text }) => text);
    if (warnings.length > 0 && !tags.includes("warns")) {
      faults.push(`cell ${index} warns: ${warnings.join("")}`);
    }
  }
  return faults;
}
