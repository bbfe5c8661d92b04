import assert from "node:assert/strict";
import { appendFile, chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { HistoryFiles, type HistoryFilesOptions } from "#kernel-ext/supervisor/history-files.ts";
import { History } from "#kernel-ext/supervisor/history.ts";

const refuse = (line: string): never => {
  throw new Error(line);
};

describe("history on disk", () => {
  let dir: string;
  beforeEach(async () => {
    dir = path.join(await mkdtemp(path.join(tmpdir(), "counterlab-history-")), "deep/history");
  });
  afterEach(() => rm(path.dirname(path.dirname(dir)), { recursive: true }));

  const open = (options: Partial<HistoryFilesOptions> = {}): History =>
    new History({ files: new HistoryFiles({ dir, log: refuse, ...options }) });
  const record = async (inputs: readonly string[], options?: Partial<HistoryFilesOptions>) => {
    const history = open(options);
    for (const [index, input] of inputs.entries()) history.add(index + 1, input);
    await history.flush();
    return history;
  };

  it("finds earlier sessions by tail, search and range, with their numbers", async () => {
    await record(["a = 1", "b = 2"]);
    const history = await record(["a = 3"]);
    assert.deepEqual(await history.find({ n: 2 }), [
      [1, 2, "b = 2"],
      [2, 1, "a = 3"],
    ]);
    assert.deepEqual(await history.find({ hist_access_type: "search", pattern: "a*" }), [
      [1, 1, "a = 1"],
      [2, 1, "a = 3"],
    ]);
    const range = { hist_access_type: "range", start: 2 } as const;
    assert.deepEqual(await history.find({ ...range, session: -1 }), [[1, 2, "b = 2"]]);
    assert.deepEqual(await history.find({ ...range, session: 1 }), [[1, 2, "b = 2"]]);
    assert.deepEqual(await history.find({ ...range, session: 0, start: 1 }), [[2, 1, "a = 3"]]);
    assert.deepEqual(await history.find({ ...range, session: 9 }), []);
  });

  it("gives each input once with unique, its newest", async () => {
    await record(["x", "y"]);
    const history = await record(["x"]);
    const found = await history.find({ hist_access_type: "search", pattern: "*", unique: true });
    assert.deepEqual(found, [
      [1, 2, "y"],
      [2, 1, "x"],
    ]);
  });

  it("is readable by its owner alone", async function () {
    if (process.platform === "win32") this.skip();
    await record(["secret"]);
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
    assert.equal((await stat(path.join(dir, "1.jsonl"))).mode & 0o777, 0o600);
  });

  it("gives kernels that start at once a number each", async () => {
    const sessions = Array.from({ length: 8 }, () => new HistoryFiles({ dir, log: refuse }));
    const numbers = await Promise.all(sessions.map((files) => files.session()));
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
  });

  it("forgets the oldest sessions when there are too many, or they are too large", async () => {
    for (const input of ["1", "2", "3", "4"]) await record([input], { maxSessions: 3 });
    assert.deepEqual((await readdir(dir)).sort(), ["2.jsonl", "3.jsonl", "4.jsonl"]);
    await record(["x".repeat(200)]);
    await record(["last"], { maxBytes: 100 });
    assert.deepEqual(await readdir(dir), ["6.jsonl"]);
  });

  it("writes neither huge inputs nor endless sessions, but remembers them itself", async () => {
    const inputs = ["x".repeat(100), "short", "more", "and more"];
    const history = await record(inputs, { maxInputBytes: 99, maxSessionBytes: 60 });
    assert.deepEqual(
      (await history.find({ n: 4 })).map(([, , input]) => input),
      inputs,
    );
    const next = open();
    assert.deepEqual(
      (await next.find({ n: 9 })).map(([, , input]) => input),
      ["short", "more"],
    );
  });

  it("skips what is broken", async () => {
    await record(["good"]);
    await appendFile(path.join(dir, "1.jsonl"), '{"line":2,"inp');
    await writeFile(path.join(dir, "notes.txt"), "not ours");
    assert.deepEqual(await open().find({}), [[1, 1, "good"]]);
  });

  it("does without a disk, and says so once", async function () {
    if (process.platform === "win32" || process.getuid?.() === 0) {
      // Nothing is read-only for root: a file where the folder should be does it too.
      await writeFile(path.dirname(path.dirname(dir)) + "/deep", "");
    } else {
      await chmod(path.dirname(path.dirname(dir)), 0o500);
    }
    const logged: string[] = [];
    const history = await record(["kept in memory"], { log: (line) => logged.push(line) });
    assert.deepEqual(await history.find({}), [[1, 1, "kept in memory"]]);
    assert.match(logged[0]!, /history is not kept/);
    await chmod(path.dirname(path.dirname(dir)), 0o700);
  });
});
