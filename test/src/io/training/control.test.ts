import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  openTrainingDesk,
  openTrainingLine,
  tailMetrics,
  type TrainingDesk,
  type TrainingStatus,
} from "#src/io/index.ts";
import { lockFile, lockHolder } from "#src/io/lock-file.ts";
import { processIdentity } from "#src/io/process-identity.ts";
import { until } from "../../../support/until.ts";

const first: TrainingStatus = {
  ...{ phase: "starting", step: 0, totalSteps: 10, losses: {}, loss: null, filmsPerSecond: null },
  ...{ etaSeconds: null, learningRate: 0.002, message: "" },
};

describe("the control folder of a run", () => {
  let run: string;

  beforeEach(async () => {
    run = await mkdtemp(path.join(tmpdir(), "counterlab-control-"));
  });
  afterEach(() => rm(run, { recursive: true, force: true }));

  const serve = async (desk: TrainingDesk, count: number): Promise<string[]> => {
    const kinds: string[] = [];
    while (kinds.length < count) {
      await desk.wait();
      for (const { request, answer } of desk.take()) {
        kinds.push(request.kind);
        if (request.kind === "sample") await answer({ step: 4, error: "no films" });
        else await answer({ step: 4 });
      }
    }
    return kinds;
  };

  it("carries requests to the training and its answers back, in any number at once", async () => {
    const desk = await openTrainingDesk(run, first);
    const line = openTrainingLine(run);
    const serving = serve(desk, 12);
    const asked = Array.from({ length: 10 }, (_, index) =>
      line.request({ kind: "setLearningRate", learningRate: (index + 1) / 1000 }),
    );
    const sample = assert.rejects(line.request({ kind: "sample" }), /no films/);
    assert.deepEqual(await line.request({ kind: "pause" }), { step: 4 });
    assert.equal((await Promise.all(asked)).length, 10);
    await sample;
    assert.equal((await serving).length, 12);
    assert.deepEqual(await readdir(path.join(run, "control/requests")), []);
    assert.deepEqual(await readdir(path.join(run, "control/replies")), []);
    await desk.close({ phase: "finished" });
  });

  it("answers what is left when the training ends, and nothing hangs after it", async () => {
    const desk = await openTrainingDesk(run, first);
    const line = openTrainingLine(run);
    const late = assert.rejects(line.request({ kind: "sample" }), /has ended \(failed\)\. No room/);
    const stopping = line.request({ kind: "stop" });
    await until(() => desk.signal.aborted);
    await desk.close({ phase: "failed", message: "No room." });
    await late;
    assert.deepEqual(await stopping, { step: 0 });
    assert.equal(await line.request({ kind: "pause" }), undefined);
    assert.equal((await line.status())?.phase, "failed");
  });

  it("lets one training at a time in, and is private", async () => {
    const desk = await openTrainingDesk(run, first);
    await assert.rejects(openTrainingDesk(run, first), /is being trained by process \d+/);
    if (process.platform !== "win32") {
      assert.equal((await stat(path.join(run, "control"))).mode & 0o777, 0o700);
      assert.equal((await stat(path.join(run, "control/status.json"))).mode & 0o777, 0o600);
    }
    await desk.close({ phase: "stopped" });
    await (await openTrainingDesk(run, first)).close({});
  });

  it("keeps the status one size, however long the message", async () => {
    const desk = await openTrainingDesk(run, first);
    const line = openTrainingLine(run);
    for (const message of ["a", "ü".repeat(5000), "b"]) {
      desk.tell({ phase: desk.status.phase === "running" ? "paused" : "running", message });
      assert.equal((await stat(path.join(run, "control/status.json"))).size, 4096);
      assert.equal((await line.status())?.message, message.slice(0, 900));
    }
    await desk.close({});
  });

  it("refuses what is no request, and goes on", async () => {
    const desk = await openTrainingDesk(run, first);
    await writeFile(path.join(run, "control/requests/zz.json"), '{"kind":"format"}');
    const reply = path.join(run, "control/replies/zz.json");
    while ((await stat(reply).catch(() => undefined)) === undefined) await pause(20);
    assert.match(await readFile(reply, "utf8"), /no request/);
    assert.deepEqual(desk.take(), []);
    await desk.close({});
  });

  it("tells a training that is gone without a word from one that ended", async () => {
    const desk = await openTrainingDesk(run, first);
    const lock = path.join(run, "control/lock");
    const held = await readFile(lock, "utf8");
    desk.tell({ phase: "running" });
    await rm(lock);
    const line = openTrainingLine(run, () => "was ended by SIGKILL");
    const status = await line.status();
    assert.equal(status?.phase, "interrupted");
    assert.match(status.message, /was ended by SIGKILL without a word: somebody killed it/);
    await writeFile(
      path.join(run, "control/log.txt"),
      "\nTypeError: no\n    at /secret/place.ts:3\n",
    );
    assert.match((await line.status())!.message, /SIGKILL: TypeError: no \(more in/);
    assert.doesNotMatch((await line.status())!.message, /secret/);
    await writeFile(lock, held);
    await desk.close({});
  });

  it("reads metrics while they are written, and anew when a continued run rewrote them", async () => {
    const file = path.join(run, "metrics.jsonl");
    const tail = tailMetrics(run);
    assert.deepEqual(await tail.read(), { isNew: false, rows: [] });
    await appendFile(file, '{"step":1}\n{"step":2}\n{"st');
    assert.deepEqual(await tail.read(), { isNew: true, rows: [{ step: 1 }, { step: 2 }] });
    await appendFile(file, 'ep":3}\n');
    assert.deepEqual(await tail.read(), { isNew: false, rows: [{ step: 3 }] });
    await rm(file);
    await writeFile(`${file}.new`, '{"step":1}\n');
    await writeFile(file, await readFile(`${file}.new`));
    assert.deepEqual(await tail.read(), { isNew: true, rows: [{ step: 1 }] });
  });
});

describe("a lock of a dead process", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-lock-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is taken over although its number is a living process's by now", async function () {
    if (process.platform !== "linux") this.skip();
    const lock = path.join(folder, "lock");
    const [, boot] = processIdentity(process.pid)!.split(" ");
    // This very number, but started at another time; then in another boot.
    for (const identity of [`${process.pid} ${boot} 1`, `${process.pid} another-boot 7`]) {
      await writeFile(lock, identity);
      assert.equal(await lockHolder(lock), undefined);
      const unlock = await lockFile(lock);
      assert.ok(unlock);
      assert.equal(await lockHolder(lock), process.pid);
      await unlock();
    }
  });

  it("does not count as held by a process that has ended and is not collected yet", async function () {
    if (process.platform !== "linux") this.skip();
    // The shell leaves its child uncollected while it sleeps.
    const shell = spawn("sh", ["-c", "true & echo $!; exec sleep 5"]);
    const [line] = (await once(shell.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    while (!(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z")).includes(") Z")) {
      await pause(10);
    }
    assert.equal(processIdentity(pid), undefined);
    shell.kill("SIGKILL");
    await once(shell, "close");
  });
});

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
