import assert from "node:assert/strict";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

const host = "const host = globalThis[Symbol.for('counterlab.commHost')];";

describe("comms", () => {
  let kernel: JupyterClient;
  keepKernel(async () => {
    kernel = await JupyterClient.start();
    await kernel.execute(host);
    return kernel;
  });

  it("open from a cell, with metadata and binary buffers", async () => {
    const { messages, reply } = await kernel.execute(
      "const comm = host.open('test.target', { a: 1 }, { commId: 'c1', metadata: { version: '2.1.0' }, buffers: [new Uint8Array([1, 2, 255])] }); comm.send({ b: 2 }, { buffers: [new Float32Array([0.5])] })",
    );
    const [open, sent] = messages.filter(({ type }) => type.startsWith("comm_"));
    assert.deepEqual(open!.content, { comm_id: "c1", target_name: "test.target", data: { a: 1 } });
    assert.deepEqual(open!.metadata, { version: "2.1.0" });
    assert.deepEqual([...open!.buffers[0]!], [1, 2, 255]);
    assert.deepEqual(sent!.content, { comm_id: "c1", data: { b: 2 } });
    assert.equal(new Float32Array(new Uint8Array(sent!.buffers[0]!).buffer)[0], 0.5);
    assert.equal(open!.parentId, reply.parentId);
    const info = await kernel.request("shell", "comm_info_request", { target_name: "test.target" });
    assert.deepEqual(info.content["comms"], { c1: { target_name: "test.target" } });
    const other = await kernel.request("shell", "comm_info_request", { target_name: "other" });
    assert.deepEqual(other.content["comms"], {});
  });

  it("echo a message with its buffers as a child of the request, then idle", async () => {
    await kernel.execute(
      "comm.onMessage(({ data, metadata, buffers }) => comm.send({ echo: data, metadata }, { buffers }))",
    );
    const id = kernel.send(
      "shell",
      "comm_msg",
      { comm_id: "c1", data: { x: 1 } },
      {
        ...{ metadata: { m: 1 }, buffers: [Buffer.from([9, 8])] },
      },
    );
    const echo = await kernel.next((m) => m.type === "comm_msg" && m.parentId === id);
    assert.deepEqual(echo.content["data"], { echo: { x: 1 }, metadata: { m: 1 } });
    assert.deepEqual([...echo.buffers[0]!], [9, 8]);
    const idle = await kernel.next(
      (m) => m.parentId === id && m.content["execution_state"] === "idle",
    );
    const busy = await kernel.next(
      (m) => m.parentId === id && m.content["execution_state"] === "busy",
    );
    assert.ok(echo.order < busy.order && busy.order < idle.order, "echo, busy, idle");
  });

  it("are handled while a cell awaits", async () => {
    const running = kernel.startExecution(
      "const got = await new Promise((done) => comm.onMessage(({ data }) => done(data))); got",
    );
    await kernel.next((m) => m.parentId === running && m.type === "execute_input");
    const id = kernel.send("shell", "comm_msg", { comm_id: "c1", data: "go" });
    assert.equal((await kernel.finish(running)).result, "'go'");
    await kernel.next((m) => m.parentId === id && m.content["execution_state"] === "idle");
  });

  it("stay busy until an asynchronous handler is done, and keep its parent", async () => {
    await kernel.execute(
      "comm.onMessage(async () => { await new Promise((done) => setTimeout(done, 120)); comm.send('done') })",
    );
    const id = kernel.send("shell", "comm_msg", { comm_id: "c1", data: {} });
    const done = await kernel.next((m) => m.type === "comm_msg" && m.parentId === id);
    const idle = await kernel.next(
      (m) => m.parentId === id && m.content["execution_state"] === "idle",
    );
    assert.ok(done.order < idle.order);
  });

  it("open from the front end, for a registered target", async () => {
    await kernel.execute(
      "host.registerTarget('front', (comm, open) => { comm.onMessage(({ data }) => { comm.send(data + open.data); comm.close('bye') }) })",
    );
    kernel.send("shell", "comm_open", { comm_id: "f1", target_name: "front", data: 1 });
    const id = kernel.send("shell", "comm_msg", { comm_id: "f1", data: 2 });
    const answer = await kernel.next((m) => m.type === "comm_msg" && m.parentId === id);
    assert.equal(answer.content["data"], 3);
    const close = await kernel.next((m) => m.type === "comm_close" && m.parentId === id);
    assert.deepEqual(close.content, { comm_id: "f1", data: "bye" });
    const info = await kernel.request("shell", "comm_info_request", { target_name: "front" });
    assert.deepEqual(info.content["comms"], {});
  });

  it("are closed on iopub when nobody knows the target", async () => {
    const id = kernel.send("shell", "comm_open", {
      comm_id: "u1",
      target_name: "unknown",
      data: {},
    });
    const close = await kernel.next((m) => m.type === "comm_close" && m.parentId === id);
    assert.deepEqual([close.channel, close.content["comm_id"]], ["iopub", "u1"]);
    const info = await kernel.request("shell", "comm_info_request");
    assert.ok(!("u1" in (info.content["comms"] as object)));
  });

  it("are closed for a front end that missed their end, when it says something", async () => {
    const id = kernel.send("shell", "comm_msg", { comm_id: "gone", data: {} });
    const close = await kernel.next((m) => m.type === "comm_close" && m.parentId === id);
    assert.deepEqual([close.channel, close.content["comm_id"]], ["iopub", "gone"]);
    // Once is enough: JupyterLab complains of an end that it knows.
    kernel.send("shell", "comm_msg", { comm_id: "gone", data: {} });
    await kernel.request("shell", "comm_info_request");
    const closes = kernel.received.filter(
      (m) => m.type === "comm_close" && m.content["comm_id"] === "gone",
    );
    assert.equal(closes.length, 1);
  });

  it("tell of a close by the front end", async () => {
    await kernel.execute("let closed; comm.onClose(({ data }) => { closed = data })");
    kernel.send("shell", "comm_close", { comm_id: "c1", data: "away" });
    assert.equal((await kernel.execute("closed")).result, "'away'");
  });

  it("survive an error and an endless loop in a handler", async () => {
    await kernel.execute(
      "const c2 = host.open('t', {}, { commId: 'c2' }); c2.onMessage(({ data }) => { if (data === 'loop') for (;;) ; throw new Error('in a handler') })",
    );
    const failing = kernel.send("shell", "comm_msg", { comm_id: "c2", data: "fail" });
    await kernel.next((m) => m.parentId === failing && m.content["execution_state"] === "idle");
    const text = await kernel
      .next((m) => m.parentId === failing && m.type === "stream")
      .catch(() => undefined);
    assert.match(String(text?.content["text"]), /Error in a comm handler: Error: in a handler/);
    const looping = kernel.send("shell", "comm_msg", { comm_id: "c2", data: "loop" });
    await new Promise((done) => setTimeout(done, 100));
    await kernel.request("control", "interrupt_request");
    await kernel.next((m) => m.parentId === looping && m.content["execution_state"] === "idle");
    assert.equal((await kernel.execute("1")).result, "1");
  });

  it("learn of the running cell, and of cells that run again or were deleted", async () => {
    await kernel.execute("const discarded = []; host.onCellDiscarded((id) => discarded.push(id))");
    const first = await kernel.execute("host.currentCell()", { metadata: { cellId: "cell-a" } });
    assert.equal(first.result, "'cell-a'");
    await kernel.execute("0", { metadata: { cellId: "cell-a", deletedCells: ["cell-b"] } });
    const { result } = await kernel.execute("discarded.slice(-2)");
    assert.equal(result, "[ 'cell-b', 'cell-a' ]");
  });

  it("are closed for all front ends before a restart", async () => {
    await kernel.execute("host.open('test.target', {}, { commId: 'last' })");
    const reply = kernel.request("control", "shutdown_request", { restart: true });
    await kernel.next((m) => m.type === "comm_close" && m.content["comm_id"] === "last");
    assert.equal((await reply).content["restart"], true);
  });
});
