// npm run notebooks [-- 02 05]: runs the tutorials in full and saves what they show in them; all of them when none is
// named. Nothing is saved of one in which a cell fails or warns. Charts get a picture, too, drawn by Chromium (see
// test/support/browser.ts), for readers on a site that shows neither scripts nor drawings.
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { drawOutput, openDrawingPage } from "./draw-output.mjs";
import { faultsOf, runNotebook } from "./run-notebook.mjs";
import { root } from "./setup.mjs";

/** More than a repository should carry for one notebook. */
const mostBytes = 1_000_000;
const widgetView = "application/vnd.jupyter.widget-view+json";
const snapshot = "application/vnd.counterlab.snapshot+json";
const widgetStates = "application/vnd.jupyter.widget-state+json";

const folder = path.join(root, "notebooks");
const wanted = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ipynb"))
  .filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));
if (names.length === 0) {
  console.error(`notebooks: none of notebooks/ begins with ${wanted.join(" or ")}`);
  process.exit(2);
}

const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
const { openNotebook } = await import("../dist/kernel-ext/cli/open-notebook.js");
const { WidgetStates } = await import("../dist/kernel-ext/server/index.js");

const drawing = await openDrawingPage();
// Type errors are faults of a tutorial.
process.env.COUNTERLAB_CHECK = "warn";
// Runs in a folder that the user names are kept, and continued the next time.
const given = process.env.COUNTERLAB_OUT;
const out = given ?? mkdtempSync(path.join(tmpdir(), "counterlab-notebooks-"));
process.env.COUNTERLAB_OUT = path.resolve(out);
process.env.XDG_CACHE_HOME = process.env.COUNTERLAB_OUT;
try {
  for (const name of names) {
    console.log(name);
    const startedMs = performance.now();
    await save(name);
    console.log(`  ${((performance.now() - startedMs) / 1000).toFixed(0)} s in all`);
  }
} finally {
  if (given === undefined) rmSync(out, { recursive: true, force: true });
}
await drawing.close();

async function save(name) {
  const file = path.join(folder, name);
  const result = await runNotebook({ openNotebook, WidgetStates }, file, {
    onCell: (number, total, source, seconds) => {
      console.log(
        `  [${number}/${total}] ${seconds.toFixed(1)} s  ${source.trim().split("\n")[0].slice(0, 70)}`,
      );
    },
  });
  const faults = faultsOf(result);
  for (const fault of faults) console.error(`  ${fault}`);
  if (faults.length > 0) {
    process.exitCode = 1;
    return;
  }
  const saved = JSON.parse(readFileSync(file, "utf8"));
  const shown = new Set();
  let count = 0;
  for (const [index, cell] of saved.cells.entries()) {
    if (cell.cell_type !== "code") continue;
    cell.execution_count = ++count;
    cell.outputs = [];
    for (const output of result.cells[index].outputs) {
      cell.outputs.push(await asSaved(output, { count, shown }));
    }
  }
  const state = statesOf(result.widgetState, shown);
  if (Object.keys(state.state).length > 0) saved.metadata.widgets = { [widgetStates]: state };
  else delete saved.metadata.widgets;
  const text = `${JSON.stringify(saved, undefined, 1)}\n`;
  if (Buffer.byteLength(text) > mostBytes) {
    console.error(
      `  ${name} would have ${Buffer.byteLength(text)} bytes, more than ${mostBytes}; nothing was saved`,
    );
    process.exitCode = 1;
    return;
  }
  writeFileSync(file, text);
  console.log(`  saved, ${(Buffer.byteLength(text) / 1000).toFixed(0)} kB`);
}

/** An output as notebook files keep it; `shown` collects the widgets that a reader finds in it. */
async function asSaved(output, { count, shown }) {
  const { output_type: type, name, text, data, metadata = {} } = output;
  if (type === "stream") return { name, output_type: type, text: lines(text) };
  if (type === "error") {
    const { ename, evalue, traceback } = output;
    return { ename, evalue, output_type: type, traceback };
  }
  const bundle = await drawOutput(drawing, data);
  // Our own widgets leave a picture, which is all there is of them without a kernel.
  if (snapshot in bundle) {
    delete bundle[widgetView];
    bundle[snapshot] = { ...bundle[snapshot], modelId: null };
  } else if (widgetView in bundle) {
    shown.add(bundle[widgetView].model_id);
  }
  const kept = Object.fromEntries(
    Object.entries(bundle).map(([mime, value]) => [mime, isText(mime) ? lines(value) : value]),
  );
  return type === "execute_result"
    ? { data: kept, execution_count: count, metadata, output_type: type }
    : { data: kept, metadata, output_type: type };
}

function isText(mime) {
  return mime.startsWith("text/") || mime === "image/svg+xml";
}

function lines(text) {
  return typeof text === "string" ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : text;
}

/** The states of the widgets that are shown and of those that these are made of. */
function statesOf({ state, ...version }, shown) {
  const kept = {};
  const open = [...shown];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (kept[id] !== undefined || state[id] === undefined) continue;
    kept[id] = state[id];
    for (const [, other] of JSON.stringify(state[id].state).matchAll(/IPY_MODEL_([\w-]+)/g))
      open.push(other);
  }
  return { ...version, state: kept };
}
