import assert from "node:assert/strict";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const forever = "await new Promise(() => {})";
/** Since Node 24 AsyncLocalStorage needs no async hooks, whose books a termination leaves unbalanced: then Node aborts. */
const isContextFrame = Number.parseInt(process.versions.node, 10) >= 24;

describe("interrupting a cell", () => {
  let kernel: JupyterClient;
  /** What the cells have counted in `kept`. */
  let expected = 0;
  keepKernel(async () => {
    expected = 0;
    kernel = await JupyterClient.start();
    await kernel.execute(
      "let kept = 0; const sleep = (ms) => new Promise((done) => setTimeout(done, ms))",
    );
    return kernel;
  });

  const states: Record<string, string> = {
    "in a loop": "while (true) {}",
    "in a loop after an await": "await null; while (true) {}",
    "in a loop after a timer": "await sleep(5); while (true) {}",
    "in a loop that awaits": "while (true) await null",
    "in a loop that prints": "while (true) console.log('x')",
    "awaiting for ever": forever,
    "in for await":
      "async function* ticks() { for (;;) { await sleep(2); yield 1 } }; for await (const t of ticks()) ;",
    "in a timer callback": `setTimeout(() => { while (true) {} }); ${forever}`,
    "in an async function after its await":
      "async function main() { await sleep(1); while (true) {} }; await main()",
    "in a flood of promises": `(function again() { Promise.resolve().then(again) })(); ${forever}`,
    "in a regular expression": "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "in Atomics.wait": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "in a display method": "({ [Symbol.for('Jupyter.display')]() { while (true) {} } })",
    // V8 13 (Node 24) compiles these without a check for interrupts, unless told not to.
    "in a loop over array methods": "for (;;) new Array(100).fill(0).map((x) => x + 1)",
    "in a loop over nested array methods":
      "for (;;) [0, 1, 2].map((x) => [0, 1, 2].map((y) => x * y))",
    "in such a loop in a timer callback": `setTimeout(() => { for (;;) new Array(30).fill(0).reduce((a, x) => a + x) }); ${forever}`,
  };
  for (const [name, code] of Object.entries(states)) {
    it(`stops one ${name}, and keeps the variables`, async () => {
      expected += 1;
      const id = kernel.startExecution(`kept += 1; ${code}`);
      await kernel.next((m) => m.parentId === id && m.type === "execute_input");
      // Until the optimizing compiler has it.
      await sleep(name.includes("array") || name.includes("such") ? 300 : 60);
      kernel.send("control", "interrupt_request", {});
      const run = await kernel.finish(id);
      assert.equal(run.error?.ename, "Interrupted");
      // On a busy machine the stop may come before the cell's first statement.
      const kept = Number((await kernel.execute("kept")).result);
      assert.ok(kept === expected || kept === expected - 1, `${kept} for ${expected}`);
      expected = kept;
    });
  }

  it("answers interrupt_request, also when nothing runs", async () => {
    const { type, content } = await kernel.request("control", "interrupt_request");
    assert.deepEqual([type, content], ["interrupt_reply", { status: "ok" }]);
    assert.equal((await kernel.execute("1")).result, "1");
  });

  it("treats SIGINT to the kernel alike", async () => {
    const id = kernel.startExecution("await null; while (true) {}");
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    await sleep(60);
    kernel.kernel.kill("SIGINT");
    assert.equal((await kernel.finish(id)).error?.ename, "Interrupted");
  });

  it("runs the cell's finally blocks and aborts its signal", async () => {
    const id = kernel.startExecution(
      `let ended = '', aborted = false; signal.addEventListener('abort', () => { aborted = true }); try { ${forever} } finally { await sleep(5); ended = 'yes' }`,
    );
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    await sleep(60);
    kernel.send("control", "interrupt_request", {});
    await kernel.finish(id);
    assert.equal((await kernel.execute("[ended, aborted]")).result, "[ 'yes', true ]");
  });

  it("gives up a cell that catches interrupts at the second stop", async () => {
    const id = kernel.startExecution(
      `for (;;) { try { ${forever} } catch { console.log('caught') } }`,
    );
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    await sleep(60);
    await kernel.request("control", "interrupt_request");
    await kernel.next((m) => m.parentId === id && m.content["text"] === "caught\n");
    await kernel.request("control", "interrupt_request");
    assert.equal((await kernel.finish(id)).error?.ename, "Interrupted");
  });

  it("aborts the cells that wait behind it", async () => {
    const id = kernel.startExecution(forever);
    const waiting = kernel.startExecution("'never'");
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    await kernel.request("control", "interrupt_request");
    await kernel.finish(id);
    assert.equal((await kernel.finish(waiting)).reply.content["status"], "aborted");
  });

  it("stops a comm handler in a loop, and keeps the variables", async () => {
    await kernel.execute(
      "globalThis[Symbol.for('counterlab.commHost')].open('t', {}, { commId: 'loop' }).onMessage(() => { kept += 1; while (true) {} })",
    );
    const before = Number((await kernel.execute("kept")).result);
    const id = kernel.send("shell", "comm_msg", { comm_id: "loop", data: {} });
    await sleep(100);
    await kernel.request("control", "interrupt_request");
    await kernel.next((m) => m.parentId === id && m.content["execution_state"] === "idle");
    assert.equal((await kernel.execute("kept")).result, String(before + 1));
  });

  it("stops a callback that runs away between cells", async () => {
    await kernel.execute("setTimeout(() => { while (true) {} }, 10)");
    await sleep(60);
    await kernel.request("control", "interrupt_request");
    assert.equal((await kernel.execute("'free again'")).result, "'free again'");
  });

  it("stops a callback also where AsyncLocalStorage is in use; before Node 24 that costs the variables", async function () {
    this.timeout(30_000);
    const als = await JupyterClient.start();
    try {
      await als.execute(
        "import { AsyncLocalStorage } from 'node:async_hooks'; let kept = 1; new AsyncLocalStorage().enterWith({})",
      );
      // What a cell runs itself is stopped without harm on every Node.
      for (const [code, isHarmless] of [
        ["await null; while (true) {}", true],
        [`setTimeout(() => { while (true) {} }); ${forever}`, isContextFrame],
      ] as const) {
        const id = als.startExecution(code);
        await als.next((m) => m.parentId === id && m.type === "execute_input");
        await sleep(60);
        als.send("control", "interrupt_request", {});
        const { error } = await als.finish(id);
        assert.equal(error?.ename, isHarmless ? "Interrupted" : "UserProcessEnded");
        if (!isHarmless) assert.match(error.evalue, /All variables are lost/);
        const kept = (await als.execute("typeof kept")).result;
        assert.equal(kept, isHarmless ? "'number'" : "'undefined'");
      }
    } finally {
      await als.close();
    }
  });

  it("outlives a SIGINT that comes between two segments of a cell", async () => {
    const signal = "setTimeout(() => process.kill(process.pid, 'SIGINT'), 20)";
    const { reply } = await kernel.execute(`let mine = 1; ${signal}; await sleep(100)`);
    assert.equal(reply.content["status"], "ok");
    const { error } = await kernel.execute("process.kill(process.pid, 'SIGINT'); while (true) {}");
    assert.equal(error?.ename, "Interrupted");
    assert.equal((await kernel.execute("mine")).result, "1");
  });

  it("lets a cell listen to SIGINT, and still stops loops", async () => {
    await kernel.execute(
      "let heard = 0; process.on('SIGINT', () => { heard += 1 }); await sleep(1)",
    );
    const signal = "setTimeout(() => process.kill(process.pid, 'SIGINT'), 5)";
    assert.equal((await kernel.execute(`${signal}; await sleep(50); heard`)).result, "1");
    await kernel.execute("process.removeAllListeners('SIGINT')");
    const id = kernel.startExecution("await null; while (true) {}");
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    await sleep(60);
    kernel.send("control", "interrupt_request", {});
    assert.equal((await kernel.finish(id)).error?.ename, "Interrupted");
    assert.equal((await kernel.execute("mine")).result, "1");
  });

  it("replaces a process that nothing can stop, and says that the variables are lost", async function () {
    this.timeout(30_000);
    const id = kernel.startExecution(
      "import { execSync } from 'node:child_process'; console.log('now'); for (;;) try { execSync('sleep 60') } catch {}",
    );
    await kernel.next((m) => m.parentId === id && m.type === "stream");
    await sleep(300);
    kernel.send("control", "interrupt_request", {});
    const run = await kernel.finish(id);
    assert.equal(run.error?.ename, "UserProcessEnded");
    assert.match(run.error.evalue, /nothing else could stop it\. All variables are lost/);
    assert.equal((await kernel.execute("typeof kept")).result, "'undefined'");
  });
});
