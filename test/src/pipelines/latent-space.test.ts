import assert from "node:assert/strict";
import type { FilmDataset } from "#src/data/index.ts";
import { createLatentSpace } from "#src/pipelines/index.ts";

const films = Array.from({ length: 600 }, (_, at) => ({
  id: `film-${at}`,
  patient: `P${at >> 1}`,
  labels: at % 3 === 0 ? [] : [`Finding ${at % 3}`],
  cell: "",
  attributes: {
    view: "PA",
    ...(at % 2 === 0 ? { severity: at % 4 === 0 ? "mild" : "severe" } : {}),
  },
}));
/** Films of four pixels that all are the film's number. */
const dataset = {
  ...{ name: "numbers", imageSizePx: 2, classes: [], films, fingerprint: "" },
  readImages: (indices: readonly number[]) =>
    Promise.resolve(Float32Array.from(indices.flatMap((index) => Array<number>(4).fill(index)))),
} satisfies FilmDataset;
/** The film's number n as codes: identity (n, −n), pathology 2n, no acquisition. */
const model = {
  settings: {} as never,
  encode: (images: Float32Array) => {
    const numbers = Array.from({ length: images.length / 4 }, (_, at) => images[at * 4]!);
    return Promise.resolve({
      count: numbers.length,
      identity: Float32Array.from(numbers.flatMap((value) => [value, -value])),
      pathology: Float32Array.from(numbers, (value) => 2 * value),
      acquisition: new Float32Array(0),
    });
  },
};
const decoder = {
  decode: ({
    count,
    identity,
    pathology,
  }: {
    count: number;
    identity: Float32Array;
    pathology: Float32Array;
  }) =>
    Promise.resolve(
      Float32Array.from({ length: count * 4 }, (_, at) => {
        const row = at >> 2;
        return at % 4 === 3 ? pathology[row]! : identity[row * 2 + (at % 4 === 1 ? 1 : 0)]!;
      }),
    ),
};

describe("latent space of a run", () => {
  it("lays the codes of evenly spread films side by side by group, and decodes them again", async () => {
    const space = await createLatentSpace(model, decoder, dataset, { limit: 300 });
    assert.deepEqual(space.groups, [
      { name: "identity", width: 2 },
      { name: "pathology", width: 1 },
    ]);
    assert.equal(space.codes.length, 900);
    // Film 299 of the 300 is film 598 of the 600: beyond the first batch of 256 that is encoded.
    assert.deepEqual([...space.codes.slice(-3)], [598, -598, 1196]);
    assert.equal(space.labels[299], "film-598");
    const decoded = await space.decode(space.codes.slice(3, 9), { count: 2 });
    assert.deepEqual([...decoded], [2, -2, 2, 4, 4, -4, 4, 8]);
    assert.deepEqual([...(await space.film(1))], [2, 2, 2, 2]);
  });

  it("knows finding, severity in its order, patient and the other attributes of each film", async () => {
    const { columns } = await createLatentSpace(model, decoder, dataset);
    assert.deepEqual(Object.keys(columns), ["finding", "severity", "patient", "view"]);
    assert.deepEqual((columns["finding"] as readonly (string | null)[]).slice(0, 3), [
      null,
      "Finding 1",
      "Finding 2",
    ]);
    const { values, order } = columns["severity"] as {
      values: readonly (string | null)[];
      order: readonly string[];
    };
    assert.deepEqual(values.slice(0, 4), ["mild", null, "severe", null]);
    assert.deepEqual(order, ["mild", "severe"]);
  });
});
