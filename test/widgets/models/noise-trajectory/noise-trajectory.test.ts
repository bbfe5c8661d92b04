import assert from "node:assert/strict";
import sharp from "sharp";
import { NoiseTrajectory, WidgetInputError } from "#widgets/models/index.ts";
import { principalPlane } from "#widgets/models/noise-trajectory/principal-plane.ts";
import {
  controlRows,
  planePoints,
  recordsOf,
} from "#widgets/models/noise-trajectory/noise-trajectory-protocol.ts";
import { fakeCommHost } from "../../../support/fake-comm-host.ts";
import { fakeControl, fakeSearch } from "../../../support/fake-search.ts";
import { until } from "../../../support/until.ts";

const quiet = { commHost: undefined, displayHost: undefined };

describe("NoiseTrajectory, kernel side", () => {
  it("follows a search to its end, and its control for as many network calls", async () => {
    const widget = new NoiseTrajectory({
      ...quiet,
      search: fakeSearch({ totalIterations: 8 }),
      control: (calls) => {
        assert.equal(calls, 9 * 40);
        return fakeControl();
      },
    });
    const { best, control, isStopped } = await widget.run();
    assert.equal(isStopped, false);
    // 1 / (1 + 8 / 4), of sample s (s + 1) times as much.
    assert.ok(Math.abs(best!.objective[2]! - 1) < 1e-6);
    assert.ok(control!.objective[0]! >= 0.6);
    const records = recordsOf(widget.state);
    assert.equal(records.length, 9 * 4);
    assert.deepEqual(widget.state.termNames, ["classifier", "semantic", "prior"]);
    assert.ok(Math.abs(records.at(-1)!.terms[0]! - 0.7 * (4 / 3)) < 1e-5);
    // Candidates of 20 calls, 18 of them for the search's 360.
    assert.equal(controlRows(widget.state).length, 18);
    assert.equal(planePoints(widget.state).length, 9 * 4 + 18 * 4);
    assert.match(
      widget.picture().alt,
      /finished, iteration 8 of 8, 4 samples.*After at most 360 network calls.*best of 18 draws.*lower for 4 of 4/,
    );
  });

  it("ends after the iteration under way when it is stopped, and closes the search", async () => {
    let isClosed = false;
    async function* search() {
      try {
        yield* fakeSearch({ pause: () => new Promise((resolve) => setTimeout(resolve, 40)) });
      } finally {
        isClosed = true;
      }
    }
    const commHost = fakeCommHost();
    const control = () => assert.fail("no control after a stop");
    const widget = new NoiseTrajectory({ ...quiet, commHost, search: search(), control });
    widget.open();
    const running = widget.run();
    await until(() => recordsOf(widget.state).length > 0);
    commHost.deliver(widget.modelId, { method: "custom", content: { type: "keep", sample: 1 } });
    commHost.deliver(widget.modelId, { method: "custom", content: { type: "stop" } });
    assert.ok(widget.state.isStopping || widget.state.phase === "stopped");
    const { best, isStopped } = await running;
    assert.ok(isStopped && isClosed);
    assert.equal(widget.state.phase, "stopped");
    assert.ok(recordsOf(widget.state).length < 13 * 4);
    const [kept] = widget.kept;
    assert.equal(kept!.sample, 1);
    assert.equal(kept!.noise.length, 6);
    assert.ok(kept!.objective >= best!.objective[1]!);
    assert.match(widget.picture().alt, /Kept: sample 2 of iteration/);
  });

  it("says why a search failed, and throws what it threw", async () => {
    async function* search() {
      yield* fakeSearch({ totalIterations: 2 });
      throw new Error("The graph has no gradient.");
    }
    const widget = new NoiseTrajectory({ ...quiet, search: search() });
    await assert.rejects(widget.run(), /no gradient/);
    assert.equal(widget.state.phase, "failed");
    assert.match(widget.picture().alt, /failed.*The graph has no gradient\./);
  });

  it("sends films to a view that comes late, and to none before", async () => {
    const commHost = fakeCommHost();
    const widget = new NoiseTrajectory({
      ...{ ...quiet, commHost, imageSizePx: 8, samples: 2 },
      search: fakeSearch({ sizePx: 8, totalIterations: 3 }),
    });
    widget.open();
    await widget.run();
    const films = () =>
      commHost.sent.filter(({ data }) => (data as { method?: string }).method === "custom");
    assert.deepEqual(films(), []);
    commHost.deliver(widget.modelId, { method: "custom", content: { type: "hello" } });
    await until(() => films().flatMap(({ buffers }) => buffers).length >= 8);
    const frames = films().flatMap(
      ({ data }) => (data as { content: { frames: unknown[] } }).content.frames,
    );
    assert.deepEqual(frames.slice(0, 3), [
      { iteration: 0, sample: 0 },
      { iteration: 0, sample: 1 },
      { iteration: 1, sample: 0 },
    ]);
    assert.ok(films().every(({ buffers }) => buffers.every(({ length }) => length === 64)));
  });

  it("leaves a picture below the notebook's budget", async () => {
    const widget = new NoiseTrajectory({
      ...{ ...quiet, imageSizePx: 128 },
      search: fakeSearch({ sizePx: 128, totalIterations: 4 }),
      control: () => fakeControl({ sizePx: 128 }),
    });
    await widget.run();
    const bundle = JSON.stringify(widget.mimeBundle());
    assert.ok(bundle.length < 200_000, `${bundle.length} bytes`);
    const { width, height } = await sharp(widget.picture().png).metadata();
    assert.ok(width === 660 && height > 400);
    const state = JSON.stringify(widget.wireState()).length + 4 * widget.state.records.length;
    assert.ok(state < 200_000, `${state} bytes of state`);
  });

  it("refuses what front ends may not set", async () => {
    const warnings: string[] = [];
    const commHost = fakeCommHost();
    const widget = new NoiseTrajectory({ ...quiet, commHost, search: fakeSearch() });
    assert.throws(
      () => new NoiseTrajectory({ ...quiet, search: fakeSearch(), samples: 0 }),
      WidgetInputError,
    );
    assert.throws(() => {
      widget.keep(0);
    }, /after the first iteration/);
    widget.open();
    await widget.run();
    const warn = console.warn;
    console.warn = (message: string) => void warnings.push(message);
    commHost.deliver(widget.modelId, {
      ...{ method: "update", buffer_paths: [] },
      state: { selectedSample: 9, phase: "waiting", space: "noise" },
    });
    console.warn = warn;
    assert.equal(warnings.length, 2);
    assert.deepEqual(
      [widget.state.selectedSample, widget.state.phase, widget.state.space],
      [0, "finished", "noise"],
    );
  });
});

