import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { JupyterClient } from "../../support/jupyter-client.ts";

describe("a user process that ends", () => {
  let kernel: JupyterClient;
  before(async () => {
    // A small heap, so that running out of it is quick.
    kernel = await JupyterClient.start({ env: { NODE_OPTIONS: "--max-old-space-size=96" } });
  });
  after(() => kernel.close());

  const ends: Record<string, [code: string, reason: RegExp]> = {
    "process.exit": ["process.exit(3)", /exited with code 3/],
    abort: ["process.abort()", /SIGABRT/],
    "a kill": ["process.kill(process.pid, 'SIGKILL')", /SIGKILL/],
    "running out of memory": [
      "const all = []; for (;;) all.push(new Array(100_000).fill({ a: 1 }).map((o) => ({ ...o })))",
      /out of memory/,
    ],
  };
  for (const [name, [code, reason]] of Object.entries(ends)) {
    it(`by ${name} is reported in the cell and replaced`, async function () {
      this.timeout(60_000);
      await kernel.execute("let before = 1");
      const run = await kernel.execute(`console.log("last words"); ${code}`);
      assert.equal(run.error?.ename, "UserProcessEnded");
      assert.match(run.error.evalue, reason);
      assert.equal(run.stdout.replace(/\n[^]*/, ""), "last words");
      assert.equal(run.reply.content["status"], "error");
      assert.equal((await kernel.execute("typeof before")).result, "'undefined'");
    });
  }

  it("takes its comms with it", async () => {
    await kernel.execute(
      "globalThis[Symbol.for('counterlab.commHost')].open('gone', {}, { commId: 'gone-1' })",
    );
    await kernel.execute("process.exit()");
    await kernel.next((m) => m.type === "comm_close" && m.content["comm_id"] === "gone-1");
    const info = await kernel.request("shell", "comm_info_request");
    assert.deepEqual(info.content["comms"], {});
  });

  it("ends with its supervisor, even in an endless loop", async () => {
    const doomed = await JupyterClient.start();
    const { result } = await doomed.execute("process.pid");
    const id = doomed.startExecution("while (true) {}");
    await doomed.next((m) => m.parentId === id && m.type === "execute_input");
    const exit = once(doomed.kernel, "exit");
    doomed.kernel.kill("SIGKILL");
    await exit;
    const deadline = Date.now() + 5000;
    // One that nobody has reaped yet is gone as well.
    const isAlive = (): boolean => {
      try {
        return !readFileSync(`/proc/${result!}/stat`, "utf8").includes(") Z ");
      } catch {
        return false;
      }
    };
    while (isAlive() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
    assert.equal(isAlive(), false);
    await doomed.close();
  });
});
