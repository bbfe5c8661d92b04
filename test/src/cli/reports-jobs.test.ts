import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readByJobs } from "#src/cli/reports-jobs.ts";
import { JobError, type JobQueue } from "#src/io/index.ts";

async function* reports(count: number) {
  for (let at = 0; at < count; at++) yield { report: `r${at}`, text: "FINDINGS: No effusion." };
}

describe("reports read by others", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-reports-jobs-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const readBy = async (run: JobQueue["run"]) => {
    let err = "";
    const io = { out: { write: () => undefined }, err: { write: (text: string) => (err += text) } };
    const queue: JobQueue = {
      ...{ window: 4, run, forget: () => Promise.resolve(), close: () => Promise.resolve() },
    };
    return { ...(await readByJobs(reports(250), { queue, folder, io })), err };
  };
  const reportsOf = (input: unknown) => (input as { reports: { report: string }[] }).reports;

  it("stand in their own order, whoever is done first; one that breaks the rules is named", async () => {
    const { readings, unreadable, err } = await readBy(async ({ input }) => {
      const some = reportsOf(input);
      // The first job is done last.
      await new Promise((resolve) => setTimeout(resolve, some[0]!.report === "r0" ? 50 : 0));
      return {
        readings: some
          .filter(({ report }) => report !== "r120")
          .map(({ report }) => ({ report, findings: [] })),
        failures: some
          .filter(({ report }) => report === "r120")
          .map(({ report }) => ({ report, message: "RangeError: too deep" })),
      };
    });
    const names = Array.from({ length: 250 }, (_, at) => `r${at}`).filter(
      (name) => name !== "r120",
    );
    assert.deepEqual(
      readings?.map(({ report }) => report),
      names,
    );
    assert.deepEqual(unreadable, [{ report: "r120", message: "RangeError: too deep" }]);
    assert.equal(err, "could not read r120: RangeError: too deep\n");
  });

  it("are not written where a job failed, which is named once, and the others' are kept", async () => {
    const asked: string[] = [];
    const run = async ({ name, input }: { name: string; input: unknown }) => {
      asked.push(name);
      if (name.startsWith("reports 101 to 200")) throw new JobError(`${name}: it broke`);
      return {
        readings: reportsOf(input).map(({ report }) => ({ report, findings: [] })),
        failures: [],
      };
    };
    const { readings, jobs, err } = await readBy(run);
    assert.equal(readings, undefined);
    assert.equal(err.match(/it broke/g)?.length, 1);
    assert.match(
      err,
      /^failed: reports 101 to 200 \(r100 to r199\): it broke\n1 of 3 jobs failed; nothing is written/,
    );
    assert.equal(jobs.failed.length, 1);
    asked.length = 0;
    assert.equal((await readBy(run)).jobs.kept, 2);
    assert.deepEqual(asked, ["reports 101 to 200 (r100 to r199)"]);
  });

  it("are refused where what comes back is no reading", async () => {
    await assert.rejects(
      readBy(async () => ({ readings: "none" })),
      /readings/,
    );
  });
});
