import assert from "node:assert/strict";
import type { Film } from "#src/data/dataset.ts";
import { ownSplit } from "#src/data/own-split.ts";
import { key } from "#src/engine/random.ts";

function film(patient: string, split?: string): Film {
  const attributes = split === undefined ? {} : { split };
  return { id: `${patient}-${split}`, patient, labels: ["x"], cell: "x", attributes };
}

describe("a data set's own split", () => {
  it("is used when it covers every film and shares no patient", () => {
    const films = [
      film("1", "test"),
      film("2", "train"),
      film("3", "validation"),
      film("2", "train"),
    ];
    assert.deepEqual(ownSplit(key(0), films), {
      split: { train: [1, 3], validation: [2], test: [0] },
      note: "The data set's own split is used.",
    });
  });

  it("draws validation patients from training where it has none, and never splits a patient", () => {
    const training = Array.from({ length: 64 }, (_, k) => film(String(k >> 1), "train"));
    const { split, note } = ownSplit(key(0), [...training, film("t", "test")]);
    assert.deepEqual(split!.test, [64]);
    assert.equal(split!.validation.length, 8);
    assert.equal(split!.train.length, 56);
    const validationPatients = new Set(split!.validation.map((k) => k >> 1));
    assert.ok(split!.train.every((k) => !validationPatients.has(k >> 1)));
    assert.match(note!, /validation patients are drawn from its training part/);
  });

  it("takes the validation part for the test where there is no test part (CheXpert)", () => {
    const films = [
      ...Array.from({ length: 16 }, (_, k) => film(String(k), "train")),
      film("v", "validation"),
    ];
    const { split, note } = ownSplit(key(0), films);
    assert.deepEqual(split!.test, [16]);
    assert.equal(split!.validation.length, 2);
    assert.match(note!, /its validation part as the test/);
  });

  it("is not used, and that is said, where films or patients contradict it", () => {
    const why = (...films: Film[]) => {
      const { split, note } = ownSplit(key(0), films);
      assert.equal(split, undefined);
      return note;
    };
    assert.equal(why(film("1"), film("2")), undefined);
    assert.match(why(film("1", "train"), film("2"))!, /1 films are in no part; patients are split/);
    assert.match(why(film("1", "train"), film("1", "test"))!, /1 patients are in several parts/);
    assert.match(why(film("1", "train"), film("2", "train"))!, /no training or no test part/);
  });
});
