import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { stripColors } from "../../support/jupyter-client.ts";
import { createPythonClient, type PythonClient } from "../../support/python-client.ts";

interface Cell {
  readonly source: string | readonly string[];
  readonly metadata: { readonly tags?: readonly string[] };
  readonly outputs: readonly {
    readonly data?: Record<string, string | string[]>;
    readonly text?: string[];
  }[];
}

const notebook = (sources: readonly { source: string; tags?: string[] }[]): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "counterlab", display_name: "TypeScript", language: "typescript" },
    },
    cells: sources.map(({ source, tags = [] }, index) => ({
      ...{ cell_type: "code", id: `c${index}`, metadata: { tags }, source },
      ...{ outputs: [], execution_count: null },
    })),
  });

describe("Jupyter's own programs", function () {
  this.timeout(120_000);
  let client: PythonClient;
  before(async function () {
    const made = await createPythonClient();
    if (made === undefined) this.skip();
    client = made;
  });
  after(() => (client as PythonClient | undefined)?.[Symbol.asyncDispose]());

  it("jupyter_kernel_test passes in full, skipping nothing", async () => {
    const suite = path.join(import.meta.dirname, "jupyter_kernel_test_suite.py");
    const { status, stderr } = await client.run([suite]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /\nRan 13 tests in [\d.]+s\n\nOK\n/);
  });

  it("nbconvert executes a notebook and writes its outputs into the page", async () => {
    const source =
      "console.log(`sum ${[1, 2, 3].reduce((a, b) => a + b)}`); display.html('<i>shown</i>')";
    await writeFile(path.join(client.dir, "convert.ipynb"), notebook([{ source }]));
    const { status, stderr } = await client.run([
      "-m",
      "nbconvert",
      "--execute",
      "--to",
      "html",
      "convert.ipynb",
    ]);
    assert.equal(status, 0, stderr);
    const page = await readFile(path.join(client.dir, "convert.html"), "utf8");
    assert.match(page, /sum 6/);
    assert.match(page, /<i>shown<\/i>/);
  });

  it("papermill sets parameters; it writes them as C#, which for single values is TypeScript too", async () => {
    const cells = [
      { source: "let rate = 0.5; let title = 'none'; let quick = false", tags: ["parameters"] },
      { source: "[rate, title, quick]" },
    ];
    await writeFile(path.join(client.dir, "in.ipynb"), notebook(cells));
    const { status, stderr } = await client.run([
      ...["-m", "papermill", "in.ipynb", "out.ipynb", "--language", ".net-csharp"],
      ...["-p", "rate", "0.25", "-p", "title", 'say "hi"', "-p", "quick", "True"],
    ]);
    assert.equal(status, 0, stderr);
    const out = JSON.parse(await readFile(path.join(client.dir, "out.ipynb"), "utf8")) as {
      cells: Cell[];
    };
    assert.deepEqual(out.cells[1]!.metadata.tags, ["injected-parameters"]);
    const result = out.cells[2]!.outputs[0]!.data!["text/plain"];
    assert.equal([result].flat().join(""), `[ 0.25, 'say "hi"', true ]`);
  });

  it("jupyter console runs lines, shows results and errors, and goes on", async () => {
    const input = "const seven = 7\nseven * 6\nnull.x\nconsole.log('still here')\nexit\n";
    const { stdout, stderr } = await client.run(
      ["-m", "jupyter_console", "--kernel", "counterlab", "--simple-prompt"],
      { input },
    );
    const text = stripColors(stdout + stderr);
    assert.match(text, /Out\[2\]: 42/);
    assert.match(text, /TypeError: Cannot read properties of null/);
    assert.match(text, /still here/);
  });

  it("jupyter_client can insist on encryption", async () => {
    const script = `
from jupyter_client import KernelManager
km = KernelManager(kernel_name="counterlab", transport_encryption="required")
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=30)
assert km.curve_publickey is not None
reply = kc.execute_interactive("console.log('encrypted')", timeout=30)
kc.stop_channels()
km.shutdown_kernel()
`;
    const { status, stdout, stderr } = await client.run(["-c", script]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "encrypted\n");
  });

  it("jupyter_client starts it over IPC, interrupts and restarts it", async () => {
    const script = `
import time
from jupyter_client import KernelManager
km = KernelManager(kernel_name="counterlab", transport="ipc")
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=30)
waiting = kc.execute("let kept = 5; while (true) {}")
time.sleep(0.5)
km.interrupt_kernel()
reply = kc.get_shell_msg(timeout=10)
assert reply["content"]["ename"] == "Interrupted", reply
kc.execute_interactive("console.log(kept)", timeout=30)
km.restart_kernel()
kc.wait_for_ready(timeout=30)
kc.execute_interactive("console.log(typeof kept)", timeout=30)
kc.stop_channels()
km.shutdown_kernel()
`;
    const { status, stdout, stderr } = await client.run(["-c", script]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "5\nundefined\n");
  });
});
