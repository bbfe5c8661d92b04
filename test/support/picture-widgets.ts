// Draws every widget in three themes for the documentation, from made-up data in a real browser:
//   npx tsx test/support/picture-widgets.ts [docs/pictures/widgets]
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import {
  LatentExplorer,
  NoiseTrajectory,
  PathologySwap,
  ReportReader,
  TrainingMonitor,
  type DomWidgetOptions,
} from "#widgets/models/index.ts";
import { launchBrowser } from "./browser.ts";
import { fakeControl, fakeSearch } from "./fake-search.ts";
import { fakeTraining } from "./fake-training.ts";
import { sampleSpace } from "./sample-codes.ts";
import { sampleFilm, withLesion } from "./sample-films.ts";
import { sampleFindings, sampleReport } from "./sample-report.ts";
import { openWidgetTab, widgetPageScript, type Theme } from "./widget-tab.ts";

type Hosts = Pick<DomWidgetOptions, "commHost" | "displayHost">;

interface Pictured<Shown> {
  readonly make: (hosts: Hosts) => Shown;
  /** Brings the widget to where the picture is taken. */
  readonly prepare: (widget: Shown, page: Page) => Promise<unknown>;
}

const sizePx = 96;
const themes: readonly Theme[] = ["light", "dark", "high contrast"];
const lesions = [
  { label: "No finding", x: 0.5, y: 0.5, radius: 0.1, amount: 0 },
  { label: "Effusion, right", x: 0.24, y: 0.75, radius: 0.16, amount: 0.4 },
  { label: "Nodule, left", x: 0.75, y: 0.35, radius: 0.07, amount: 0.35 },
  { label: "Consolidation, left", x: 0.72, y: 0.68, radius: 0.14, amount: 0.3 },
];
const patients = [0, 1, 2, 3].map((seed) => sampleFilm(sizePx, seed));
const allRendered = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector("[data-status=waiting]") === null);

const explorer: Pictured<LatentExplorer> = {
  make: (hosts) =>
    new LatentExplorer({ ...sampleSpace(), ...hosts, title: "Codes of sample films" }),
  async prepare(widget, page) {
    await page.waitForSelector(".cl-lx-film canvas[data-version]");
    widget.set({ colourBy: "finding", pathFrom: 3, pathTo: 40 });
    await page.waitForFunction(
      () =>
        document.querySelector(".cl-lx-stale") === null &&
        document.querySelectorAll(".cl-lx-strip canvas").length > 0,
    );
  },
};

const swap: Pictured<PathologySwap> = {
  make: (hosts) =>
    new PathologySwap({
      ...{ ...hosts, imageSizePx: sizePx, title: "Pathologies of sample films" },
      ...{ severityRange: [0, 1.5], selected: [1, 1] },
      identities: patients.map((image, at) => ({ label: `Patient ${at + 1}`, image })),
      pathologies: lesions.map(({ label, ...lesion }, at) => ({
        ...{ label, image: withLesion(patients[(at + 1) % 4]!, sizePx, lesion) },
      })),
      counterfactual: (identity, pathology, _signal, severity) => {
        const lesion = lesions[pathology]!;
        const amount = lesion.amount * severity;
        return { image: withLesion(patients[identity]!, sizePx, { ...lesion, amount }) };
      },
    }),
  async prepare(widget, page) {
    widget.give(0, 1);
    await allRendered(page);
  },
};

const noise: Pictured<NoiseTrajectory> = {
  make: (hosts) =>
    new NoiseTrajectory({
      ...{ ...hosts, imageSizePx: sizePx, title: "Noise for nodules" },
      search: fakeSearch({ sizePx, totalIterations: 24 }),
      control: () => fakeControl({ sizePx }),
    }),
  async prepare(widget, page) {
    await widget.run();
    widget.keep(0);
    await page.locator(".cl-phase", { hasText: "Finished" }).waitFor();
    await page.waitForFunction(
      () => document.querySelectorAll(".cl-chart .main-svg:first-child").length === 3,
    );
  },
};

const report: Pictured<ReportReader> = {
  make: (hosts) =>
    new ReportReader({
      ...{ ...hosts, title: "Report 17", text: sampleReport, findings: sampleFindings },
      names: ["Mass", "Fibrosis"],
      film: { image: patients[1]!, imageSizePx: sizePx, caption: "Generated from the findings" },
    }),
  prepare: (_widget, page) => page.locator("mark").first().focus(),
};

async function monitor(): Promise<Pictured<TrainingMonitor>> {
  const strip = new Uint8Array(4 * sizePx * sizePx);
  patients.forEach((film, at) => {
    film.forEach((value, index) => {
      const [x, y] = [index % sizePx, Math.floor(index / sizePx)];
      strip[y * 4 * sizePx + at * sizePx + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
    });
  });
  const raw = { width: 4 * sizePx, height: sizePx, channels: 1 } as const;
  const training = fakeTraining(await sharp(strip, { raw }).png().toBuffer());
  return {
    make: (hosts) => new TrainingMonitor(training, hosts),
    async prepare(_widget, page) {
      training.advance(600);
      await page.getByRole("button", { name: "Take a sample", disabled: false }).click();
      await page.getByRole("img", { name: /^Validation films/ }).waitFor();
    },
  };
}

const folder = process.argv[2] ?? "docs/pictures/widgets";
await mkdir(folder, { recursive: true });
const [browser, script] = await Promise.all([launchBrowser(), widgetPageScript()]);

async function draw<Shown extends { modelId: string; mimeBundle(): unknown; close(): void }>(
  name: string,
  { make, prepare }: Pictured<Shown>,
  theme: Theme,
): Promise<void> {
  await using tab = await openWidgetTab(browser, script, make, { width: 1100, theme });
  await prepare(tab.widget, tab.page);
  // Charts draw a frame or two later.
  await tab.page.waitForTimeout(500);
  const png = await tab.page.locator("main > div").screenshot({ animations: "disabled" });
  const file = path.join(folder, `${name}-${theme.replace(" ", "-")}.png`);
  const small = await sharp(png)
    .png({ palette: true, colours: 48, dither: 0, effort: 9 })
    .toBuffer();
  await writeFile(file, small);
  console.log(`${file}: ${Math.round(small.length / 1000)} kB`);
}

for (const theme of themes) {
  await draw("pathology-swap", swap, theme);
  await draw("noise-trajectory", noise, theme);
  await draw("report-reader", report, theme);
  await draw("training-monitor", await monitor(), theme);
  await draw("latent-explorer", explorer, theme);
}
await browser.close();
