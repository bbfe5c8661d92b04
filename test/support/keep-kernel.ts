import type { JupyterClient } from "./jupyter-client.ts";

/**
 * One kernel for the tests of a describe. `start` gives it before the first of them, and anew after one that failed: the
 * old one may still be busy with what that test left, and all that follow would fail with it.
 */
export function keepKernel(start: () => Promise<JupyterClient>): void {
  let kernel: JupyterClient | undefined;
  before("start the kernel", async () => {
    kernel = await start();
  });
  afterEach("start another kernel after a failure", async function () {
    if (this.currentTest?.state !== "failed") return;
    await kernel?.close();
    kernel = await start();
  });
  after("close the kernel", () => kernel?.close());
}
