import type { Page } from "playwright-core";

/** The WebSockets of a page, to be cut as a network that fails cuts them. */
export interface BreakableLine {
  /** Closes them all; new ones reach nobody. */
  cut(): Promise<void>;
  /** New ones get through again. */
  mend(): Promise<void>;
}

interface Controls {
  breakLine(): void;
  mendLine(): void;
}

/** To be called before the page is opened; a reload of the page mends its line. */
export async function breakableLine(page: Page): Promise<BreakableLine> {
  await page.addInitScript(() => {
    const open = new Set<WebSocket>();
    let isDown = false;
    const Native = globalThis.WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(url: string | URL, protocols?: string | string[]) {
        // Nothing listens on port 9.
        super(isDown ? "ws://127.0.0.1:9/" : url, protocols);
        open.add(this);
      }
    };
    Object.assign(globalThis, {
      breakLine() {
        isDown = true;
        for (const socket of open) socket.close();
        open.clear();
      },
      mendLine() {
        isDown = false;
      },
    } satisfies Controls);
  });
  return {
    cut: () =>
      page.evaluate(() => {
        (globalThis as unknown as Controls).breakLine();
      }),
    mend: () =>
      page.evaluate(() => {
        (globalThis as unknown as Controls).mendLine();
      }),
  };
}
