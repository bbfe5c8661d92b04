import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  createRunFolder,
  openRunFolder,
  RUN_VERSION,
  type RunDescription,
  type RunFolder,
} from "#src/io/index.ts";

const description: RunDescription = {
  format: "counterlab-run",
  version: RUN_VERSION,
  kind: "autoencoder",
  seed: 3,
  totalSteps: 10,
  settings: { groups: 4 },
  vocabulary: ["Effusion", "No Finding"],
  data: { name: "phantom", fingerprint: "abc", origin: { source: "phantom" } },
  versions: { node: "20" },
};

describe("a run folder", () => {
  let folder: string;
  let run: RunFolder;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-run-"));
    run = await createRunFolder(folder, description);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const checkpoint = (step: number) => ({
    step,
    tensors: { "averages.kernel": { data: Float32Array.of(step, 0.5), shape: [1, 2] } },
  });

  it("is opened as it was created", async () => {
    assert.deepEqual((await openRunFolder(folder)).description, description);
  });

  it("keeps the two newest checkpoints and gives back the newest", async () => {
    assert.equal(await run.latestCheckpoint(), undefined);
    for (const step of [2, 4, 10]) await run.saveCheckpoint(checkpoint(step));
    assert.deepEqual(await readdir(path.join(folder, "checkpoints")), [
      "step-000004.safetensors",
      "step-000010.safetensors",
    ]);
    assert.deepEqual(await run.latestCheckpoint(), checkpoint(10));
  });

  it("drops metrics after a step, and a last line that a kill cut short", async () => {
    for (const step of [1, 2, 3]) await run.appendMetrics({ step, loss: 1 / step });
    await appendFile(path.join(folder, "metrics.jsonl"), '{"step":4,"lo');
    await run.rewindMetrics(2);
    assert.deepEqual(await run.readMetrics(), [
      { step: 1, loss: 1 },
      { step: 2, loss: 0.5 },
    ]);
    assert.equal((await readFile(path.join(folder, "metrics.jsonl"), "utf8")).at(-1), "\n");
  });

  it("skips lines that a power cut damaged, and a checkpoint that cannot be read", async () => {
    await writeFile(path.join(folder, "metrics.jsonl"), '{"step":1}\n\0\0\0\n{"step":3}\n');
    assert.deepEqual(await run.readMetrics(), [{ step: 1 }, { step: 3 }]);
    for (const step of [2, 4]) await run.saveCheckpoint(checkpoint(step));
    const newest = path.join(folder, "checkpoints/step-000004.safetensors");
    await writeFile(newest, (await readFile(newest)).subarray(0, 20));
    assert.equal((await run.latestCheckpoint())!.step, 2);
    await rm(path.join(folder, "checkpoints/step-000002.safetensors"));
    await assert.rejects(run.latestCheckpoint(), /No checkpoint in .* can be read/);
  });

  it("says that it was deleted meanwhile, and does not come back as a ruin", async () => {
    await rm(folder, { recursive: true });
    await assert.rejects(run.appendMetrics({ step: 1 }), /was deleted while it was being trained/);
    await assert.rejects(run.saveCheckpoint(checkpoint(1)), /was deleted while/);
    await assert.rejects(readdir(folder), /ENOENT/);
  });

  it("keeps the learning rates that were set on the way, in their order", async () => {
    assert.deepEqual(await run.readLearningRates(), []);
    const changes = [
      { step: 9, learningRate: 0.001 },
      { step: 4, learningRate: 0.0005 },
    ];
    for (const change of changes) await run.appendLearningRate(change);
    assert.deepEqual(await run.readLearningRates(), changes);
  });

  it("is not created where something else lies", async () => {
    await rm(path.join(folder, "run.json"));
    await assert.rejects(createRunFolder(folder, description), /not empty and holds no run.*--out/);
  });

  it("says what is wrong with a run that it cannot read", async () => {
    const file = path.join(folder, "run.json");
    await writeFile(file, "{");
    await assert.rejects(openRunFolder(folder), /is not JSON/);
    await writeFile(file, JSON.stringify({ ...description, version: 7 }));
    await assert.rejects(openRunFolder(folder), /version 7; this Counterlab reads version 1/);
    await writeFile(file, JSON.stringify({ ...description, seed: "three" }));
    await assert.rejects(openRunFolder(folder), /seed/);
  });
});
