import assert from "node:assert/strict";
import { JupyterClient, type Execution } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

describe("displaying values", () => {
  let kernel: JupyterClient;
  keepKernel(async () => {
    kernel = await JupyterClient.start();
    return kernel;
  });

  const outputs = ({ messages }: Execution, type: string): Record<string, unknown>[] =>
    messages.filter((message) => message.type === type).map(({ content }) => content);

  it("lets a value decide how it shows, at once or later", async () => {
    await kernel.execute(`
      const show = Symbol.for("Jupyter.display");
      class Picture { [show]() { return { "text/html": "<i>x</i>", "text/plain": "x", "image/png": new Uint8Array([1, 2, 3]) } } }
      const lazy = { async [show]() { await new Promise((done) => setTimeout(done, 20)); return { "text/markdown": "**late**" } } };`);
    const [result] = outputs(await kernel.execute("new Picture()"), "execute_result");
    assert.deepEqual(result!["data"], {
      ...{ "text/html": "<i>x</i>", "text/plain": "x", "image/png": "AQID" },
    });
    const run = await kernel.execute("display(lazy); display('after'); lazy");
    const shown = outputs(run, "display_data").map(({ data }) => data);
    assert.deepEqual(shown, [{ "text/markdown": "**late**" }, { "text/plain": "'after'" }]);
    assert.deepEqual(outputs(run, "execute_result")[0]!["data"], { "text/markdown": "**late**" });
  });

  it("fails the cell when a display method fails or returns no bundle", async () => {
    const { error } = await kernel.execute("({ [show]() { return 5 } })");
    assert.match(error!.evalue, /must return an object of MIME types.*returned 5/);
    const late = await kernel.execute(
      "display({ async [show]() { throw new Error('no picture') } }); 1",
    );
    assert.equal(late.error?.evalue, "no picture");
  });

  it("updates an output by its display id, through the handle or the name", async () => {
    const run = await kernel.execute(
      "const h = display(1); h.update(2); display(3, { displayId: 'mine' }); display.update('mine', { 'text/html': 'four' }, { raw: true, metadata: { a: 1 } })",
    );
    const [first, second] = outputs(run, "display_data");
    const [update, named] = outputs(run, "update_display_data");
    assert.deepEqual(update!["transient"], first!["transient"]);
    assert.deepEqual(update!["data"], { "text/plain": "2" });
    assert.deepEqual(second!["transient"], { display_id: "mine" });
    assert.deepEqual(named, {
      ...{ data: { "text/html": "four" }, metadata: { a: 1 }, transient: { display_id: "mine" } },
    });
  });

  it("shows a value that names its output as display_data under that name, so that it can replace it", async () => {
    const run = await kernel.execute(`
      const picture = {
        [Symbol.for("counterlab.displayId")]: "picture-1",
        [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "first" }),
      };
      display(picture);
      picture`);
    const shown = outputs(run, "display_data");
    const whole = { data: { "text/plain": "first" }, metadata: {} };
    const named = { ...whole, transient: { display_id: "picture-1" } };
    assert.deepEqual(shown, [named, named]);
    assert.deepEqual(outputs(run, "execute_result"), []);
  });

  it("clears output, now or with the next output", async () => {
    const run = await kernel.execute("display.clear({ wait: true }); display.clear()");
    assert.deepEqual(outputs(run, "clear_output"), [{ wait: true }, { wait: false }]);
  });

  it("keeps printed text and displays in order", async () => {
    const { messages } = await kernel.execute("console.log(1); display(2); console.log(3)");
    const order = messages.map(({ type }) => type).filter((type) => type !== "status");
    assert.deepEqual(order, ["execute_input", "stream", "display_data", "stream"]);
  });

  it("prints objects in colour and everything else as it is", async () => {
    const { stdout } = await kernel.execute("console.log({ a: 1 }); console.log(3, 'four')");
    assert.equal(stdout, "{ a: \u001b[33m1\u001b[39m }\n3 four\n");
    await kernel.execute("process.env.NO_COLOR = '1'");
    assert.equal((await kernel.execute("console.log({ a: 1 })")).stdout, "{ a: 1 }\n");
    await kernel.execute("delete process.env.NO_COLOR");
  });

  it("shows console.table as a table, with a terminal's for who has no HTML", async () => {
    const run = await kernel.execute("console.table([{ a: 1 }], ['a']); console.clear()");
    const [{ data }] = outputs(run, "display_data") as [{ data: Record<string, string> }];
    assert.match(data["text/html"]!, /<th scope="row">0<\/th><td>1<\/td>/);
    assert.match(data["text/plain"]!, /│ \(index\) │ a │/);
    assert.equal(outputs(run, "clear_output").length, 1);
  });

  it("shows a bar over a loop that never awaits, while it runs", async () => {
    const id = kernel.startExecution(
      "for (const _ of progress([1, 2, 3])) { const end = Date.now() + 120; while (Date.now() < end) ; }",
    );
    await kernel.next((m) => m.parentId === id && m.type === "update_display_data");
    assert.ok(!kernel.received.some((m) => m.parentId === id && m.type === "execute_reply"));
    const updates = outputs(await kernel.finish(id), "update_display_data");
    const last = (updates.at(-1)!["data"] as Record<string, string>)["text/plain"];
    assert.match(last!, /^100% 3\/3 in /);
  });

  it("offers tslab's display interface", async () => {
    const run = await kernel.execute(`
      import * as tslab from "tslab";
      tslab.display.html("<b>1</b>");
      tslab.display.png(Buffer.from([255]));
      tslab.display.raw("application/x-mine", "raw");
      const box = tslab.newDisplay();
      box.text("one"); box.svg("<svg/>");
      display.markdown("*m*");`);
    const shown = outputs(run, "display_data").map(({ data }) => data);
    assert.deepEqual(shown, [
      { "text/html": "<b>1</b>" },
      { "image/png": "/w==" },
      { "application/x-mine": "raw" },
      { "text/plain": "one" },
      { "text/markdown": "*m*" },
    ]);
    const [update] = outputs(run, "update_display_data");
    assert.deepEqual(update!["data"], { "image/svg+xml": "<svg/>" });
    assert.deepEqual(update!["transient"], outputs(run, "display_data")[3]!["transient"]);
  });

  it("tells the same TypeScript version to tslab's users as to front ends", async () => {
    const { result } = await kernel.execute(
      "import { versions } from 'tslab'; versions.typescript",
    );
    const { content } = await kernel.request("shell", "kernel_info_request");
    const { version } = content["language_info"] as { readonly version: string };
    assert.equal(result, `'${version}'`);
  });

  it("says so when a message cannot be written as JSON", async () => {
    const run = await kernel.execute(
      "display({ 'application/json': { n: 1n } }, { raw: true }); 'on'",
    );
    assert.match(run.stderr, /display_data message was not sent: TypeError/);
    assert.equal(run.result, "'on'");
  });
});
