import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { openRunFolder } from "#src/io/index.ts";
import {
  attachTraining,
  createTrainer,
  type TrainerOptions,
  type Training,
} from "#src/pipelines/index.ts";
import {
  killAndResume,
  newestCheckpoint,
  smallTraining,
  trainingPid,
} from "../../support/kill-training.ts";
import { until } from "../../support/until.ts";

const run = promisify(execFile);
const isLinux = process.platform === "linux";

describe("training in a process of its own", function () {
  this.timeout(300_000);
  let folder: string;
  let options: TrainerOptions;
  const started: Training[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-trainer-"));
    options = await smallTraining({ out: path.join(folder, "whole") });
  });
  after(async () => {
    for (const training of started) await training.stop({ force: true });
    await rm(folder, { recursive: true, force: true });
  });

  const start = (name: string, changes: Partial<TrainerOptions> = {}): Training => {
    const out = path.join(folder, name);
    const training = createTrainer({ ...options, ...changes, out }).start();
    started.push(training);
    return training;
  };
  const shown = (training: Training): Record<string, string> =>
    (training[Symbol.for("Jupyter.display") as never] as () => Record<string, string>)();

  it("returns at once, gives each step, and shows how it stands", async () => {
    const beganMs = performance.now();
    const training = start("whole");
    assert.ok(performance.now() - beganMs < 500);
    assert.match(shown(training)["text/plain"]!, /^starting/);
    const steps: number[] = [];
    for await (const { step, loss, losses } of training) {
      assert.ok(Number.isFinite(loss) && Number.isFinite(losses["noop"]));
      steps.push(step);
    }
    assert.deepEqual(
      steps,
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    assert.equal((await training.finished).phase, "finished");
    const { "text/plain": words, "text/html": html } = shown(training);
    assert.match(words!, /^finished · step 40\/40 · loss .* films\/s$/);
    assert.match(html!, /<progress value="40" max="40"/);
  });

  it("is killed at any moment and goes on to the very bits of an uninterrupted run", async () => {
    const expected = await newestCheckpoint(path.join(folder, "whole"));
    for (const [index, delayMs] of [0, 400].entries()) {
      const out = path.join(folder, `killed-${index}`);
      const killed = await killAndResume({ ...options, out }, { delayMs });
      assert.ok(killed !== undefined && killed.killedAtStep < 40, "the kill came too late");
      assert.match(
        killed.message,
        /broke off after step \d+\. The training process was ended by SIGKILL/,
      );
      assert.ok(expected.equals(await newestCheckpoint(out)));
      const steps = (await (await openRunFolder(out)).readMetrics()).map(({ step }) => step);
      assert.deepEqual(
        steps,
        Array.from({ length: 40 }, (_, at) => at + 1),
      );
    }
  });

  it("is steered from anywhere: pause, learning rate, sample, resume, stop", async () => {
    const training = start("steered", { totalSteps: 5000, checkpointEverySteps: 1000 });
    const out = path.join(folder, "steered");
    await training.pause();
    const { step } = training.status;
    assert.equal(training.status.phase, "paused");
    // What the pause saved: the machine may be switched off.
    assert.equal((await (await openRunFolder(out)).latestCheckpoint())!.step, step);

    const elsewhere = attachTraining(out);
    await elsewhere.setLearningRate(0.0005);
    await assert.rejects(elsewhere.setLearningRate(-1), /-1 is no learning rate/);
    const sample = await elsewhere.sample();
    assert.equal(sample.step, step);
    assert.equal(Buffer.from(sample.png.subarray(1, 4)).toString(), "PNG");
    await elsewhere.resume();
    await until(() => training.status.step > step + 2, 60_000);
    assert.equal(training.status.learningRate, 0.0005);
    assert.deepEqual(await (await openRunFolder(out)).readLearningRates(), [
      { step, learningRate: 0.0005 },
    ]);

    await elsewhere.stop();
    const { phase, step: stoppedAt } = await training.finished;
    assert.equal(phase, "stopped");
    assert.equal((await (await openRunFolder(out)).latestCheckpoint())!.step, stoppedAt);
    await assert.rejects(elsewhere.pause(), /is not being trained \(stopped\).*resume\(\)/);

    await elsewhere.resume();
    await until(() => elsewhere.status.step > stoppedAt, 60_000);
    assert.equal(elsewhere.status.learningRate, 0.0005);
    await elsewhere.stop();
  });

  it("trains the diffusion models after the autoencoder where that is asked, and pauses and stops them", async () => {
    const changes = { totalSteps: 2, diffusion: { pathology: 400, identity: 2 } };
    const training = start("both", changes);
    const isAt = (phase: string) => training.status.phase === phase;
    await until(() => training.status.message.startsWith("pathology diffusion step"), 120_000);
    assert.match(shown(training)["text/plain"]!, /^running: pathology diffusion step /);
    await assert.rejects(training.sample(), /diffusion models know only pause and stop/);
    await training.pause();
    await until(() => isAt("paused"), 60_000);
    await training.resume();
    await until(() => isAt("running"), 60_000);
    await training.stop();
    assert.equal((await training.finished).phase, "stopped");
    const metricsOf = async (stream: string) =>
      (await openRunFolder(path.join(folder, "both", `diffusion-${stream}`))).readMetrics();
    assert.ok((await metricsOf("pathology")).length < 400);
    assert.equal((await start("both", changes).finished).phase, "finished");
    const steps = (await metricsOf("pathology")).map(({ step }) => step);
    assert.deepEqual(
      steps,
      Array.from({ length: 400 }, (_, at) => at + 1),
    );
    assert.equal((await metricsOf("identity")).length, 2);
    assert.throws(
      () => createTrainer({ ...options, diffusion: { pathology: 0, identity: 1 } }),
      /diffusion.pathology is 0/,
    );
  });

  it("is only watched when it is started twice, and cannot be trained here meanwhile", async () => {
    const first = start("twice", { totalSteps: 5000 });
    const out = path.join(folder, "twice");
    const pid = await trainingPid(out);
    const second = start("twice", { totalSteps: 5000 });
    await until(() => second.status.step > 1, 60_000);
    assert.equal(await trainingPid(out), pid);
    assert.match(
      await failure(start("twice", { totalSteps: 7 })),
      /holds another run: its totalSteps/,
    );
    // Private to the user: who can write there steers the training.
    if (process.platform !== "win32") {
      assert.equal((await stat(path.join(out, "control"))).mode & 0o777, 0o700);
    }
    await second.stop();
    assert.equal((await first.finished).phase, "stopped");
  });

  it("gets no keys, steps back for others, and can say that the disk is full", async function () {
    if (!isLinux) this.skip();
    process.env["OPENAI_API_KEY"] = "sk-secret";
    const training = start("clean", { totalSteps: 5000, niceness: 3 });
    const out = path.join(folder, "clean");
    try {
      const pid = await trainingPid(out);
      const environment = await readFile(`/proc/${pid}/environ`, "utf8");
      assert.match(environment, /PATH=/);
      assert.doesNotMatch(environment, /secret/);
      await until(() => training.status.step > 1, 60_000);
      const { stdout } = await run("ps", ["-L", "-o", "ni=", "-p", String(pid)]);
      const niceness = stdout.trim().split("\n").map(Number);
      // The main thread and the one that computes.
      assert.ok(niceness.filter((value) => value === 3).length >= 2, stdout);
    } finally {
      delete process.env["OPENAI_API_KEY"];
    }
    // Whatever is written there meets a full disk.
    await symlink("/dev/full", path.join(out, "full"));
    await rename(path.join(out, "full"), path.join(out, "metrics.jsonl"));
    const message = await failure(training);
    assert.match(message, /failed after step \d+\. Cannot write .*the disk is full\. Free some/);
    assert.match(shown(training)["text/plain"]!, /^failed: .*the disk is full/);
  });

  it("goes on when a loop over its steps is left, and stops with its starter where that is asked", async () => {
    const out = path.join(folder, "child");
    const file = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const script = `
      import { createTrainer } from ${file("../../../src/pipelines/index.ts")};
      import { smallTraining } from ${file("../../support/kill-training.ts")};
      const options = { out: ${JSON.stringify(out)}, totalSteps: 5000, endsWithKernel: true };
      for await (const { step } of createTrainer(await smallTraining(options)).start()) break;
      process.exit();`;
    const child = ["--import", "tsx", "--input-type=module", "--eval", script];
    const { stdout } = await run(process.execPath, child);
    assert.match(
      stdout,
      /The training goes on in its own process; `await training\.stop\(\)` ends it/,
    );
    const { phase, step } = await attachTraining(out).finished;
    assert.equal(phase, "stopped");
    assert.equal((await (await openRunFolder(out)).latestCheckpoint())!.step, step);
  });

  it("says why it ended when its folder is deleted, and leaves no ruin", async () => {
    const training = start("deleted", { totalSteps: 5000 });
    const out = path.join(folder, "deleted");
    await until(() => training.status.step > 1, 60_000);
    await rm(out, { recursive: true, maxRetries: 10 });
    assert.match(await failure(training), /was deleted while it was being trained/);
    await assert.rejects(stat(out), /ENOENT/);
  });

  it("says what is wrong with a folder, and with films that are not the same any more", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    assert.match(await failure(start("file")), /is a file/);
    assert.match(await failure(attachTraining(path.join(folder, "nowhere"))), /holds no run/);
    if (process.getuid?.() !== 0) {
      const locked = path.join(folder, "locked");
      await chmod(folder, 0o500);
      assert.match(await failure(start("locked")), /no permission/);
      await chmod(folder, 0o700);
      await rm(locked, { recursive: true, force: true });
    }
    const { data } = options;
    const others = { ...data.train, fingerprint: "other" };
    const wrong = start("wrong", { data: { ...data, train: others } });
    assert.match(await failure(wrong), /films in phantom are not those/);
  });
});

async function failure(training: Training): Promise<string> {
  return training.finished.then(
    () => assert.fail("it did not fail"),
    (error: unknown) => (error as Error).message,
  );
}
