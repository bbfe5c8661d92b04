// How fluent a drag is: at 60 moves a second a 128 x 128 picture of the place under the pointer is computed in the kernel
// and drawn in a real browser. Ours is a LatentExplorer in JupyterLab as it comes, with the server settings that we ship, and on our own page;
// the peer, in the same run, is ipykernel with ipywidgets: a FloatSlider whose observer sets an Image.
//
//   python3 -m venv /tmp/peer && /tmp/peer/bin/pip install ipykernel ipywidgets numpy
//   COUNTERLAB_PEER_PYTHON=/tmp/peer/bin/python npx tsx bench/widgets.ts [--runs 5] [--seconds 4] [--out docs/results/widgets.json]
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launchBrowser } from "../test/support/browser.ts";
import { notebookOf, startLabPage, type LabPage } from "../test/support/lab-page.ts";
import { serveNotebook } from "../test/support/serve-notebook.ts";
import { measureDrag, placeBits, type DragFigures } from "./support/drag-probe.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    out: { type: "string", default: "docs/results/widgets.json" },
  },
});
const runs = Number(values.runs);
const seconds = Number(values.seconds);
const python = process.env["COUNTERLAB_PEER_PYTHON"];
const viewport = { width: 1400, height: 1000 };

const ours = `import { LatentExplorer } from "counterlab/widgets";
const sizePx = 128;
// The picture says its place: ${placeBits} bits as black and white fields, in rows of four.
const decode = (code: Float32Array): Float32Array => {
  const value = Math.round(Math.min(1, Math.max(0, code[0]!)) * ${2 ** placeBits - 1});
  return Float32Array.from({ length: sizePx * sizePx }, (_, at) => {
    const bit = Math.floor((Math.floor(at / sizePx) * ${placeBits / 4}) / sizePx) * 4 + Math.floor(((at % sizePx) * 4) / sizePx);
    return (value >> bit) & 1;
  });
};
const codes = Float32Array.from({ length: 4000 }, (_, at) => (at < 4 ? +(at > 1) : (at * 0.6180339887) % 1));
new LatentExplorer({ codes, codeWidth: 2, imageSizePx: sizePx, map: "axes", decode })`;

const peer = `import numpy as np, struct, ipywidgets as widgets
size = 128
rows, columns = np.mgrid[0:size, 0:size]
bits = (rows * ${placeBits / 4} // size) * 4 + columns * 4 // size
# A bitmap file: nothing has to be compressed.
palette = bytes(channel for grey in range(256) for channel in (grey, grey, grey, 0))
header = b"BM" + struct.pack("<IHHI", 1078 + size * size, 0, 0, 1078) + struct.pack("<IiiHHIIiiII", 40, size, -size, 1, 8, 0, size * size, 2835, 2835, 256, 0) + palette
def decode(place):
    value = round(place * ${2 ** placeBits - 1})
    return header + (((value >> bits) & 1) * 255).astype(np.uint8).tobytes()
slider = widgets.FloatSlider(min=0, max=1, step=1 / ${2 ** placeBits - 1}, readout=False, layout={"width": "700px"})
image = widgets.Image(value=decode(0), format="bmp", width=256, height=256)
slider.observe(lambda change: setattr(image, "value", decode(change["new"])), "value")
widgets.VBox([slider, image])`;

/** One way to drag: opens it once, drags as often as asked. */
interface Client {
  readonly name: "jupyterlab" | "jupyterlabNodelay" | "ownPage" | "ipywidgets";
  drag(): Promise<DragFigures>;
}

const figures = new Map<string, DragFigures[]>();
{
  await using stock = await startLabPage({ "ours.ipynb": [ours] }, viewport);
  const clients: Client[] = [await explorerClient("jupyterlab", stock)];
  if (python === undefined) console.error("No COUNTERLAB_PEER_PYTHON: the peer is left out.");
  else clients.push(await peerClient(stock, python));
  await measure(clients);
}
{
  const { serverSettings } = (await import(
    path.resolve(import.meta.dirname, "../scripts/server-settings.mjs")
  )) as { serverSettings: string };
  await using nodelay = await startLabPage({ "ours.ipynb": [ours] }, viewport, { serverSettings });
  await measure([await explorerClient("jupyterlabNodelay", nodelay)]);
}
{
  const folder = await mkdtemp(path.join(tmpdir(), "counterlab-bench-"));
  const file = path.join(folder, "ours.ipynb");
  await writeFile(file, notebookOf([ours]));
  await using served = await serveNotebook(file);
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport });
  await page.goto(served.url);
  await measure([{ name: "ownPage", drag: () => dragExplorer(page) }]);
  await browser.close();
  await rm(folder, { recursive: true });
}

