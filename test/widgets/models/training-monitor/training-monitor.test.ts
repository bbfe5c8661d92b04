import assert from "node:assert/strict";
import sharp from "sharp";
import { jupyterDisplayKey, TrainingMonitor, type MimeBundle } from "#widgets/models/index.ts";
import {
  averagedCurve,
  logPlace,
  logRange,
  logTicks,
} from "#widgets/models/training-monitor/training-curve.ts";
import { curveRows } from "#widgets/models/training-monitor/training-monitor-protocol.ts";
import { fakeCommHost, type FakeCommHost } from "../../../support/fake-comm-host.ts";
import { fakePlatform, type FakePlatform } from "../../../support/fake-platform.ts";
import { fakeTraining, type FakeTraining } from "../../../support/fake-training.ts";

describe("TrainingMonitor, kernel side", () => {
  let training: FakeTraining;
  let host: FakeCommHost;
  let platform: FakePlatform;
  let monitor: TrainingMonitor;

  beforeEach(() => {
    training = fakeTraining(Uint8Array.of(1, 2, 3));
    host = fakeCommHost();
    platform = fakePlatform();
    monitor = new TrainingMonitor(training, { commHost: host, displayHost: undefined, platform });
  });

  const show = (): MimeBundle =>
    (monitor as unknown as Record<symbol, () => MimeBundle>)[jupyterDisplayKey]!();
  const ask = async (content: object): Promise<void> => {
    host.deliver(monitor.modelId, { method: "custom", content });
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const updates = (): Record<string, unknown>[] =>
    host.sent
      .filter(({ commId, kind }) => commId === monitor.modelId && kind === "message")
      .map(({ data }) => (data as { state: Record<string, unknown> }).state);

  it("follows the training, at most a few times a second", () => {
    show();
    for (let step = 1; step <= 200; step++) training.advance(step);
    assert.deepEqual(updates(), []);
    platform.pass(1000);
    assert.equal(updates().length, 1);
    assert.deepEqual([monitor.state.phase, monitor.state.step], ["running", 200]);
    assert.equal(curveRows(monitor.state.curve).length, 200);
  });

  it("does what a view asks and says at once that it was asked", async () => {
    show();
    training.advance(10);
    let asked = "";
    training.onAsk = () => {
      asked = monitor.state.asked;
    };
    for (const type of ["pause", "resume", "sample", "stop"]) {
      await ask({ type });
      assert.equal(asked, type);
      assert.equal(monitor.state.asked, "");
    }
    await ask({ type: "setLearningRate", learningRate: 0.0003 });
    assert.deepEqual(training.asked, ["pause", "resume", "sample", "stop", "rate 0.0003"]);
    assert.deepEqual([monitor.state.phase, monitor.state.learningRate], ["stopped", 0.0003]);
    assert.deepEqual([...monitor.state.sample], [1, 2, 3]);
    assert.equal(monitor.state.isEnded, true);
  });

  it("shows why something that was asked could not be done", async () => {
    show();
    training.onAsk = () => {
      throw new Error("Cannot write runs/x: the disk is full.");
    };
    await ask({ type: "pause" });
    assert.match(monitor.state.fault, /disk is full/);
    training.onAsk = () => undefined;
    await ask({ type: "pause" });
    assert.equal(monitor.state.fault, "");
    await ask({ type: "format the disk" });
    assert.match(monitor.state.fault, /means nothing/);
  });

  it("lets no front end set what only the training knows", () => {
    show();
    host.deliver(monitor.modelId, { method: "update", state: { step: 5000 }, buffer_paths: [] });
    assert.equal(monitor.state.step, 0);
    assert.match(platform.warnings.join(), /not for front ends/);
  });

  it("stops watching when its cell is run again, and leaves the training alone", () => {
    show();
    training.advance(3);
    platform.pass(1000);
    monitor.close();
    training.advance(9);
    platform.pass(1000);
    assert.equal(monitor.state.step, 3);
    assert.deepEqual(training.asked, []);
  });

  it("leaves a picture and words behind, also of a training without a step", async () => {
    const empty = show();
    assert.match(String(empty["text/plain"]), /^phantom-64px: starting, step 0 of 1000/);
    training.advance(400);
    training.change({ phase: "failed", message: "Cannot write metrics.jsonl: the disk is full." });
    const bundle = show();
    assert.match(
      String(bundle["text/plain"]),
      /failed, step 400 of 1000, loss 0\.\d+, 96 films per second, learning rate 0\.002\. .*disk is full\./,
    );
    const png = Buffer.from(String(bundle["image/png"]), "base64");
    assert.ok(png.length < 20_000, `${png.length} bytes`);
    const { width, height } = await sharp(png).metadata();
    assert.deepEqual([width, height], [640, 260]);
  });
});

describe("the monitor's curve", () => {
  it("averages long histories over equally many steps, and keeps short ones", () => {
    const history = Array.from({ length: 1000 }, (_, index) => ({ step: index + 1, loss: 2 }));
    const rows = curveRows(averagedCurve(history));
    assert.equal(rows.length, 200); // groups of 5
    assert.deepEqual(rows[0]!.slice(0, 2), [3, 2]); // mean of 1 to 5
    assert.deepEqual(rows.at(-1)!.slice(0, 2), [998, 2]);
    assert.equal(curveRows(averagedCurve(history.slice(0, 7))).length, 7);
    assert.deepEqual(curveRows(averagedCurve([])), []);
  });

  it("is drawn on a logarithmic axis with at least two ticks within its range", () => {
    const range = logRange([
      [1, 10, 0.1],
      [2, 1, Number.NaN],
    ]);
    assert.deepEqual(range, { low: -1, high: 1 });
    assert.equal(logPlace(1, range), 0.5);
    assert.deepEqual(logTicks(range), [0.1, 0.2, 0.5, 1, 2, 5, 10]);
    for (const [low, high] of [
      [-1, 0],
      [-3, 2],
      [0.31, 0.41],
      [0.1, 0.25],
    ] as const) {
      const ticks = logTicks({ low, high });
      assert.ok(ticks.length >= 2 && ticks.length <= 7, `${ticks.join()} of ${low} to ${high}`);
    }
  });
});
