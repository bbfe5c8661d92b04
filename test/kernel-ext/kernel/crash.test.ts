import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { isRunning } from "#kernel-ext/supervisor/is-running.ts";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

describe("a user process that ends", () => {
  let kernel: JupyterClient;
  keepKernel(async () => {
    // A small heap, so that running out of it is quick.
    kernel = await JupyterClient.start({ env: { NODE_OPTIONS: "--max-old-space-size=96" } });
    return kernel;
  });

  const ends: Record<string, [code: string, reason: RegExp]> = {
    "process.exit": ["process.exit(3)", /exited with code 3/],
    abort: ["process.abort()", /SIGABRT/],
    "a crash of native code": [
      "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})",
      /native code crashed it \(SIGSEGV\)/,
    ],
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

  it("between cells is told below the last cell", async () => {
    const { reply } = await kernel.execute("let lost = 1; setTimeout(() => process.exit(7), 500)");
    const told = await kernel.next(
      (m) => m.type === "stream" && m.parentId === reply.parentId && m.content["name"] === "stderr",
    );
    assert.match(String(told.content["text"]), /exited with code 7\. All variables are lost/);
    assert.equal((await kernel.execute("typeof lost")).result, "'undefined'");
  });

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
    assert.ok(await isGone(Number(result)));
    await doomed.close();
  });
});

describe("a process that a cell started", function () {
  if (process.platform === "win32") return;

  const startSleep = async (kernel: JupyterClient, options = ""): Promise<number> => {
    const { result } = await kernel.execute(
      `import { spawn } from "node:child_process"; spawn("sleep", ["60"]${options}).pid`,
    );
    const pid = Number(result);
    assert.ok(isAlive(pid));
    return pid;
  };
  const exitOf = async ({ kernel }: JupyterClient, end: () => void): Promise<void> => {
    const exit = once(kernel, "exit");
    end();
    await exit;
  };
  const ends: Record<string, (client: JupyterClient) => Promise<unknown>> = {
    "a shutdown": (client) =>
      exitOf(client, () => client.send("control", "shutdown_request", { restart: false })),
    "a restart": (client) =>
      exitOf(client, () => client.send("control", "shutdown_request", { restart: true })),
    "SIGTERM to the kernel": (client) => exitOf(client, () => client.kernel.kill("SIGTERM")),
    "SIGKILL to the kernel": (client) => exitOf(client, () => client.kernel.kill("SIGKILL")),
    "SIGKILL to the process of the cells": (client) =>
      client.execute("process.kill(process.pid, 'SIGKILL')"),
    "process.exit in a cell": (client) => client.execute("process.exit()"),
  };
  for (const [name, end] of Object.entries(ends)) {
    it(`ends with ${name}`, async () => {
      const client = await JupyterClient.start();
      try {
        const pid = await startSleep(client);
        await end(client);
        assert.ok(await isGone(pid));
      } finally {
        await client.close();
      }
    });
  }

  it("outlives the interrupt of another cell", async () => {
    const client = await JupyterClient.start();
    try {
      const pid = await startSleep(client);
      const id = client.startExecution("while (true) {}");
      await client.next((m) => m.parentId === id && m.type === "execute_input");
      await client.request("control", "interrupt_request");
      await client.finish(id);
      assert.ok(isAlive(pid));
    } finally {
      await client.close();
    }
  });

  it("lives on when the cell detached it", async () => {
    const client = await JupyterClient.start();
    const pid = await startSleep(client, ", { detached: true, stdio: 'ignore' }");
    try {
      await client.close();
      assert.ok(isAlive(pid));
    } finally {
      process.kill(pid, "SIGKILL");
    }
  });
});

/** One that nobody has reaped yet is gone as well. */
function isAlive(pid: number): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

async function isGone(pid: number, timeoutMs = 5000): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
  return !isAlive(pid);
}