describe("principal plane", () => {
  it("finds the two directions of largest variance, whatever the third does", () => {
    const points = Array.from({ length: 40 }, (_, at) => [
      0.1 * Math.sin(at * 2.1),
      5 * Math.cos(at * 1.3),
      2 * Math.sin(at * 0.7),
    ]);
    const { axes, coordinates } = principalPlane(points);
    assert.ok(Math.abs(axes[0][1]!) > 0.99, axes[0].join(" "));
    assert.ok(Math.abs(axes[1][2]!) > 0.99, axes[1].join(" "));
    const spread = coordinates.reduce((sum, [x]) => sum + x * x, 0) / 40;
    assert.ok(Math.abs(spread - 12.5) < 1.5, `variance ${spread} of 25 / 2`);
  });

  it("neither flips nor turns when a point is added", () => {
    const points = Array.from({ length: 30 }, (_, at) => [Math.cos(at), 3 * Math.sin(at), at / 9]);
    const before = principalPlane(points.slice(0, -1));
    const { axes } = principalPlane(points, before.axes);
    const along = axes[0].reduce((sum, value, at) => sum + value * before.axes[0][at]!, 0);
    assert.ok(along > 0.95, `cosine ${along}`);
  });

  it("survives points that do not differ", () => {
    const { coordinates } = principalPlane([
      [1, 2],
      [1, 2],
    ]);
    assert.deepEqual(coordinates.flat().map(Math.abs), [0, 0, 0, 0]);
  });
});
