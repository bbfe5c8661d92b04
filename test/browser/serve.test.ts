import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, watchPage, type PageFaults } from "../support/browser.ts";
import { notebookOf } from "../support/lab-page.ts";
import {
  buildPagePrograms,
  serveNotebook,
  type ServedNotebook,
} from "../support/serve-notebook.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const cells = [
  "console.log('one'); const x: number = 6; x * 7",
  `import { HBox, IntSlider, Label, Output } from "counterlab/widgets";
const slider = new IntSlider({ value: 4, description: "side" });
const label = new Label({ value: "area 16" });
const out = new Output();
slider.observe("value", ({ value }) => { label.value = "area " + value ** 2; });
new HBox({ children: [slider, label, out] })`,
  "await new Promise((done) => setTimeout(done, 1200)); 'late'",
  "display.html('<b id=\"bold\">bold</b>'); await out.run(() => console.log('captured'))",
];

describe("a notebook as a page, without a request to elsewhere or an error", function () {
  this.timeout(120_000);
  let dir: string;
  let script: string;
  let served: ServedNotebook;
  let url: string;
  let browser: Browser;
  let page: Page;
  let faults: PageFaults;

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "counterlab-serve-"));
    script = path.join(await buildPagePrograms(), "serve.js");
    await writeFile(path.join(dir, "dot.png"), Buffer.from(png, "base64"));
    const notebook = JSON.parse(notebookOf(cells)) as { cells: object[] };
    const source = "# Sides\n\nwith $x^2$ and ![a dot](dot.png)";
    notebook.cells.unshift({ id: "text", cell_type: "markdown", source, metadata: {} });
    await writeFile(path.join(dir, "sides.ipynb"), JSON.stringify(notebook));
    served = await serveNotebook(path.join(dir, "sides.ipynb"));
    ({ url } = served);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    faults = await watchPage(page, new URL(url).origin);
    await page.goto(url);
  });
  afterEach(() => {
    assert.deepEqual(faults, { outsideRequests: [], errors: [] });
  });
  after(async () => {
    await browser.close();
    await served[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const says = (text: string) => page.getByText(text, { exact: true }).waitFor();
  const ready = () => page.locator("header [role=status]", { hasText: "Ready." }).waitFor();

  it("shows text, formulas, pictures and what the cells show as they run", async () => {
    await page.getByRole("heading", { name: "Sides" }).waitFor();
    await says("42");
    await page.locator(".katex").first().waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll("img")].some(({ naturalWidth }) => naturalWidth === 1),
    );
    await ready();
    await says("'late'");
    await page.locator("#bold").waitFor();
    await page.locator(".jupyter-widgets", { hasText: "captured" }).first().waitFor();
    assert.equal(page.url(), `${new URL(url).origin}/`, "the token has left the address");
  });

  it("has live widgets, which a reload finds as they were", async () => {
    const handle = page.getByRole("slider");
    await handle.focus();
    await page.keyboard.press("ArrowRight");
    await says("area 25");
    await page.reload();
    await says("area 25");
    await says("42");
  });

  it("shows one run in all its tabs", async () => {
    const second = await browser.newPage();
    await second.goto(url);
    await second.getByText("area 25", { exact: true }).waitFor();
    await page.getByRole("slider").focus();
    await page.keyboard.press("ArrowRight");
    await second.getByText("area 36", { exact: true }).waitFor();
    await second.close();
  });

  it("shows the code, other colours, and nothing that axe finds fault with", async () => {
    await page.getByRole("button", { name: "Show code" }).click();
    await page.getByText("const x: number = 6").waitFor();
    await page.evaluate(await readFile(axe, "utf8"));
    // ipywidgets' own sliders have no name.
    for (const theme of ["light", "dark"]) {
      await page.getByRole("combobox").selectOption(theme);
      const found = await page.evaluate(async () => {
        const { violations } = await (
          globalThis as never as {
            axe: {
              run(
                context: object,
              ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
            };
          }
        ).axe.run({ exclude: [[".noUi-handle"]] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
      });
      assert.deepEqual(found, [], theme);
    }
  });

  it("runs again in a new kernel, and stops", async () => {
    await page.getByRole("button", { name: "Run again" }).click();
    await says("area 16");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator("header [role=status]", { hasText: "A cell failed." }).waitFor();
    await page.getByText("Not run, because a cell above failed.").first().waitFor();
    await page.getByRole("button", { name: "Run again" }).click();
    await ready();
    await page.getByRole("slider").focus();
    await page.keyboard.press("ArrowRight");
    await says("area 25");
  });

  it("lets nobody in without the token, and serves no other files", async () => {
    const { origin } = new URL(url);
    const stranger = await (await browser.newContext()).newPage();
    assert.equal((await stranger.goto(origin))!.status(), 403);
    assert.equal((await stranger.goto(`${origin}/?token=wrong`))!.status(), 403);
    await stranger.close();
    for (const file of ["sides.ipynb", "..%2f..%2fetc%2fpasswd", "missing.png"]) {
      const status = await page.evaluate(
        async (name) => (await fetch(`/files/${name}`)).status,
        file,
      );
      assert.equal(status, 404, file);
    }
  });

  it("is refused in one line when it cannot be shown", async () => {
    await writeFile(
      path.join(dir, "python.ipynb"),
      notebookOf([], "python3").replace("typescript", "python"),
    );
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["missing.ipynb"], /^counterlab serve: there is no notebook missing\.ipynb\n$/],
      [["."], /is a folder\. Give an \.ipynb file in it\.\n$/],
      [["python.ipynb"], /python\.ipynb is written in python .*runs TypeScript notebooks\.\n$/],
      [["dot.png"], /dot\.png is not a notebook: it is not JSON/],
      [["sides.ipynb", "--port", "x"], /--port x is no port/],
      [[], /serve needs one notebook/],
    ];
    for (const [args, expected] of cases) {
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
        cwd: dir,
        encoding: "utf8",
      });
      assert.equal(status, 2);
      assert.match(stderr, expected);
    }
  });

  it("ends with its kernel at Ctrl-C", async () => {
    const { server } = served;
    server.kill("SIGINT");
    const [code] = (await once(server, "exit")) as [number];
    assert.equal(code, 0);
    await page.locator("header [role=status]", { hasText: "The connection is lost" }).waitFor();
  });
});
