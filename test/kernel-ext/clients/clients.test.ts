import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildKernel } from "../../support/kernel-build.ts";
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

  it("AsyncKernelManager starts, interrupts, restarts and ends it, again and again", async () => {
    const script = `
import asyncio
from jupyter_client import AsyncKernelManager

async def output(kc, code):
    seen = []
    reply = await kc.execute_interactive(code, timeout=30, output_hook=lambda m: seen.append(m))
    texts = [m["content"]["text"] for m in seen if m["msg_type"] == "stream"]
    return reply["content"]["status"], "".join(texts)

async def main():
    for round in range(3):
        km = AsyncKernelManager(kernel_name="counterlab")
        await km.start_kernel()
        kc = km.client()
        kc.start_channels()
        await kc.wait_for_ready(timeout=30)
        assert await output(kc, "let kept = 5; console.log(kept)") == ("ok", "5\\n")
        for code in ["while (true) {}", "await new Promise(() => {})"]:
            waiting = asyncio.ensure_future(output(kc, code))
            await asyncio.sleep(0.5)
            await km.interrupt_kernel()
            assert (await waiting)[0] == "error"
        assert await output(kc, "console.log(kept)") == ("ok", "5\\n")
        for now in [False, True]:
            await km.restart_kernel(now=now)
            await kc.wait_for_ready(timeout=30)
            assert (await output(kc, "globalThis.kept === undefined || (() => { throw 1 })()"))[0] == "ok"
        assert await km.is_alive()
        kc.stop_channels()
        await km.shutdown_kernel(now=round == 2)
        assert not await km.is_alive()

asyncio.run(main())
print("done")
`;
    const { status, stdout, stderr } = await client.run(["-c", script]);
    assert.deepEqual([status, stdout], [0, "done\n"], stderr);
  });

  it("jupyter kernel starts it, jupyter console --existing joins, and the same variables are there", async () => {
    const script = `
import os, re, signal, subprocess, sys
server = subprocess.Popen(
    [os.path.join(os.path.dirname(sys.executable), "jupyter-kernel"), "--kernel=counterlab"],
    stderr=subprocess.PIPE, text=True,
)
for line in server.stderr:
    found = re.search(r"Connection file: (.*)", line)
    if found:
        break
console = [sys.executable, "-m", "jupyter_console", "--existing", found[1], "--simple-prompt"]
for lines in ["const shared = 6\\n", "shared * 7\\n"]:
    # End of input asks whether to quit.
    run = subprocess.run(console, input=lines + "exit(keep_kernel=True)\\n", capture_output=True, text=True)
    print(run.stdout)
server.send_signal(signal.SIGINT)
print("ended with", server.wait(timeout=20))
`;
    const { status, stdout, stderr } = await client.run(["-c", script]);
    assert.equal(status, 0, stderr);
    assert.match(stripColors(stdout), /Out\[\d\]: 42/);
  });

  it("serves several clients at once: each gets its replies, all see all output, in order", async () => {
    const script = `
from jupyter_client import BlockingKernelClient, KernelManager
km = KernelManager(kernel_name="counterlab")
km.start_kernel()
clients = []
for _ in range(4):
    kc = BlockingKernelClient(connection_file=km.connection_file)
    kc.load_connection_file()
    kc.start_channels()
    kc.wait_for_ready(timeout=30)
    clients.append(kc)
ids = []
for i in range(40):
    ids.append(clients[i % 4].execute(f"globalThis.n = (globalThis.n ?? 0) + 1; console.log('cell', {i}, n)"))
for index, kc in enumerate(clients):
    for sent in ids[index::4]:
        reply = kc.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == sent, (reply, sent)
        assert reply["content"]["status"] == "ok"
    seen = {}
    order = []
    while len([m for m in order if m[1] == "idle"]) < 40:
        m = kc.get_iopub_msg(timeout=30)
        parent = m["parent_header"].get("msg_id")
        if parent not in ids:
            continue
        state = m["content"].get("execution_state")
        if state == "idle":
            order.append((parent, "idle"))
        elif m["content"].get("name") == "stdout":
            seen[parent] = m["content"]["text"]
            assert (parent, "idle") not in order
    # Every client's cells run in the order it sent them; whose turn it is is the sockets' affair.
    assert len(seen) == 40
    numbers = sorted(int(text.split()[2]) for text in seen.values())
    assert numbers == list(range(1, 41)), numbers
    for each in range(4):
        own = [int(seen[i].split()[2]) for i in ids[each::4]]
        assert own == sorted(own), own
clients[0].execute("while (true) {}")
import time
time.sleep(0.5)
# Whoever stops it, it stops.
clients[3].kernel_info()
km.interrupt_kernel()
assert clients[0].get_shell_msg(timeout=30)["content"]["ename"] == "Interrupted"
for kc in clients:
    kc.stop_channels()
# The manager's own clients share one identity: the newest is heard.
for _ in range(2):
    kc = km.client()
    kc.start_channels()
    kc.wait_for_ready(timeout=30)
km.shutdown_kernel()
print("done")
`;
    const { status, stdout, stderr } = await client.run(["-c", script]);
    assert.deepEqual([status, stdout], [0, "done\n"], stderr);
  });

  it("is found where VS Code and others look for kernels, and says there what they read", async () => {
    // VS Code starts kernels from these files and folders without Jupyter; it was not run here.
    const home = path.join(client.dir, "home");
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...{ HOME: home, USERPROFILE: home, APPDATA: path.join(home, "AppData") },
    };
    for (const name of ["JUPYTER_DATA_DIR", "XDG_DATA_HOME"]) Reflect.deleteProperty(env, name);
    const installed = spawnSync(process.execPath, [await buildKernel(), "install", "--user"], {
      env,
      encoding: "utf8",
    });
    const below = {
      linux: ".local/share/jupyter",
      darwin: "Library/Jupyter",
      win32: "AppData/jupyter",
    };
    const dir = path.join(
      home,
      below[process.platform as keyof typeof below],
      "kernels/counterlab",
    );
    assert.equal(installed.stdout, `installed in ${dir}\n`);
    const spec = JSON.parse(await readFile(path.join(dir, "kernel.json"), "utf8")) as {
      readonly argv: readonly string[];
      readonly [field: string]: unknown;
    };
    // An id of VS Code's languages, so that cells get TypeScript's editor.
    assert.deepEqual(
      [spec["language"], spec["interrupt_mode"], spec["display_name"]],
      ["typescript", "message", "TypeScript (Counterlab)"],
    );
    assert.ok(spec.argv.slice(0, 2).every((file) => path.isAbsolute(file) && existsSync(file)));
    assert.deepEqual(spec.argv.slice(2), ["start", "{connection_file}"]);
  });
});
