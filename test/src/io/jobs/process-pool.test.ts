import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { createJob, openJobStore, runJobs } from "#src/io/index.ts";
import { processIdentity } from "#src/io/process-identity.ts";
import { until } from "../../../support/until.ts";
import { finish, openJobBench, type JobBench } from "./support.ts";

describe("jobs over a pool of processes", function () {
  this.timeout(60_000);
  let bench: JobBench;

  beforeEach(async () => {
    bench = await openJobBench();
  });
  afterEach(() => bench.close());

  it("are named by what is done, not by what it is called", () => {
    const work = { task: "double", code: "1", name: "a", input: { value: 1 } };
    assert.equal(createJob(work).id, createJob({ ...work, name: "b" }).id);
    for (const other of [{ task: "fail" }, { code: "2" }, { input: { value: 2 } }]) {
      assert.notEqual(createJob({ ...work, ...other }).id, createJob(work).id);
    }
  });

  it("are done by several processes, and equal ones once", async () => {
    const queue = bench.pool();
    const jobs = [1, 2, 3, 3, 4, 5].map((value) => bench.job("double", value, 300));
    const pids = new Set<unknown>();
    for await (const outcome of runJobs(jobs, { queue })) {
      if ("output" in outcome) pids.add((outcome.output as { pid: number }).pid);
    }
    assert.equal(pids.size, 2);
    assert.ok(!pids.has(process.pid));
    assert.equal(await bench.begun(3), 1);
    await queue.close();
  });

  it("are done again where a process was killed, and fail by name where each is", async () => {
    const notices: string[] = [];
    const queue = bench.pool({ onNotice: (message) => notices.push(message) });
    const jobs = [
      ...[bench.job("die", 1), bench.job("dieOnce", 2), bench.job("fullDiskOnce", 3)],
      ...[4, 5, 6, 7, 8].map((value) => bench.job("double", value)),
    ];
    const { values, failures } = await finish(jobs, { queue });
    assert.deepEqual(values, [undefined, 4, 6, 8, 10, 12, 14, 16]);
    assert.equal(failures.length, 1);
    assert.match(failures[0]!, /^input 1: given up after 3 attempts: .* was ended by SIGKILL\.$/);
    assert.equal(await bench.begun(1), 3);
    assert.ok(
      notices.some((line) => /^input 2: .* was ended by SIGKILL; attempt 2 of 3/.test(line)),
    );
    assert.ok(notices.includes("input 3: the disk is full; attempt 2 of 3"));
    await queue.close();
  });

  it("are tried once where they fail by themselves, and do not hold up the rest", async () => {
    const queue = bench.pool();
    const jobs = [bench.job("fail", 1), bench.job("refuse", 2), bench.job("double", 3)];
    const { values, failures } = await finish(jobs, { queue });
    assert.deepEqual(values, [undefined, undefined, 6]);
    assert.deepEqual(failures.sort(), [
      "input 1: the input makes no sense",
      "input 2: the folder /models/none is not here.",
    ]);
    assert.equal(await bench.begun(1), 1);
    await queue.close();
  });

  it("of another version of the code are refused by name", async () => {
    const queue = bench.pool();
    const job = { ...bench.job("double", 1), code: "0.0.1-abc" };
    const { failures } = await finish([job], { queue });
    assert.match(
      failures[0]!,
      /^input 1: the job is for Counterlab 0\.0\.1-abc, this worker is 0\.1/,
    );
    assert.equal(await bench.begun(1), 0);
    await queue.close();
  });

  it("that are done are kept on disk and not done again; a damaged result is", async () => {
    const store = openJobStore(path.join(bench.folder, "kept"));
    const queue = bench.pool();
    const jobs = [1, 2, 3, 4].map((value) => bench.job("double", value));
    await finish(jobs.slice(0, 3), { queue, store });
    await writeFile(path.join(bench.folder, "kept", `${jobs[1]!.id}.json`), '{"output": {"val');
    const { values, kept } = await finish(jobs, { queue, store });
    assert.deepEqual(values, [2, 4, 6, 8]);
    assert.equal(kept, 2);
    assert.deepEqual(
      await Promise.all([1, 2, 3, 4].map((value) => bench.begun(value))),
      [1, 2, 1, 1],
    );
    await store.clear();
    assert.equal((await finish(jobs.slice(0, 1), { queue, store })).kept, 0);
    await queue.close();
  });

  it("end with the loop over them, and their processes with the pool", async () => {
    const queue = bench.pool();
    let pid = 0;
    for await (const outcome of runJobs([bench.job("double", 1), bench.job("double", 2, 60_000)], {
      queue,
    })) {
      if ("output" in outcome) pid = (outcome.output as { pid: number }).pid;
      break;
    }
    assert.notEqual(processIdentity(pid), undefined);
    await queue.close();
    await until(() => processIdentity(pid) === undefined);
  });
});
