import assert from "node:assert/strict";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

describe("subshells", () => {
  let kernel: JupyterClient;
  let subshell: string;
  keepKernel(async () => {
    kernel = await JupyterClient.start();
    const { content } = await kernel.request("control", "create_subshell_request");
    assert.equal(content["status"], "ok");
    subshell = String(content["subshell_id"]);
    return kernel;
  });

  it("are listed, on control", async () => {
    const { type, content } = await kernel.request("control", "list_subshell_request");
    assert.equal(type, "list_subshell_reply");
    assert.deepEqual(content, { status: "ok", subshell_id: [subshell] });
  });

  it("run a cell while the main shell awaits, on the same variables", async () => {
    const main = kernel.startExecution(
      "const seen = await new Promise((done) => { globalThis.go = done }); seen",
    );
    await kernel.next((m) => m.parentId === main && m.type === "execute_input");
    const side = await kernel.execute("globalThis.go('from the side'); 'side'", { subshell });
    assert.equal(side.result, "'side'");
    assert.equal((await kernel.finish(main)).result, "'from the side'");
  });

  it("keep their own order, and abort only their own cells", async () => {
    const main = kernel.startExecution(
      "await new Promise((done) => setTimeout(done, 150)); 'main'",
    );
    const failing = kernel.startExecution("await null; throw new Error('side')", { subshell });
    const waiting = kernel.startExecution("'never'", { subshell });
    assert.equal((await kernel.finish(failing)).error?.evalue, "side");
    assert.equal((await kernel.finish(waiting)).reply.content["status"], "aborted");
    assert.equal((await kernel.finish(main)).result, "'main'");
  });

  it("keep each cell's output apart", async () => {
    const print = (name: string): string =>
      `for (let i = 0; i < 3; i += 1) { console.log('${name}'); await new Promise((done) => setTimeout(done, 5)) }`;
    const main = kernel.startExecution(print("main"));
    const side = kernel.startExecution(print("side"), { subshell });
    assert.equal((await kernel.finish(main)).stdout, "main\n".repeat(3));
    assert.equal((await kernel.finish(side)).stdout, "side\n".repeat(3));
  });

  it("are stopped together with the main shell", async () => {
    const forever = "await new Promise(() => {})";
    const main = kernel.startExecution(forever);
    const side = kernel.startExecution(forever, { subshell });
    await kernel.next((m) => m.parentId === side && m.type === "execute_input");
    await new Promise((done) => setTimeout(done, 50));
    await kernel.request("control", "interrupt_request");
    for (const id of [main, side]) {
      assert.equal((await kernel.finish(id)).error?.ename, "Interrupted");
    }
  });

  it("are refused when unknown, with busy and idle", async () => {
    const run = kernel.startExecution("1", { subshell: "nowhere" });
    const reply = await kernel.next((m) => m.parentId === run && m.type === "execute_reply");
    assert.equal(reply.content["ename"], "UnknownSubshellError");
    const comm = kernel.send(
      "shell",
      "comm_msg",
      { comm_id: "x", data: {} },
      { subshell: "nowhere" },
    );
    for (const id of [run, comm]) {
      await kernel.next((m) => m.parentId === id && m.content["execution_state"] === "idle");
    }
    const deleted = await kernel.request("control", "delete_subshell_request", {
      subshell_id: "x",
    });
    assert.equal(deleted.content["status"], "error");
  });

  it("are gone once deleted, after their running cell has ended", async () => {
    const running = kernel.startExecution(
      "await new Promise((done) => setTimeout(done, 80)); 'ended'",
      { subshell },
    );
    const waiting = kernel.startExecution("'never'", { subshell });
    await kernel.next((m) => m.parentId === running && m.type === "execute_input");
    // Control overtakes shell.
    await kernel.request("shell", "kernel_info_request");
    await kernel.request("control", "delete_subshell_request", { subshell_id: subshell });
    assert.equal((await kernel.finish(waiting)).reply.content["status"], "aborted");
    assert.equal((await kernel.finish(running)).result, "'ended'");
    const { content } = await kernel.request("control", "list_subshell_request");
    assert.deepEqual(content["subshell_id"], []);
  });
});
