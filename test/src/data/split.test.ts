import assert from "node:assert/strict";
import type { Film } from "#src/data/dataset.ts";
import { openPhantom } from "#src/data/phantom/open-phantom.ts";
import { splitByPatient } from "#src/data/split.ts";
import { classesByFrequency, subsetDataset } from "#src/data/subset.ts";
import { key } from "#src/engine/random.ts";

const { train } = openPhantom({ imageSizePx: 16, maxPerClass: 300, imbalance: 30 });
const fractions = { train: 0.7, validation: 0.1, test: 0.2 };

function film(id: string, patient: string, labels: readonly string[]): Film {
  return { id, patient, labels, cell: labels.join("|"), attributes: {} };
}

describe("splitByPatient", () => {
  it("gives every film to one part and every patient to one part", () => {
    const parts = splitByPatient(key(1), train.films, fractions);
    const all = Object.values(parts).flat();
    assert.equal(all.length, train.films.length);
    assert.equal(new Set(all).size, all.length);
    const patientsOf = (indices: readonly number[]) =>
      new Set(indices.map((index) => train.films[index]!.patient));
    const sets = Object.values(parts).map(patientsOf);
    const distinct = new Set(sets.flatMap((set) => [...set]));
    assert.equal(
      distinct.size,
      sets.reduce((sum, { size }) => sum + size, 0),
    );
  });

  it("spreads every label in proportion, the rarest too", () => {
    const parts = splitByPatient(key(2), train.films, fractions);
    for (const label of train.classes) {
      const count = (indices: readonly number[]) =>
        indices.filter((index) => train.films[index]!.labels.includes(label)).length;
      const total = count([...train.films.keys()]);
      for (const [part, share] of Object.entries(fractions)) {
        const got = count(parts[part as keyof typeof fractions]);
        // Whole patients have at most a few films of a label, so a few films are the best there is.
        assert.ok(
          Math.abs(got - share * total) <= 0.05 * total + 2,
          `${label} ${part}: ${got}/${total}`,
        );
      }
    }
  });

  it("puts at least one patient of a rare label into each part when there are enough", () => {
    const films = [
      ...Array.from({ length: 60 }, (_, k) => film(`c${k}`, `p${k >> 1}`, ["Common"])),
      ...Array.from({ length: 3 }, (_, k) => film(`r${k}`, `rare${k}`, ["Rare", "Common"])),
    ];
    for (let seed = 0; seed < 5; seed++) {
      const parts = splitByPatient(key(seed), films, { a: 1, b: 1, c: 1 });
      for (const indices of Object.values(parts)) {
        assert.equal(indices.filter((index) => films[index]!.labels.includes("Rare")).length, 1);
      }
    }
  });

  it("depends on the key alone", () => {
    const split = (seed: number) => splitByPatient(key(seed), train.films, fractions);
    assert.deepEqual(split(3), split(3));
    assert.notDeepEqual(split(3), split(4));
  });

  it("keeps films of unknown label and refuses senseless fractions", () => {
    const parts = splitByPatient(key(0), [film("a", "p", []), film("b", "q", [])], { x: 1, y: 1 });
    assert.deepEqual([parts.x.length, parts.y.length], [1, 1]);
    assert.throws(() => splitByPatient(key(0), [], { x: 0 }), /give numbers of 0 or more/);
    assert.throws(() => splitByPatient(key(0), [], { x: -1, y: 2 }), /x/);
  });
});

describe("subsetDataset", () => {
  it("reads the films it was given, in their order", async () => {
    const subset = subsetDataset(train, [5, 2]);
    assert.deepEqual(
      subset.films.map(({ id }) => id),
      [train.films[5]!.id, train.films[2]!.id],
    );
    assert.deepEqual(await subset.readImages([1, 0]), await train.readImages([2, 5]));
    assert.notEqual(subset.fingerprint, subsetDataset(train, [2, 5]).fingerprint);
    await assert.rejects(subset.readImages([2]));
    assert.throws(() => subsetDataset(train, [1e6]), /film 1000000 does not exist/);
  });

  it("lists its own classes, most frequent first", () => {
    const films = [["B"], ["A", "B"], ["C"], []].map((labels) => ({ labels }));
    assert.deepEqual(classesByFrequency(films), ["B", "A", "C"]);
  });
});
