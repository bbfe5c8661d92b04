import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserServer, type Page } from "playwright-core";
import { atEnd, isTestRun } from "./at-end.ts";

const candidates = [
  process.env["COUNTERLAB_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

let shared: Promise<BrowserServer> | undefined;

/**
 * A real browser, whose pages are its own: closing it ends those alone, for all tests of a run share one process. The
 * error says what to install when there is none.
 */
export async function launchBrowser(): Promise<Browser> {
  if (!isTestRun) return chromium.launch(launchOptions());
  if (shared === undefined) {
    shared = chromium.launchServer(launchOptions());
    const started = shared;
    atEnd(async () => (await started).close());
  }
  return chromium.connect((await shared).wsEndpoint());
}

function launchOptions(): { readonly executablePath: string; readonly args: string[] } {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      "The browser tests need Chromium: `sudo apt-get install chromium` on Debian or Ubuntu, " +
        "or set COUNTERLAB_CHROMIUM to the path of a Chromium or Chrome.",
    );
  }
  return {
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--force-color-profile=srgb",
    ],
  };
}

/** What a page did that it must not do. */
export interface PageFaults {
  /** URLs outside the allowed origins; they were blocked. */
  readonly outsideRequests: string[];
  readonly errors: string[];
}

/** Blocks every request that does not go to `allowedOrigin`, and collects uncaught errors. */
export async function watchPage(page: Page, allowedOrigin: string): Promise<PageFaults> {
  const faults: PageFaults = { outsideRequests: [], errors: [] };
  page.on("pageerror", (error) => faults.errors.push(error.message));
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    if (url.startsWith(allowedOrigin) || url.startsWith("data:") || url.startsWith("blob:")) {
      await route.fallback();
      return;
    }
    faults.outsideRequests.push(url);
    await route.abort();
  });
  return faults;
}