const result = {
  what: "Drag at 60 moves a second, 128 x 128 picture from the kernel; medians of the runs.",
  command: `npx tsx bench/widgets.ts --runs ${runs} --seconds ${seconds}`,
  machine: {
    cpu: cpus()[0]!.model,
    cores: cpus().length,
    node: process.version,
    load: loadavg()[0]!,
  },
  ...Object.fromEntries(
    (["jupyterlab", "jupyterlabNodelay", "ownPage", "ipywidgets"] as const).map((name) => [
      name,
      medians(figures.get(name)),
    ]),
  ),
};
await mkdir(path.dirname(path.resolve(values.out)), { recursive: true });
await writeFile(values.out, `${JSON.stringify(result, null, 2)}\n`);
const [fast, slow] = [medians(figures.get("jupyterlab")), medians(figures.get("ipywidgets"))];
if (fast !== null && slow !== null) {
  console.log(
    `jupyterlab / ipywidgets: ${(fast.framesPerSecond / slow.framesPerSecond).toFixed(2)} x the frames a second, ` +
      `${(fast.p50Ms / slow.p50Ms).toFixed(2)} x the p50`,
  );
}

/** Drags with each client in turn, so that all see the same machine. */
async function measure(clients: readonly Client[]): Promise<void> {
  for (let run = 0; run < runs; run++) {
    for (const client of clients) {
      const measured = await client.drag();
      figures.set(client.name, [...(figures.get(client.name) ?? []), measured]);
      const { framesPerSecond, p50Ms, p95Ms, movesPerSecond } = measured;
      console.log(
        `${client.name.padEnd(18)} ${framesPerSecond.toFixed(1)} frames/s  p50 ${p50Ms.toFixed(1)} ms  ` +
          `p95 ${p95Ms.toFixed(1)} ms  (${movesPerSecond.toFixed(0)} moves/s)`,
      );
    }
  }
}

async function explorerClient(name: Client["name"], tab: LabPage): Promise<Client> {
  await tab.open("ours.ipynb");
  await tab.command("notebook:run-all-cells");
  return { name, drag: () => dragExplorer(tab.page) };
}

async function dragExplorer(page: Page): Promise<DragFigures> {
  await page.bringToFront();
  await page.waitForSelector(".cl-lx-film canvas[data-version]", { timeout: 60_000 });
  const box = (await page.getByRole("application").boundingBox())!;
  const y = box.y + box.height / 2;
  return measureDrag(page, {
    from: [box.x + 0.1 * box.width, y],
    to: [box.x + 0.9 * box.width, y],
    ...{ picture: ".cl-lx-film canvas", seconds },
  });
}

/** A tab of its own on the same server. */
async function peerClient(stock: LabPage, interpreter: string): Promise<Client> {
  const folder = path.join(stock.lab.jupyterDir, "kernels/peer");
  await mkdir(folder, { recursive: true });
  const argv = [interpreter, "-m", "ipykernel_launcher", "-f", "{connection_file}"];
  const spec = { argv, display_name: "Peer", language: "python" };
  await writeFile(path.join(folder, "kernel.json"), JSON.stringify(spec));
  await writeFile(path.join(stock.lab.notebookDir, "peer.ipynb"), notebookOf([peer], "peer"));
  const page = await stock.page.context().browser()!.newPage({ viewport });
  await page.goto(stock.lab.urlOf("peer.ipynb"));
  await page.waitForSelector(".jp-Toolbar-kernelName:has-text('Peer')");
  await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
  await page.locator(".jp-Cell .cm-content").first().click();
  await page.keyboard.press("Shift+Enter");
  await page.waitForSelector(".widget-image", { timeout: 60_000 });
  return {
    name: "ipywidgets",
    async drag() {
      await page.bringToFront();
      const [handle, rail] = await Promise.all([
        page.locator(".noUi-handle").boundingBox(),
        page.locator(".noUi-base").boundingBox(),
      ]);
      const from = [handle!.x + handle!.width / 2, handle!.y + handle!.height / 2] as const;
      // The handle stays where a run left it: the next one goes the other way.
      const isLeft = from[0] < rail!.x + rail!.width / 2;
      const to = [rail!.x + rail!.width * (isLeft ? 0.95 : 0.05), from[1]] as const;
      return measureDrag(page, { from, to, picture: ".widget-image", seconds });
    },
  };
}

function medians(
  all: readonly DragFigures[] | undefined,
): Omit<DragFigures, "movesPerSecond"> | null {
  if (all === undefined || all.length === 0) return null;
  const median = (name: keyof DragFigures): number => {
    const sorted = all.map((one) => one[name]).toSorted((left, right) => left - right);
    return Number(sorted[sorted.length >> 1]!.toFixed(1));
  };
  return {
    framesPerSecond: median("framesPerSecond"),
    p50Ms: median("p50Ms"),
    p95Ms: median("p95Ms"),
  };
}
