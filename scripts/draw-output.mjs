// Draws outputs that are charts or drawings as PNG, in Chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { launchBrowser } from "../test/support/browser.ts";

const plotly = "application/vnd.plotly.v1+json";

/** A page to draw on, kept from one output to the next. */
export async function openDrawingPage() {
  const browser = await launchBrowser();
  const page = await browser.newPage({
    viewport: { width: 760, height: 600 },
    deviceScaleFactor: 1.5,
  });
  await page.setContent(
    "<!doctype html><style>body { font: 13px sans-serif; background: white } #at { display: inline-block; padding: 4px }</style><div id=at></div>",
  );
  const script = createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min");
  await page.addScriptTag({ content: readFileSync(script, "utf8") });
  return { page, close: () => browser.close() };
}

/** The same bundle; a chart or drawing with its picture beside it, a drawing in HTML replaced by its picture. */
export async function drawOutput({ page }, data) {
  const bundle = { ...data };
  if (plotly in bundle && bundle["image/png"] === undefined) {
    bundle["image/png"] = await draw(
      page,
      async (at, { data: traces, layout }) => {
        const size = { width: layout?.width ?? 720, height: layout?.height ?? 360 };
        await globalThis.Plotly.newPlot(at, traces, { ...layout, ...size }, { staticPlot: true });
      },
      bundle[plotly],
    );
  }
  // A page that is not trusted shows no drawings, but pictures.
  if ("image/svg+xml" in bundle && bundle["image/png"] === undefined) {
    bundle["image/png"] = await drawMarkup(page, bundle["image/svg+xml"]);
  }
  const html = bundle["text/html"];
  if (typeof html === "string" && html.includes("<svg")) {
    bundle["image/png"] = await drawMarkup(page, html);
    delete bundle["text/html"];
  }
  return bundle;
}

function drawMarkup(page, markup) {
  return draw(page, (at, text) => void (at.innerHTML = text), markup);
}

async function draw(page, fill, content) {
  const at = page.locator("#at");
  await at.evaluate(fill, content);
  const png = await at.screenshot({ type: "png" });
  await at.evaluate((element) => element.replaceChildren());
  return png.toString("base64");
}
