import assert from "node:assert/strict";
import { createPhantomDataset, PATHOLOGY_TYPES } from "#src/data/index.ts";
import { createRuntime, foldIn, key, type Runtime } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";
import { openPathologyOracle, trainPathologyOracle } from "#src/pipelines/index.ts";

describe("an oracle of phantom pathology", () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await createRuntime({ device: "cpu" });
  });
  after(() => runtime.dispose());

  it("learns type, side and severity of films it has not seen", async function () {
    this.timeout(120_000);
    const counts = { "No Finding": 60, Effusion: 120, Cardiomegaly: 90 };
    const draw = (stream: string) => createPhantomDataset({ counts, stream, imageSizePx: 24 });
    const [train, test] = [draw("oracle"), draw("other patients")];
    const parameters = new ParameterStore(key(0));
    const stream = foldIn(key(0), "batches");
    const steps = { totalSteps: 200, batchSize: 32 };
    for await (const { loss } of trainPathologyOracle({
      parameters,
      dataset: train,
      runtime,
      stream,
      ...steps,
    })) {
      assert.ok(Number.isFinite(loss));
    }
    const oracle = await openPathologyOracle(runtime, parameters, 24);
    const films = [...test.films.keys()];
    const verdicts = await oracle.judge(await test.readImages(films));
    await oracle.dispose();
    assert.equal(verdicts.length, films.length);
    const truths = films.map((film) => test.truth(film).pathology);
    const share = (type: string, isRight: (film: number) => boolean) => {
      const own = films.filter((film) => truths[film]!.type === type);
      return own.filter(isRight).length / own.length;
    };
    const typed = PATHOLOGY_TYPES.filter((type) => type in counts).map((type) =>
      share(type, (film) => verdicts[film]!.type === type),
    );
    // Chance is a third; left, right and bilateral are equally frequent.
    assert.ok(typed.reduce((sum, each) => sum + each, 0) / typed.length > 0.6, String(typed));
    assert.ok(share("Effusion", (film) => verdicts[film]!.side === truths[film]!.side) > 0.6);
    const ill = films.filter((film) => truths[film]!.type !== "No Finding");
    const error = (told: (film: number) => number) =>
      ill.reduce((sum, film) => sum + Math.abs(told(film) - truths[film]!.severity), 0) /
      ill.length;
    const own = error((film) => verdicts[film]!.severity);
    assert.ok(own < 0.8 * error(() => 0.5), `${own}`);
  });
});
