import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import type { DomWidgetOptions } from "#widgets/models/index.ts";
import { watchPage, type PageFaults } from "./browser.ts";
import { fakeCommHost, type SentMessage } from "./fake-comm-host.ts";

const origin = "http://counterlab.test";
const screenshots =
  process.env["COUNTERLAB_SCREENSHOTS"] ?? path.join(tmpdir(), "counterlab-screenshots");

/** A browser's page that shows one widget, whose kernel side lives in the test. */
export interface WidgetTab<Shown> extends AsyncDisposable {
  readonly page: Page;
  readonly widget: Shown;
  readonly faults: PageFaults;
  /** What the kernel side has sent so far. */
  readonly sent: readonly SentMessage[];
  /** What axe-core finds. */
  accessibilityFaults(): Promise<readonly string[]>;
  /** How much wider than the window the page is. */
  overflowPx(): Promise<number>;
  /** Keeps a picture of the page: see COUNTERLAB_SCREENSHOTS. */
  shoot(name: string): Promise<unknown>;
}

/** The part of a widget that showing it takes. */
interface ShownWidget {
  readonly modelId: string;
  mimeBundle(): unknown;
  close(): void;
}

export type Theme = "light" | "dark" | "high contrast";

/** The browser's side of the test page as one script. */
export async function widgetPageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["test/browser/page/widget-page.ts"],
    ...({ bundle: true, format: "iife", write: false, target: "es2022" } as const),
  });
  return outputFiles[0]!.text;
}

/** Opens a page without Jupyter, from which nothing outside can be reached, and shows a widget there. */
export async function openWidgetTab<Shown extends ShownWidget>(
  browser: Browser,
  script: string,
  make: (options: Pick<DomWidgetOptions, "commHost" | "displayHost">) => Shown,
  {
    width = 1280,
    theme = "light",
    views = 1,
  }: { readonly width?: number; readonly theme?: Theme; readonly views?: number } = {},
): Promise<WidgetTab<Shown>> {
  mkdirSync(screenshots, { recursive: true });
  const page = await browser.newPage({ viewport: { width, height: 1000 } });
  const faults = await watchPage(page, origin);
  const colours = theme === "dark" ? "background: #111; color: #eee" : "";
  const main = `<main style="padding:8px"><h1 style="font:600 16px system-ui">Sample</h1></main>`;
  await page.route(`${origin}/`, (route) =>
    route.fulfill({
      contentType: "text/html; charset=utf-8",
      body: `<!doctype html><html lang="en"><title>Sample</title><body style="${colours}">${main}</body></html>`,
    }),
  );
  await page.emulateMedia({
    colorScheme: theme === "dark" ? "dark" : "light",
    forcedColors: theme === "high contrast" ? "active" : "none",
  });
  const host = fakeCommHost();
  const widget = make({ commHost: host, displayHost: undefined });
  const { modelId } = widget;
  await page.exposeFunction("toKernel", (data: unknown) => {
    host.deliver(modelId, data);
  });
  await page.goto(`${origin}/`);
  await page.addScriptTag({ content: script });
  let queue = Promise.resolve();
  host.onSend = ({ commId, kind, data, buffers }) => {
    if (commId !== modelId || kind === "close") return;
    const encoded = buffers.map((bytes) => Buffer.from(bytes).toString("base64"));
    const forward = (): Promise<void> =>
      page.evaluate(
        ([message, base64, count]) => {
          const target = globalThis as never as Record<string, (m: unknown, o: object) => void>;
          const name = "method" in message ? "fromKernel" : "mount";
          target[name]!({ ...message, buffers: base64 }, { views: count });
        },
        [data as Record<string, unknown>, encoded, views] as const,
      );
    queue = queue.then(forward).catch(() => undefined);
  };
  widget.mimeBundle();
  await page.waitForSelector("main section, main [role=group]");
  return {
    ...{ page, widget, faults, sent: host.sent },
    async accessibilityFaults() {
      const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
      await page.evaluate(readFileSync(axe, "utf8"));
      return page.evaluate(async () => {
        const { axe: runner } = globalThis as never as {
          axe: {
            run(node: Node): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
          };
        };
        const { violations } = await runner.run(document);
        return violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
        );
      });
    },
    overflowPx: () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    shoot: (name) => page.screenshot({ path: path.join(screenshots, `${name}.png`) }),
    async [Symbol.asyncDispose]() {
      await page.close();
      widget.close();
    },
  };
}
