import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { JupyterClient } from "../../support/jupyter-client.ts";
import { DebugClient } from "./debug-client.ts";

describe("debugger", function () {
  this.timeout(60_000);
  let client: JupyterClient;
  let debug: DebugClient;

  beforeEach(async () => {
    client = await JupyterClient.start();
    debug = new DebugClient(client);
  });
  afterEach(async () => {
    await client.close();
  });

  const half = `function half(x: number): number {
  const y = x / 2;
  return y;
}`;

  it("walks through a cell line by line: over await, into functions of earlier cells, out and on", async () => {
    await client.execute(half);
    await debug.start();
    const code = `interface Point { readonly a: number }
const point: Point = { a: 1 };
console.log("before the stop");
const b = half(point.a);
const c = await new Promise<number>((done) => setTimeout(done, 20, 5));
let sum = 0;
for (const i of [1, 2]) {
  sum += i + c;
}
sum`;
    await debug.breakAt(code, 3);
    const id = client.startExecution(code);
    const { reason, hitBreakpointIds } = await debug.event("stopped");
    assert.deepEqual([reason, hitBreakpointIds], ["breakpoint", [1]]);
    assert.equal(await debug.stack(), "Cell [2]:3");
    assert.equal(await debug.step("next"), "Cell [2]:4");
    const printed = client.received.find((m) => m.parentId === id && m.type === "stream");
    assert.equal(printed?.content["text"], "before the stop\n");
    assert.equal(await debug.step("stepIn"), "half:2 < Cell [2]:4");
    const { source } = (await debug.frames())[0]!;
    assert.equal((await debug.ask("source", { source }))["content"], half);
    assert.equal(await debug.step("next"), "half:3 < Cell [2]:4");
    assert.deepEqual(await debug.scope("Locals"), { "(return value)": "0.5", x: "1", y: "0.5" });
    assert.equal((await debug.scope("Globals"))["point"], "{ a: 1 }");
    assert.equal((await debug.scope("Locals", 1))["point"], "{ a: 1 }");
    // V8 goes on to where it can stop next.
    assert.equal(await debug.step("stepOut"), "Cell [2]:5");
    const lines: string[] = [];
    for (let step = 0; step < 7; step += 1) lines.push(await debug.step("next"));
    assert.deepEqual(
      lines.map((line) => Number(line.split(":").at(-1))),
      [6, 7, 8, 7, 8, 7, 10],
    );
    await debug.ask("next");
    await debug.event("continued");
    assert.equal((await client.finish(id)).result, "13");
  });

  it("stops again when the cell is run again, and in one that ran before anybody debugged", async () => {
    await client.execute(half);
    await debug.start();
    const { path: source } = await debug.breakAt(half, 3);
    const call = client.startExecution("half(8)");
    await debug.stopped();
    const [top] = await debug.frames();
    assert.equal(top!.source!.path, source);
    assert.equal(top!.line, 3);
    assert.equal(await debug.evaluate("y + x"), "12");
    await debug.ask("continue", { threadId: 1 });
    await debug.event("continued");
    assert.equal((await client.finish(call)).result, "4");
    await client.execute(half);
    const again = client.startExecution("half(10)");
    await debug.stopped();
    await debug.breakAt(half);
    await debug.ask("continue");
    assert.equal((await client.finish(again)).result, "5");
    assert.equal((await client.execute("half(2)")).result, "1");
  });

  it("steps over what is not the user's, and into what it calls", async () => {
    await debug.start();
    const code = `console.log("one");
const doubled = [1].map((n) => {
  return n * 2;
});
async function later(n: number): Promise<number> {
  const waited = await Promise.resolve(n);
  return waited + 1;
}
async function* count() {
  yield 1;
}
const a = await later(1);
for await (const value of count()) {
  doubled.push(value);
}
enum Side { Left, Right }
class Film {
  readonly side = Side.Left;
  label() {
    return Side[this.side];
  }
}
new Film().label();`;
    await debug.breakAt(code, 1);
    const id = client.startExecution(code);
    await debug.stopped();
    const places: string[] = [];
    while (places.length < 40 && places.at(-1) !== "Cell [1]:23") {
      places.push(await debug.step("stepIn"));
    }
    assert.deepEqual(places, [
      "Cell [1]:2",
      "(anonymous):3 < Cell [1]:2",
      "Cell [1]:12",
      "later:6 < Cell [1]:12",
      "later:7",
      "Cell [1]:13",
      "count:10 < Cell [1]:13",
      "Cell [1]:13",
      "Cell [1]:14",
      "Cell [1]:13",
      "Cell [1]:15",
      // An enum and a class are compiled to functions that run where they stand.
      "Cell [1]:16",
      "(anonymous):16 < Cell [1]:16",
      "Cell [1]:17",
      "Cell [1]:23",
    ]);
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "'Left'");
  });

  it("answers everything else while the code stands still", async () => {
    await debug.start();
    const code = "const word = 'stop';\nword.length;\nword";
    await debug.breakAt(code, 2);
    const id = client.startExecution(code);
    await debug.stopped();
    assert.ok((await client.heartbeat()) < 1000);
    const info = await client.request("control", "kernel_info_request");
    assert.equal(info.content["status"], "ok");
    const complete = { code: "word.toUpp", cursor_pos: 10 };
    const matches = (await client.request("shell", "complete_request", complete)).content[
      "matches"
    ];
    assert.ok(
      (matches as string[]).some((match) => match.includes("toUpperCase")),
      String(matches),
    );
    const { stoppedThreads, isStarted } = await debug.ask("debugInfo");
    assert.deepEqual([stoppedThreads, isStarted], [[1], true]);
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "'stop'");
  });

  it("moves a breakpoint to the next line on which code can stop", async () => {
    await debug.start();
    const code = `// a comment

interface Unused {
  readonly a: string;
}
const first = [1, 2, 3]
  .map((x) => x * 2)
  .filter((x) => x > 2);
first.length`;
    assert.deepEqual((await debug.breakAt(code, 1)).lines, [6]);
    assert.deepEqual((await debug.breakAt(code, 8, 40)).lines, [8, 9]);
    const id = client.startExecution(code);
    await debug.stopped();
    assert.equal(await debug.stack(), "Cell [1]:8");
    await debug.ask("continue");
    await debug.stopped();
    assert.equal(await debug.stack(), "Cell [1]:9");
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "2");
  });

  it("stops where a condition holds", async () => {
    await debug.start();
    const code = "let total = 0;\nfor (let i = 0; i < 10; i += 1) {\n  total += i;\n}\ntotal";
    const { path: source } = await debug.breakAt(code);
    await debug.ask("setBreakpoints", {
      source: { path: source },
      breakpoints: [{ line: 3, condition: "(i as number) === 7" }],
    });
    const id = client.startExecution(code);
    await debug.stopped();
    assert.equal((await debug.scope("Locals"))["i"], "7");
    assert.equal((await debug.scope("Locals"))["total"], "21");
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "45");
  });

  it("is stopped by Stop like any cell, with its state kept and nothing after the breakpoint run", async () => {
    await debug.start();
    const code = `let steps = 1;
try {
  steps = 2;
  steps = 3;
} finally {
  steps += 10;
}
steps = 4;`;
    await debug.breakAt(code, 4);
    const id = client.startExecution(code);
    await debug.stopped();
    const reply = await client.request("control", "interrupt_request");
    assert.equal(reply.content["status"], "ok");
    await debug.event("continued");
    const { error } = await client.finish(id);
    assert.equal(error?.ename, "Interrupted");
    assert.equal((await client.execute("steps")).result, "2");
    // And the debugger still works.
    const again = client.startExecution(code);
    await debug.stopped();
    assert.equal(await debug.stack(), "Cell [3]:4");
    client.kernel.kill("SIGINT");
    assert.equal((await client.finish(again)).error?.ename, "Interrupted");
  });

  it("is stopped by Stop whenever it comes, also while a stop comes about", async () => {
    await client.execute("let kept = 1;");
    await debug.start();
    const code = "let turns = 0;\nfor (;;) {\n  turns += 1;\n}";
    await debug.breakAt(code, 3);
    for (const delayMs of [0, 2, 4, 8, 16]) {
      const id = client.startExecution(code);
      await client.next((m) => m.type === "execute_input" && m.parentId === id);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      client.send("control", "interrupt_request", {});
      assert.equal((await client.finish(id)).error?.ename, "Interrupted");
    }
    const { stoppedThreads } = await debug.ask("debugInfo");
    assert.deepEqual(stoppedThreads, []);
    const { result, error } = await client.execute("kept");
    assert.deepEqual([result, error], ["1", undefined]);
  });

  it("is stopped by Stop in a callback, and while the cell awaits it", async () => {
    await debug.start();
    const code = `let fired = 0;
await new Promise<void>((done) => {
  setTimeout(() => {
    fired = 1;
    fired = 2;
    done();
  }, 5);
});`;
    await debug.breakAt(code, 5);
    const id = client.startExecution(code);
    await debug.stopped();
    await client.request("control", "interrupt_request");
    assert.equal((await client.finish(id)).error?.ename, "Interrupted");
    assert.equal((await client.execute("fired")).result, "1");
  });

  it("goes on with the next process, breakpoints and all, when the code ends its own", async () => {
    await debug.start();
    const code = "const now = 1;\nnow + 1";
    await debug.breakAt(code, 2);
    const id = client.startExecution(code);
    await debug.stopped();
    void debug.send("evaluate", {
      expression: "process.kill(process.pid, 'SIGKILL')",
      frameId: await debug.frameId(),
    });
    await debug.event("continued");
    const { error } = await client.finish(id);
    assert.equal(error?.ename, "UserProcessEnded");
    const info = await debug.ask("debugInfo");
    assert.deepEqual([info["isStarted"], info["stoppedThreads"]], [true, []]);
    const again = client.startExecution(code);
    await debug.stopped();
    assert.equal(await debug.stack(), "Cell [2]:2");
    await debug.ask("continue");
    assert.equal((await client.finish(again)).result, "2");
  });

  it("does not say a word of its own when a cell exits while debugged", async () => {
    await debug.start();
    const { stderr, error } = await client.execute("process.exit(3)");
    assert.match(error!.evalue, /exited with code 3/);
    assert.doesNotMatch(stderr, /debugger/i);
  });

  it("tells front ends that it is over when the kernel shuts down at a stop", async () => {
    await debug.start();
    const code = "const a = 1;\na;";
    await debug.breakAt(code, 2);
    client.startExecution(code);
    await debug.stopped();
    client.send("control", "shutdown_request", { restart: true });
    await debug.event("continued");
    await debug.event("terminated");
  });

  it("lets the code run when it is disconnected, and starts again", async () => {
    await debug.start();
    const code = "let n = 1;\nn = 2;\nn = 3;\nn";
    await debug.breakAt(code, 2, 3);
    const id = client.startExecution(code);
    await debug.stopped();
    await debug.ask("disconnect", { restart: false, terminateDebuggee: false });
    await debug.event("continued");
    await debug.event("terminated");
    assert.equal((await client.finish(id)).result, "3");
    const info = await debug.ask("debugInfo");
    assert.deepEqual([info["isStarted"], info["breakpoints"]], [false, []]);
    assert.equal((await client.execute(code)).result, "3");
    await debug.start();
    await debug.breakAt(code, 3);
    const again = client.startExecution(code);
    await debug.stopped();
    assert.equal(await debug.stack(), "Cell [3]:3");
    await debug.ask("continue");
    assert.equal((await client.finish(again)).result, "3");
  });

  it("stops at exceptions that nobody catches, or at all of them", async () => {
    await debug.start();
    const { exceptionBreakpointFilters: filters } = await debug.ask<{
      exceptionBreakpointFilters: { filter: string }[];
    }>("initialize");
    assert.deepEqual(
      filters.map(({ filter }) => filter),
      ["all", "uncaught"],
    );
    const code = `import { existsSync } from "node:fs";
function fail(text: string): never {
  throw new Error(text);
}
try {
  fail("caught");
} catch {}
existsSync("\\0");
fail("not caught");`;
    await debug.ask("setExceptionBreakpoints", { filters: ["uncaught"] });
    const id = client.startExecution(code);
    const { reason, text } = await debug.event("stopped");
    assert.equal(reason, "exception");
    assert.match(String(text), /not caught/);
    assert.equal(await debug.stack(), "fail:3 < Cell [1]:9");
    assert.deepEqual(await debug.scope("Locals"), { text: "'not caught'" });
    await debug.ask("continue");
    assert.equal((await client.finish(id)).error?.evalue, "not caught");

    await debug.ask("setExceptionBreakpoints", { filters: ["all"] });
    const second = client.startExecution(code);
    await debug.stopped();
    assert.equal(await debug.stack(), "fail:3 < Cell [2]:6");
    await debug.ask("continue");
    await debug.stopped();
    assert.equal(await debug.stack(), "fail:3 < Cell [2]:9");
    await debug.ask("setExceptionBreakpoints", { filters: [] });
    await debug.ask("continue");
    await client.finish(second);
    assert.equal((await client.execute(code)).error?.evalue, "not caught");
  });

  it("pauses a loop, and what comes next where nothing runs", async () => {
    await debug.start();
    const loop = "let turns = 0;\nlet isOn = true;\nwhile (isOn) {\n  turns += 1;\n}\n'off'";
    const id = client.startExecution(loop);
    await client.next((m) => m.type === "execute_input" && m.parentId === id);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await debug.ask("pause", { threadId: 1 });
    assert.equal(await debug.stopped(), "pause");
    assert.match(await debug.stack(), /^Cell \[1\]:[34]$/);
    assert.equal(await debug.evaluate("isOn = false"), "false");
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "'off'");

    await debug.ask("pause", { threadId: 1 });
    const next = client.startExecution("const one = 1;\none + 1");
    await debug.stopped();
    assert.equal(await debug.stack(), "Cell [2]:1");
    await debug.ask("continue");
    assert.equal((await client.finish(next)).result, "2");
  });

  it("pauses a cell that awaits, at its next statement", async () => {
    await debug.start();
    const code = "await new Promise((done) => setTimeout(done, 400));\nconst late = 1;\nlate";
    const id = client.startExecution(code);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await debug.ask("pause");
    await debug.stopped();
    assert.match(await debug.stack(), /^Cell \[1\]:[12]$/);
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "1");
  });

  it("stops at a debugger statement", async () => {
    await debug.start();
    const id = client.startExecution("let a: number = 1;\ndebugger;\na = 2;\na");
    assert.equal(await debug.stopped(), "debugger statement");
    assert.equal(await debug.stack(), "Cell [1]:2");
    assert.equal(await debug.step("next"), "Cell [1]:3");
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "2");
  });

  it("stops in a TypeScript file that a cell imports, and lists it", async () => {
    const file = path.join(client.dir, "shapes.ts");
    await writeFile(
      file,
      `export interface Box { readonly sizePx: number }

export function area(box: Box): number {
  const squared = box.sizePx ** 2;
  return squared;
}
`,
    );
    await debug.start();
    assert.deepEqual(await debug.breakInFile(file, 4), [4]);
    const id = client.startExecution('import { area } from "./shapes.ts";\narea({ sizePx: 3 })');
    await debug.stopped();
    assert.equal(await debug.stack(), "area:4 < Cell [1]:2");
    const [top] = await debug.frames();
    assert.equal(top!.source!.path, file);
    assert.equal(await debug.step("next"), "area:5 < Cell [1]:2");
    assert.equal((await debug.scope("Locals"))["squared"], "9");
    const { content } = await debug.ask<{ content: string }>("source", { source: { path: file } });
    assert.match(content, /^export interface Box/);
    await debug.ask("continue");
    const { result, error, stderr } = await client.finish(id);
    assert.deepEqual([result, error, stderr], ["9", undefined, ""]);
    const { modules } = await debug.ask<{ modules: { path: string }[] }>("modules");
    assert.ok(modules.some((module) => module.path === file));
    assert.ok(modules.every((module) => !module.path.includes("user-process")));
  });

  it("stops in a cell that is a module, when it is defined and when it is called", async () => {
    await debug.start();
    const code = `/** @module scales */
interface Range { readonly low: number; readonly high: number }

export function width(range: Range): number {
  const size = range.high - range.low;
  return size;
}
export const unit = width({ low: 0, high: 1 });`;
    await debug.breakAt(code, 5);
    const defined = client.startExecution(code);
    await debug.stopped();
    assert.match(await debug.stack(), /^width:5 < .*:8$/);
    await debug.ask("continue");
    assert.equal((await client.finish(defined)).error, undefined);
    const id = client.startExecution(
      'import { width } from "./scales";\nwidth({ low: 1, high: 4 })',
    );
    await debug.stopped();
    assert.equal(await debug.stack(), "width:5 < Cell [2]:2");
    assert.equal(await debug.step("next"), "width:6 < Cell [2]:2");
    assert.equal((await debug.scope("Locals"))["size"], "3");
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "3");
  });

  it("shows the notebook's variables at any time, and what is inside", async () => {
    await client.execute(`const pixels = Float32Array.from({ length: 250 }, (_, i) => i / 2);
const names = new Map([["a", { n: 1 }]]);
class Film { sizePx = 3; get area() { throw new Error("asked"); } }
const film = new Film();
const fetch = "mine";`);
    await debug.start();
    const inspected = async (): Promise<
      Map<string, { type?: string; value: string; variablesReference: number }>
    > => {
      const { variables } = await debug.ask<{
        variables: { name: string; type?: string; value: string; variablesReference: number }[];
      }>("inspectVariables");
      return new Map(variables.map((variable) => [variable.name, variable]));
    };
    const found = await inspected();
    assert.deepEqual([...found.keys()].sort(), ["Film", "fetch", "film", "names", "pixels"]);
    assert.deepEqual(
      { ...found.get("fetch"), evaluateName: undefined },
      {
        name: "fetch",
        value: "'mine'",
        type: "str",
        variablesReference: 0,
        evaluateName: undefined,
      },
    );
    assert.equal(found.get("pixels")!.type, "Float32Array(250)");
    const groups = await debug.variables(found.get("pixels")!.variablesReference);
    assert.deepEqual(
      groups.map(({ name }) => name),
      ["[0 … 99]", "[100 … 199]", "[200 … 249]"],
    );
    const last = await debug.variables(groups[2]!.variablesReference);
    assert.deepEqual([last[49]!.name, last[49]!.value], ["249", "124.5"]);
    const [entry] = await debug.variables(found.get("names")!.variablesReference);
    assert.deepEqual([entry!.name, entry!.value], ["'a'", "{ n: 1 }"]);
    // A branch that is open in the panel stays so.
    const again = await inspected();
    assert.equal(again.get("film")!.variablesReference, found.get("film")!.variablesReference);

    const busy = client.startExecution(
      "const until = Date.now() + 1500; while (Date.now() < until) {}",
    );
    assert.ok((await inspected()).has("film"));
    assert.ok(!client.received.some((m) => m.parentId === busy && m.type === "execute_reply"));
    await client.finish(busy);
  });

  it("evaluates TypeScript in a frame, with the names that the user gave", async () => {
    await client.execute("const fetch = (n: number) => n * 2;");
    await debug.start();
    const code = `function work(input: number[]): number {
  const offset = 3;
  return input.map((n) => n + offset).length;
}
work([1, 2])`;
    await debug.breakAt(code, 3);
    const id = client.startExecution(code);
    await debug.stopped();
    assert.equal(await debug.evaluate("fetch(offset as number) satisfies number"), "6");
    assert.equal(
      await debug.evaluate("{ offset, fetch: typeof fetch }"),
      "{ offset: 3, fetch: 'function' }",
    );
    assert.match(await debug.evaluate("nothing"), /^ReferenceError: nothing is not defined/);
    assert.match(await debug.evaluate("1 +"), /./);
    const hover = { expression: "input.push(9)", frameId: await debug.frameId(), context: "hover" };
    assert.equal((await debug.send("evaluate", hover))["success"], false);
    assert.equal(await debug.evaluate("input"), "[ 1, 2 ]");
    const closure = await debug.evaluate("input.push(7)");
    assert.equal(closure, "3");
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "3");
  });

  it("shows the variables of a function before all of them are declared", async () => {
    await debug.start();
    const code = `function sum(a: number): number {
  const first = a + 1;
  const later = first + 1;
  return later;
}
sum(1)`;
    await debug.breakAt(code, 3);
    const id = client.startExecution(code);
    await debug.stopped();
    const locals = await debug.scope("Locals");
    assert.deepEqual([locals["a"], locals["first"], locals["later"]], ["1", "2", "undefined"]);
    await debug.ask("continue");
    assert.equal((await client.finish(id)).result, "3");
  });

  it("shows a variable as a notebook does, and gives a local one to the notebook", async () => {
    await debug.start();
    const code = `function draw(): number {
  const table = [{ a: 1 }, { a: 2 }];
  return table.length;
}
draw()`;
    await debug.breakAt(code, 3);
    const id = client.startExecution(code);
    await debug.stopped();
    const rich = await debug.ask<{ data: Record<string, string> }>("richInspectVariables", {
      variableName: "table",
      frameId: await debug.frameId(),
    });
    assert.match(rich.data["text/html"]!, /<table/);
    await debug.ask("copyToGlobals", {
      srcVariableName: "table",
      dstVariableName: "kept",
      srcFrameId: await debug.frameId(),
    });
    assert.match((await debug.scope("Globals"))["kept"]!, /a: 1/);
    await debug.ask("continue");
    await client.finish(id);
    const { result, stderr } = await client.execute("kept.length");
    assert.deepEqual([result, stderr], ["2", ""]);
    const global = await debug.ask<{ data: Record<string, string> }>("richInspectVariables", {
      variableName: "kept",
    });
    assert.match(global.data["text/html"]!, /<table/);
    assert.equal(
      (await debug.send("richInspectVariables", { variableName: "a b" }))["success"],
      false,
    );
  });

  it("says what is wrong with a request, and lives", async () => {
    assert.equal((await debug.send("setBreakpoints"))["success"], false);
    await debug.start();
    const { success, message } = await debug.send("fly");
    assert.deepEqual([success, message], [false, "fly is not supported"]);
    assert.equal((await debug.send("next"))["message"], "the code is not stopped");
    assert.deepEqual((await debug.send("variables", { variablesReference: 999 }))["body"], {
      variables: [],
    });
    assert.equal(
      (await debug.send("source", { source: { path: "/no/such/file" } }))["message"],
      "source unavailable",
    );
    assert.equal((await client.execute("1 + 1")).result, "2");
  });

  it("stops in what a widget's message calls, and what comes after is handled", async () => {
    const code = `const host = globalThis[Symbol.for('counterlab.commHost')];
const comm = host.open("test.target", {}, { commId: "c1" });
let moves = 0;
comm.onMessage(() => {
  moves += 1;
});`;
    await debug.start();
    await debug.breakAt(code, 5);
    await client.execute(code);
    const first = client.send("shell", "comm_msg", { comm_id: "c1", data: {} });
    const second = client.send("shell", "comm_msg", { comm_id: "c1", data: {} });
    await debug.stopped();
    assert.equal(await debug.stack(), "(anonymous):5");
    await debug.ask("continue");
    await debug.stopped();
    await debug.breakAt(code);
    await debug.ask("continue");
    for (const id of [first, second]) {
      await client.next((m) => m.parentId === id && m.content["execution_state"] === "idle");
    }
    assert.equal((await client.execute("moves")).result, "2");
  });

  it("handles what a widget sent during a stop when the code runs on", async () => {
    await client.execute(`const host = globalThis[Symbol.for('counterlab.commHost')];
let moved = 0;
const comm = host.open("test.target", {}, { commId: "c1" });
comm.onMessage(({ data }) => { moved = data.to; });`);
    await debug.start();
    const code = "const shown = 1;\nshown;";
    await debug.breakAt(code, 2);
    const id = client.startExecution(code);
    await debug.stopped();
    const comm = client.send("shell", "comm_msg", { comm_id: "c1", data: { to: 7 } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await debug.ask("continue");
    await client.finish(id);
    await client.next((m) => m.parentId === comm && m.content["execution_state"] === "idle");
    assert.equal((await client.execute("moved")).result, "7");
  });
});
