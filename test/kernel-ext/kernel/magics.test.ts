import assert from "node:assert/strict";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

describe("magics and shell lines", () => {
  let kernel: JupyterClient;
  let notebookDir: string;

  before(async () => {
    notebookDir = await realpath(await mkdtemp(path.join(tmpdir(), "counterlab-magics-")));
  });
  keepKernel(async () => {
    kernel = await JupyterClient.start({ cwd: notebookDir });
    return kernel;
  });
  after(async () => {
    await rm(notebookDir, { recursive: true });
  });

  const lastShown = async (cell: string): Promise<unknown> =>
    (await kernel.execute(cell)).messages.find(({ type }) => type === "display_data")?.content[
      "data"
    ];

  it("run commands in the notebook's folder, in order with the cell's own output", async () => {
    const run = await kernel.execute("console.log(1)\n!pwd && echo oops >&2\nconsole.log(3)");
    assert.deepEqual([run.stdout, run.stderr], [`1\n${notebookDir}\n3\n`, "oops\n"]);
  });

  it("put values of the notebook into commands and leave the rest to the shell", async () => {
    await kernel.execute("const word = 'hi', list = [1, 2]");
    const run = await kernel.execute(
      "!A=1; echo $word {list.length} {nobody} {a,b} $$A '{print $1}' {word.toUpperCase()}",
    );
    // sh, unlike bash, has no {a,b}.
    assert.equal(run.stdout, "hi 2 {nobody} {a,b} 1 {print $1} HI\n");
  });

  it("keep the lines of a command in a variable, typed", async () => {
    const run = await kernel.execute(
      "const lines = !printf 'one\\ntwo\\n'\nlines.map((line) => line.length)",
    );
    assert.deepEqual([run.result, run.stderr], ["[ 3, 3 ]", ""]);
  });

  it("stop a command, and what it started, with the cell", async () => {
    const id = kernel.startExecution("!echo started; sleep 61.7 | sleep 61.7");
    await kernel.next((m) => m.parentId === id && m.type === "stream");
    await kernel.request("control", "interrupt_request");
    const { error } = await kernel.finish(id);
    assert.equal(error?.ename, "Interrupted");
    const left = await kernel.execute("const left = !pgrep -f 'sleep 61[.]7' || true\nleft.length");
    assert.equal(left.result, "0");
  });

  it("time statements, which give their value or declare their names", async () => {
    const timed = await kernel.execute(
      "%time await new Promise((done) => setTimeout(done, 5, 'v'))",
    );
    assert.match(timed.stdout, /^CPU times: user .*\nWall time: [\d.]+ ms\n$/);
    assert.equal(timed.result, "'v'");
    assert.equal((await kernel.execute("%time const kept = 4\nkept")).result, "4");
    assert.equal((await kernel.execute("const un = [2, 1]\n%time un.sort()[0]")).result, "1");
    const whole = await kernel.execute("%%time\nawait null\nkept * 2");
    assert.match(whole.stdout, /Wall time/);
    assert.equal(whole.result, "8");
  });

  it("repeat statements as often as asked", async () => {
    const run = await kernel.execute("let calls = 0\n%timeit -n 5 -r 2 calls++\ncalls");
    assert.match(run.stdout, /per loop \(mean ± std\. dev\. of 2 runs, 5 loops each\)/);
    assert.equal(run.result, "11");
    const later = await kernel.execute("%timeit -n 2 -r 1 await null // really");
    assert.match(later.stdout, /of 1 run, 2 loops each/);
  });

  it("list what the notebook declared, and forget it, types included", async () => {
    await kernel.execute("%reset\nlet answer: number = 42; class Box {}");
    assert.equal((await kernel.execute("%who")).stdout, "Box\tanswer\n");
    assert.match((await kernel.execute("%whos")).stdout, /^answer +number +42$/m);
    await kernel.execute("%reset");
    assert.equal((await kernel.execute("typeof answer")).result, "'undefined'");
    const { content } = await kernel.request("shell", "complete_request", {
      code: "answ",
      cursor_pos: 4,
    });
    assert.deepEqual(content["matches"], []);
  });

  it("show and set the environment, without secrets in the list", async () => {
    const run = await kernel.execute("%env MY_TOKEN=abc\n%env PLAIN=x\n!echo $PLAIN\n%env");
    assert.match(run.stdout, /^env: MY_TOKEN=<hidden>\nenv: PLAIN=x\nx\n/);
    assert.match(run.stdout, /^MY_TOKEN=<hidden>$/m);
    assert.doesNotMatch(run.stdout, /abc/);
  });

  it("show cells of other languages", async () => {
    assert.deepEqual(await lastShown("%%html\n<b>1</b>"), { "text/html": "<b>1</b>" });
    assert.deepEqual(await lastShown("%%markdown\n*1*"), { "text/markdown": "*1*" });
    assert.deepEqual(await lastShown("%%latex\n$x$"), { "text/latex": "$x$" });
  });

  it("write files, and run scripts that may fail the cell", async () => {
    const file = path.join(notebookDir, "sub/a.ts");
    await kernel.execute("%%writefile sub/a.ts\nexport const a = 1");
    const more = await kernel.execute("%%writefile -a sub/a.ts\nexport const b = 2");
    assert.equal(more.stdout, "Appending to sub/a.ts\n");
    assert.equal(await readFile(file, "utf8"), "export const a = 1\nexport const b = 2\n");
    const script = await kernel.execute("%%sh\necho $((1 + 1))\nexit 3");
    assert.deepEqual([script.stdout, script.error?.evalue], ["2\n", "sh ended with 3"]);
  });

  it("change the working folder but not where imports come from", async () => {
    const run = await kernel.execute("%cd sub\n%pwd");
    assert.equal(run.result, `'${path.join(notebookDir, "sub")}'`);
    const { result } = await kernel.execute('%cd ..\nimport { a } from "./sub/a.ts"; a');
    assert.equal(result, "1");
  });

  it("answer an unknown magic with one line that names the nearest", async () => {
    const { error } = await kernel.execute("%tme 1");
    assert.equal(
      error?.traceback,
      "UsageError: %tme is not known; did you mean %time? %lsmagic lists what there is",
    );
  });

  it("say where they cannot stand", async () => {
    const inAsync = await kernel.execute("const run = async () => {\n  !echo in\n}\nawait run()");
    assert.equal(inAsync.stdout, "in\n");
    const { error } = await kernel.execute("function run() {\n  !echo in\n}");
    assert.match(error!.traceback, /function that is async\n {4}at Cell \[\d+\]:2:3/);
  });

  it("are all listed, and all that is listed works", async () => {
    const { stdout } = await kernel.execute("%lsmagic");
    const listed = [...stdout.matchAll(/^ {2}(%%?\w+)/gm)].map(([, name]) => name!);
    assert.ok(listed.length >= 20, stdout);
    for (const name of listed) {
      const { error } = await kernel.execute(name.startsWith("%%") ? `${name}\n` : name);
      assert.doesNotMatch(error?.evalue ?? "", /is not known/, name);
      if (name === "%cd") await kernel.execute(`%cd ${notebookDir}`);
    }
  });

  it("complete and explain themselves", async () => {
    const complete = async (code: string): Promise<unknown> =>
      (await kernel.request("shell", "complete_request", { code, cursor_pos: code.length }))
        .content["matches"];
    assert.deepEqual(await complete("%ti"), ["%time", "%timeit"]);
    assert.deepEqual(await complete("%%wr"), ["%%writefile"]);
    assert.deepEqual(await complete("%check s"), ["strict"]);
    assert.deepEqual(await complete("!ls con"), []);
    assert.ok(((await complete("%time 'a'.toUpp")) as string[]).includes("toUpperCase"));
    const { content } = await kernel.request("shell", "inspect_request", {
      ...{ code: "%timeit f()", cursor_pos: 3, detail_level: 0 },
    });
    assert.match(
      (content["data"] as Record<string, string>)["text/plain"]!,
      /^%timeit \[-n LOOPS\]/,
    );
  });
});
