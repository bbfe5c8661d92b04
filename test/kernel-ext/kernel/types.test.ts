import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { JupyterClient } from "../../support/jupyter-client.ts";

interface TypedMatch {
  readonly text: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

describe("types of cells", function () {
  this.timeout(60_000);
  let kernel: JupyterClient;
  before(async () => {
    kernel = await JupyterClient.start();
    await kernel.execute(
      "/** Says hello. */\nfunction greet(name: string): string { return `hi ${name}` }\ninterface Point {\n  /** Left to right. */\n  x: number\n}\nconst total: number = 3",
    );
  });
  after(() => kernel.close());

  const complete = async (
    code: string,
    cursor = Array.from(code).length,
  ): Promise<Record<string, unknown>> =>
    (await kernel.request("shell", "complete_request", { code, cursor_pos: cursor })).content;
  const inspect = async (
    code: string,
    cursor = Array.from(code).length,
  ): Promise<Record<string, unknown>> =>
    (await kernel.request("shell", "inspect_request", { code, cursor_pos: cursor })).content;
  const markdown = ({ data }: Record<string, unknown>): string | undefined =>
    (data as Record<string, string>)["text/markdown"];

  it("complete names of earlier cells and their members", async () => {
    const names = await complete("gre");
    assert.deepEqual(
      [names["matches"], names["cursor_start"], names["cursor_end"]],
      [["greet"], 0, 3],
    );
    assert.ok(((await complete("total.toF"))["matches"] as string[]).includes("toFixed"));
    const member = await complete("const p: Point = null!; p.");
    assert.deepEqual(member["matches"], ["x"]);
    const [typed] = (member["metadata"] as Record<string, TypedMatch[]>)[
      "_jupyter_types_experimental"
    ]!;
    assert.deepEqual(
      [typed!.text, typed!.type, typed!.start, typed!.end],
      ["x", "property", 26, 26],
    );
  });

  it("count positions in code points", async () => {
    const { matches, cursor_start: start, cursor_end: end } = await complete("'😀'; gre");
    assert.deepEqual([matches, start, end], [["greet"], 5, 8]);
    const inMiddle = await complete("'😀'; total.toF; 1", 14);
    assert.deepEqual([inMiddle["matches"], inMiddle["cursor_start"]], [["toFixed"], 11]);
  });

  it("know display, input, packages and Node", async () => {
    for (const [code, match] of [
      ["display.ma", "markdown"],
      ["input().th", "then"],
      ["signal.abo", "aborted"],
      ["import * as tf from '@tensorflow/tfjs-core'; tf.conv2dT", "conv2dTranspose"],
      ["import * as tslab from 'tslab'; tslab.newD", "newDisplay"],
      ["import { readFileS } from 'node:fs'; process.stdo", "stdout"],
    ] as const) {
      assert.ok(((await complete(code))["matches"] as string[]).includes(match), code);
    }
  });

  it("explain a name with its documentation, also inside its call", async () => {
    const expected = "```typescript\nfunction greet(name: string): string\n```\nSays hello.";
    assert.equal(markdown(await inspect("greet", 2)), expected);
    assert.equal(markdown(await inspect("greet(")), expected);
    assert.match(
      markdown(await inspect("const p: Point = null!; p.x"))!,
      /Point\.x: number[^]*Left to right/,
    );
    const nothing = await inspect("neverHeardOf");
    assert.deepEqual(nothing, { status: "ok", found: false, data: {}, metadata: {} });
  });

  it("complete while a cell blocks", async () => {
    const id = kernel.startExecution("const stop = Date.now() + 1500; while (Date.now() < stop) ;");
    await kernel.next((m) => m.parentId === id && m.type === "execute_input");
    assert.deepEqual((await complete("gree"))["matches"], ["greet"]);
    assert.ok(!kernel.received.some((m) => m.parentId === id && m.type === "execute_reply"));
    await kernel.finish(id);
  });

  it("are checked below the cell, which runs all the same", async () => {
    const run = await kernel.execute("1;\ngreet(total)");
    assert.equal(run.result, "'hi 3'");
    const cell = String(run.reply.content["execution_count"]);
    assert.equal(
      run.stderr,
      `Cell [${cell}]:2:7 - TS2345: Argument of type 'number' is not assignable to parameter of type 'string'.\n`,
    );
    assert.equal(run.messages.at(-1)!.content["execution_state"], "idle");
  });

  it("follow a redeclaration", async () => {
    await kernel.execute("const total = 'now text'");
    const run = await kernel.execute("greet(total).toUpperCase()");
    assert.deepEqual([run.result, run.stderr], ["'HI NOW TEXT'", ""]);
  });

  it("accept what is usual in notebooks", async () => {
    for (const code of [
      "import { basename } from 'node:path'; import * as tslab from 'tslab'; display.html('x'); tslab.display.text('y')",
      "const loose = (a, b) => a + b; await Promise.resolve(loose(1, 2))",
      "for await (const x of [1]) console.log(x)",
      "class A { constructor(private n: number) {} }; enum E { One }; type T = A | E; const t: T = E.One",
      "let t2: T = t; require('node:os'); import.meta.url; signal.aborted",
      "1, 2",
    ]) {
      assert.equal((await kernel.execute(code)).stderr, "", code);
    }
  });

  it("survive the end of the language server", async () => {
    const { stdout } = spawnSync("pgrep", ["-P", String(kernel.kernel.pid), "-f", "lsp"], {
      encoding: "utf8",
    });
    process.kill(Number(stdout.trim()), "SIGKILL");
    await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual((await complete("gree"))["matches"], ["greet"]);
    const run = await kernel.execute("greet(5)");
    assert.match(run.stderr, /TS2345/);
  });

  it("are forgotten with the variables", async () => {
    await kernel.execute("process.exit()");
    assert.deepEqual((await complete("gree"))["matches"], []);
  });

  it("leave nothing on disk, or clean up after a kernel that was killed", async () => {
    const foldersOf = async ({ kernel: { pid } }: JupyterClient): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(`counterlab-types-${pid!}-`));
    const killed = await JupyterClient.start();
    await killed.request("shell", "complete_request", { code: "a", cursor_pos: 1 });
    assert.equal((await foldersOf(killed)).length, 1);
    const exit = once(killed.kernel, "exit");
    killed.kernel.kill("SIGKILL");
    await exit;
    await killed.close();
    const other = await JupyterClient.start();
    await other.request("shell", "complete_request", { code: "a", cursor_pos: 1 });
    assert.equal((await foldersOf(other)).length, 1);
    assert.equal((await foldersOf(killed)).length, 0);
    await other.close();
    assert.equal((await foldersOf(other)).length, 0);
  });
});
