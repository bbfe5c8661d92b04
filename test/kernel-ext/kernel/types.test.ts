import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

interface TypedMatch {
  readonly text: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The type errors of a cell; on a busy machine they come behind idle. */
async function problemsOf(kernel: JupyterClient, code: string): Promise<string> {
  const id = kernel.startExecution(code);
  const message = await kernel.next(
    (m) => m.parentId === id && m.type === "stream" && m.content["name"] === "stderr",
  );
  await kernel.finish(id);
  return String(message.content["text"]);
}

describe("types of cells", function () {
  this.timeout(60_000);
  let kernel: JupyterClient;
  keepKernel(async () => {
    kernel = await JupyterClient.start();
    await kernel.execute(
      "/** Says hello. */\nfunction greet(name: string): string { return `hi ${name}` }\ninterface Point {\n  /** Left to right. */\n  x: number\n}\nconst total: number = 3",
    );
    return kernel;
  });

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

  it("explain what the library exports", async () => {
    const code = 'import { trainAutoencoder } from "counterlab"; trainAutoencoder';
    assert.match(markdown(await inspect(code))!, /function trainAutoencoder\([^]*\n```\n\w+ \w+/);
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
      [
        `Cell [${cell}]:2:7 - TS2345: Argument of type 'number' is not assignable to parameter of type 'string'.`,
        "  2 | greet(total)",
        "    |       ~~~~~",
        "",
      ].join("\n"),
    );
    assert.equal(run.messages.at(-1)!.content["execution_state"], "idle");
  });

  it("are checked after idle for a front end that shows what comes late", async () => {
    const id = kernel.startExecution("const late: string = 1", { allow_stdin: true });
    const { messages } = await kernel.finish(id);
    assert.equal(messages.at(-1)!.content["execution_state"], "idle");
    const { order } = messages.at(-1)!;
    const problem = await kernel.next((m) => m.parentId === id && m.type === "stream");
    assert.ok(problem.order > order);
    assert.match(String(problem.content["text"]), /TS2322: Type 'number' is not assignable/);
  });

  it("are known to the next completion and to the next cell, checked or not", async () => {
    for (let index = 0; index < 20; index += 1) {
      kernel.startExecution(`const row${index} = { long${index}: 1 }`, { allow_stdin: true });
    }
    await kernel.execute("1", { allow_stdin: true });
    assert.deepEqual((await complete("row19."))["matches"], ["long19"]);
    assert.match(
      await problemsOf(kernel, "row19.short"),
      /Property 'short' does not exist on type '\{ long19: number; \}'/,
    );
  });

  it("show the errors of a long cell before its idle", async () => {
    const run = await kernel.execute(
      "const slow: string = 1; await new Promise((done) => setTimeout(done, 1500))",
      { allow_stdin: true },
    );
    assert.match(run.stderr, /TS2322/);
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

  it("raise no false alarm over what a notebook may do and a module may not", async () => {
    for (const code of [
      "let count = 0; let best: { score: number } | undefined",
      "count = 10; count++; [count] = [3]; for (count of [1, 2]) ;",
      "best = { score: 1 }; best.score",
      "const list = []; list.push(1); list.push('two')",
      "list.push(3); list.length",
      "const rows = [1, 2, 3]",
      "const rows = rows.filter((row) => row > 1)",
      "function usesLater() { return declaredLater() }",
      "function declaredLater() { return 1 }",
      "import fs = require('node:fs'); fs.readFileSync",
      "export * from 'node:path'",
      "/** @jsx h */ const h = (tag: string, props: object | null, ...c: unknown[]) => ({ tag, c })",
      "const note = (value: unknown, _: unknown) => value as never; @note class Noted {}",
      "[__dirname, __filename, require.resolve('node:fs')]",
      "try { JSON.parse('x') } catch (e) { e.message }",
      "%time list.length\n!true\nconst shown = !echo 1\nshown[0]",
      "%%html\n<b>not TypeScript</b>",
    ]) {
      const { stderr, error } = await kernel.execute(code);
      assert.deepEqual([stderr, error], ["", undefined], code);
    }
  });

  it("keep constants constant", async () => {
    await kernel.execute("const fixed = 1");
    assert.match(
      await problemsOf(kernel, "fixed = 2"),
      /TS2588: Cannot assign to 'fixed' because an earlier cell declared it/,
    );
  });

  it("stop a cell under %check strict, which then declares nothing, until a cell asks for less", async () => {
    const refused = await kernel.execute("%check strict\nlet wrong: number = 'text'; 'ran'");
    assert.equal(refused.result, undefined);
    assert.equal(refused.error?.ename, "TypeCheckError");
    assert.match(refused.error.traceback, /:2:5 - TS2322[^]*2 \| let wrong[^]*\n {4}\| {5}~~~~~$/);
    assert.match((await kernel.execute("wrong")).error!.traceback, /TS2304/);
    assert.equal((await kernel.execute("let right: number = 1; right")).result, "1");
    await kernel.execute("%%markdown\n%check off");
    assert.equal((await kernel.execute("%check")).stdout, "%check strict\n");
    const silent = await kernel.execute("%check off\nlet wrong: number = 'text'; wrong");
    assert.deepEqual([silent.result, silent.stderr], ["'text'", ""]);
    // Unchecked, it is known to later cells all the same.
    assert.deepEqual((await complete("wron"))["matches"], ["wrong"]);
    assert.match(await problemsOf(kernel, "%check warn\nright.nope"), /TS2339/);
    assert.match((await kernel.execute("%check loud")).error!.evalue, /^usage: %check/);
  });

  it("survive the end of the language server", async () => {
    const server = (): string =>
      spawnSync("pgrep", ["-P", String(kernel.kernel.pid), "-f", "lsp"], {
        encoding: "utf8",
      }).stdout.trim();
    const old = server();
    process.kill(Number(old), "SIGKILL");
    // A request that comes before the kernel knows of the end is lost with the server.
    for (let matches: unknown; !isDeepStrictEqual(matches, ["greet"]);) {
      matches = (await complete("gree"))["matches"];
      assert.ok(matches === undefined || Array.isArray(matches));
    }
    assert.notEqual(server(), old);
    assert.match(await problemsOf(kernel, "greet(5)"), /TS2345/);
  });

  it("are forgotten with the variables", async () => {
    await kernel.execute("process.exit()");
    assert.deepEqual((await complete("gree"))["matches"], []);
  });

  it("follow files beside the notebook as they are edited, and its tsconfig.json", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "counterlab-typed-"));
    const settings = {
      compilerOptions: { noUncheckedIndexedAccess: true, paths: { "@own/*": ["./*"] } },
    };
    await writeFile(path.join(dir, "tsconfig.json"), JSON.stringify(settings));
    await writeFile(path.join(dir, "lib.ts"), "export const a: number = 1;");
    const other = await JupyterClient.start({ cwd: dir });
    const first = await other.execute('import { a } from "./lib.ts"; a');
    assert.deepEqual([first.result, first.stderr], ["1", ""]);
    await writeFile(path.join(dir, "lib.ts"), "export const a: string = 'new', b = 2;");
    const second = await other.execute('import { a, b } from "./lib.ts"; a.toUpperCase() + b');
    assert.deepEqual([second.result, second.stderr], ["'NEW2'", ""]);
    const strict = "const texts: string[] = ['a']; texts[0].length";
    assert.match(await problemsOf(other, strict), /TS2532/);
    const { content } = await other.request("shell", "complete_request", {
      ...{ code: 'import { a } from "@own/lib"; a.toUpp', cursor_pos: 37 },
    });
    assert.deepEqual(content["matches"], ["toUpperCase"]);
    await other.close();
    await rm(dir, { recursive: true });
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
