import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly dependencies: { readonly "typescript-native": string };
};

describe("the kernel's protocol", () => {
  let kernel: JupyterClient;
  keepKernel(async () => {
    kernel = await JupyterClient.start();
    return kernel;
  });

  for (const channel of ["shell", "control"] as const) {
    it(`describes the kernel in full on ${channel}`, async () => {
      const { content } = await kernel.request(channel, "kernel_info_request");
      assert.equal(content["status"], "ok");
      assert.equal(content["protocol_version"], "5.5");
      assert.equal(content["implementation"], "counterlab");
      assert.deepEqual(content["language_info"], {
        name: "typescript",
        version: dependencies["typescript-native"].replace("npm:typescript@", ""),
        mimetype: "text/typescript",
        file_extension: ".ts",
        pygments_lexer: "typescript",
        codemirror_mode: "typescript",
        nbconvert_exporter: "script",
      });
      assert.deepEqual(content["supported_features"], ["kernel subshells", "debugger"]);
      assert.equal(content["debugger"], true);
      assert.ok((content["help_links"] as unknown[]).length > 0);
    });
  }

  it("welcomes a subscriber before anything else", () => {
    const [first] = kernel.received.filter(({ channel }) => channel === "iopub");
    assert.equal(first!.type, "iopub_welcome");
    assert.deepEqual(first!.content, { subscription: "" });
  });

  it("wraps every request in busy and idle", async () => {
    const id = kernel.send("shell", "kernel_info_request", {});
    await kernel.next((m) => m.parentId === id && m.content["execution_state"] === "idle");
    const states = kernel.received.filter((m) => m.parentId === id && m.type === "status");
    assert.deepEqual(
      states.map(({ content }) => content["execution_state"]),
      ["busy", "idle"],
    );
  });

  it("tells complete, incomplete and invalid code apart", async () => {
    const ask = async (code: string): Promise<object> =>
      (await kernel.request("shell", "is_complete_request", { code })).content;
    assert.deepEqual(await ask("1 + 1"), { status: "complete" });
    assert.deepEqual(await ask("if (a) {"), { status: "incomplete", indent: "  " });
    assert.deepEqual(await ask("a b"), { status: "invalid" });
  });

  it("answers heartbeat, control and shell while a cell blocks", async () => {
    const id = kernel.startExecution("const end = Date.now() + 600; while (Date.now() < end) ;");
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    const beat = await kernel.heartbeat();
    await kernel.request("control", "kernel_info_request");
    await kernel.request("shell", "is_complete_request", { code: "1" });
    assert.ok(!kernel.received.some((m) => m.parentId === id && m.type === "execute_reply"));
    assert.ok(beat < 300, `heartbeat took ${beat} ms`);
    await kernel.finish(id);
  });

  it("stays busy for the front end when it answers something else meanwhile", async () => {
    const id = kernel.startExecution("await new Promise((done) => setTimeout(done, 200))");
    const input = await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    const asked = await kernel.request("shell", "is_complete_request", { code: "1" });
    const idle = await kernel.next(
      (m) => m.parentId === asked.parentId && m.content["execution_state"] === "idle",
    );
    const again = await kernel.next(
      (m) => m.type === "status" && m.order > Math.max(idle.order, input.order),
    );
    assert.deepEqual([again.parentId, again.content["execution_state"]], [id, "busy"]);
    await kernel.finish(id);
  });

  it("drops forged, malformed and replayed messages, publishes nothing about them and stays alive", async () => {
    const key = kernel.key;
    const code = { code: "globalThis.hacked = (globalThis.hacked ?? 0) + 1", silent: false };
    const parts = [kernel.header("execute_request"), {}, {}, code];
    const json = parts.map((part) => JSON.stringify(part));
    const signed = kernel.sign([kernel.header("execute_request"), {}, {}, code]);
    const quiet = kernel.received.length;
    kernel.sendFrames("shell", ["<IDS|MSG>", "0".repeat(64), ...json]);
    kernel.sendFrames("shell", ["<IDS|MSG>", "", ...json]);
    kernel.sendFrames("shell", ["<IDS|MSG>", "not hex", ...json]);
    kernel.sendFrames("shell", [...signed.slice(0, 5), '{"code":"globalThis.hacked = 100"}']);
    kernel.sendFrames("shell", ["<IDS|MSG>"]);
    kernel.sendFrames("shell", ["no delimiter", "at all"]);
    kernel.sendFrames("shell", kernel.sign([{}, {}, {}, {}]));
    kernel.sendFrames("shell", signed.slice(0, 4));
    kernel.sendFrames("shell", [Buffer.alloc(0), Buffer.from([255, 254])]);
    kernel.sendFrames("control", ["<IDS|MSG>", "00", "{", "}", "[", "]"]);
    kernel.sendFrames("shell", signed);
    kernel.sendFrames("shell", signed);
    kernel.sendFrames("shell", signed);
    const { result } = await kernel.execute("hacked");
    assert.equal(result, "1", "only the properly signed message ran, and only once");
    const heard = JSON.stringify(kernel.received.slice(quiet).map(({ content }) => content));
    assert.ok(!heard.includes("signature") && !heard.includes(key));
    assert.match(kernel.log, /dropped a message on shell: signature does not match/);
    assert.ok(!kernel.log.includes(key));
  });

  it("ignores requests it does not know and answers wrong contents with an error", async () => {
    kernel.send("shell", "no_such_request", {});
    kernel.send("shell", "toString_request", {});
    for (const [type, wrong] of [
      ["is_complete_request", { code: 5 }],
      ["execute_request", {}],
      ["execute_request", { code: "1", user_expressions: { a: 1 } }],
      ["complete_request", {}],
      ["history_request", { hist_access_type: "search", pattern: 7 }],
    ] as const) {
      const { content } = await kernel.request("shell", type, wrong);
      assert.equal(content["status"], "error", type);
      assert.equal(typeof content["evalue"], "string");
    }
    const run = await kernel.execute("1");
    assert.equal(run.result, "1");
  });

  it("accepts unsigned messages with an empty key", async () => {
    const open = await JupyterClient.start({ key: "" });
    assert.equal((await open.execute("2 * 2")).result, "4");
    await open.close();
  });

  it("shuts down when asked, telling whether a restart follows, also while a cell blocks", async () => {
    for (const [channel, restart] of [
      ["control", true],
      ["shell", false],
    ] as const) {
      const other = await JupyterClient.start();
      const id = other.startExecution("while (true) {}");
      await other.next((m) => m.parentId === id && m.type === "execute_input");
      const exit = once(other.kernel, "exit");
      const reply = await other.request(channel, "shutdown_request", { restart });
      assert.deepEqual(reply.content, { status: "ok", restart });
      assert.deepEqual(await exit, [0, null]);
      await other.close();
    }
  });

  it("hides the server's tokens from cells", async () => {
    const other = await JupyterClient.start({ env: { JPY_API_TOKEN: "secret", KEPT: "yes" } });
    const { result } = await other.execute("[process.env.JPY_API_TOKEN, process.env.KEPT]");
    assert.equal(result, "[ undefined, 'yes' ]");
    await other.close();
  });
});
