const closing: (() => Promise<unknown>)[] = [];

/** Whether mocha runs this process, which then closes what is shared. */
export const isTestRun: boolean = "after" in globalThis;

// A file's imports are loaded outside of any describe, so this is a hook of the whole run.
if (isTestRun) {
  after("close what tests share", async function () {
    this.timeout(60_000);
    await Promise.all(closing.map((close) => close()));
  });
}

/** Has something closed that tests share, once the last of them is done. */
export function atEnd(close: () => Promise<unknown>): void {
  closing.push(close);
}
