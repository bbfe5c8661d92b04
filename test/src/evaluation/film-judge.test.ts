import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openPhantom, PATHOLOGY_TYPES } from "#src/data/index.ts";
import { createRuntime } from "#src/engine/index.ts";
import { trainFilmJudge, type FilmJudge } from "#src/evaluation/index.ts";

describe("a judge of films", function () {
  this.timeout(60_000);

  it("is trained once, opened the next time, and says the same", async () => {
    const out = await mkdtemp(path.join(tmpdir(), "counterlab-judge-"));
    const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const phantom = openPhantom({ imageSizePx: 16 });
    const open = async () => {
      const losses: number[] = [];
      let judge: FilmJudge | undefined;
      for await (const progress of trainFilmJudge({
        ...{ runtime, phantom, imageSizePx: 16, out, totalSteps: 12, filmsPerType: 10 },
      })) {
        if (progress.loss !== undefined) losses.push(progress.loss);
        judge = progress.judge;
      }
      return { judge: judge!, losses };
    };
    const films = await phantom.test.readImages([0, 1, 2]);
    const first = await open();
    const again = await open();
    assert.equal(first.losses.length, 11);
    assert.deepEqual(again.losses, []);
    assert.equal(again.judge.hash, first.judge.hash);
    const verdicts = await first.judge.judge(films);
    assert.deepEqual(await again.judge.judge(films), verdicts);
    assert.ok(verdicts.every(({ type }) => PATHOLOGY_TYPES.includes(type as never)));
    assert.equal((await first.judge.extract(films)).length, 3 * 64);
    await runtime.dispose();
    await rm(out, { recursive: true, force: true });
  });
});
