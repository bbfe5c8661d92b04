import assert from "node:assert/strict";
import { JupyterClient, type ReceivedMessage } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

describe("asking the reader", () => {
  let kernel: JupyterClient;
  keepKernel(async () => {
    kernel = await JupyterClient.start();
    return kernel;
  });

  const ask = (code: string): string => kernel.startExecution(code, { allow_stdin: true });
  const question = (cell: string, after = -1): Promise<ReceivedMessage> =>
    kernel.next((m) => m.type === "input_request" && m.parentId === cell, { after });
  const answer = (value: string, parent: object = {}): void => {
    kernel.send("stdin", "input_reply", { value }, { parent });
  };

  it("goes on with the answer, or blocks until it comes", async () => {
    for (const call of ["await input('Name? ')", "prompt('Name? ')"]) {
      const id = ask(`${call} + '!'`);
      const { channel, content } = await question(id);
      assert.equal(channel, "stdin");
      assert.deepEqual(content, { prompt: "Name? ", password: false });
      answer("Ada");
      assert.equal((await kernel.finish(id)).result, "'Ada!'", call);
    }
  });

  it("hides a password, and takes prompt's second argument for an empty answer", async () => {
    const id = ask(
      "prompt('Word', 'none', { password: true }) + await input('', { password: true })",
    );
    const first = await question(id);
    assert.deepEqual(first.content, { prompt: "Word", password: true });
    answer("");
    const second = await question(id, first.order);
    assert.deepEqual(second.content, { prompt: "", password: true });
    answer("secret");
    assert.equal((await kernel.finish(id)).result, "'nonesecret'");
  });

  it("asks one question at a time, in the order of the calls", async () => {
    const id = ask("const both = await Promise.all([input('1'), input('2')]); both.join()");
    const first = await question(id);
    await kernel.request("control", "kernel_info_request");
    assert.equal(
      kernel.received.filter((m) => m.parentId === id && m.channel === "stdin").length,
      1,
    );
    answer("a");
    await question(id, first.order);
    answer("b");
    assert.equal((await kernel.finish(id)).result, "'a,b'");
  });

  it("shows what was printed before the question", async () => {
    const id = ask("console.log('read this'); prompt('then answer')");
    await question(id);
    const shown = await kernel.next((m) => m.parentId === id && m.type === "stream");
    assert.equal(shown.content["text"], "read this\n");
    answer("");
    await kernel.finish(id);
  });

  it("handles what else arrived once the blocking question is answered", async () => {
    await kernel.execute(
      "const host = globalThis[Symbol.for('counterlab.commHost')]; const comm = host.open('t', {}, { commId: 'during' }); let heard; comm.onMessage(({ data }) => { heard = data })",
    );
    const id = ask("prompt()");
    await question(id);
    const message = kernel.send("shell", "comm_msg", { comm_id: "during", data: "hello" });
    await new Promise((done) => setTimeout(done, 50));
    answer("");
    await kernel.finish(id);
    await kernel.next((m) => m.parentId === message && m.content["execution_state"] === "idle");
    assert.equal((await kernel.execute("heard")).result, "'hello'");
  });

  for (const call of ["await input()", "prompt()"]) {
    it(`is stopped in ${call}; a late answer does not reach the next question`, async () => {
      const id = ask(`let ended = ''; try { ${call} } finally { ended = 'yes' }`);
      const { header } = await question(id);
      kernel.send("control", "interrupt_request", {});
      assert.equal((await kernel.finish(id)).error?.ename, "Interrupted");
      const next = ask("`${ended} ${await input()}`");
      await question(next);
      answer("late", header);
      await kernel.request("control", "kernel_info_request");
      answer("right");
      assert.equal((await kernel.finish(next)).result, "'yes right'");
    });
  }

  it("gives up at the second stop a cell that goes on asking", async () => {
    const id = ask("for (;;) { try { prompt('again') } catch {} }");
    const { order } = await question(id);
    kernel.send("control", "interrupt_request", {});
    await question(id, order);
    kernel.send("control", "interrupt_request", {});
    const run = await kernel.finish(id);
    assert.equal(run.error!.ename, "Interrupted");
    assert.equal((await kernel.execute("`${ended}`")).result, "'yes'", "variables are kept");
  });

  it("is refused when the front end cannot ask", async () => {
    for (const call of ["await input()", "prompt()"]) {
      const run = await kernel.execute(call, { allow_stdin: false });
      assert.match(run.error!.evalue, /cannot ask for input/);
    }
  });
});
