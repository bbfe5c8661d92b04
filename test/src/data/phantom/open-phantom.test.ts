import assert from "node:assert/strict";
import { dealToPatients, longTailCounts } from "#src/data/phantom/long-tail.ts";
import { openPhantom } from "#src/data/phantom/open-phantom.ts";
import { PATHOLOGY_TYPES } from "#src/data/phantom/pathology.ts";
import { key } from "#src/engine/random.ts";

const quick = { imageSizePx: 32, maxPerClass: 60, imbalance: 10, testPerClass: 6 };

function countLabels(films: readonly { labels: readonly string[] }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels } of films) counts[labels[0]!] = (counts[labels[0]!] ?? 0) + 1;
  return counts;
}

describe("the phantom's long tail", () => {
  it("has the published counts at imbalance 100", () => {
    const counts = longTailCounts(8, { maxPerClass: 2000, imbalance: 100 });
    assert.deepEqual(counts, [2000, 1036, 537, 278, 144, 75, 39, 20]);
    assert.equal(
      counts.reduce((sum, count) => sum + count),
      4129,
    );
  });

  it("deals every film to a patient of 3 to 6 films", () => {
    const counts = [200, 103, 53, 28, 14, 7, 4, 2];
    const patients = dealToPatients(key(1), counts);
    assert.deepEqual(
      counts.map((_, k) => patients.flat().filter((each) => each === k).length),
      counts,
    );
    for (const films of patients) assert.ok(films.length >= 3 && films.length <= 6);
    assert.deepEqual(dealToPatients(key(1), counts), patients);
  });

  it("deals even two films", () => {
    assert.deepEqual(
      dealToPatients(key(0), [1, 1]).map((films) => films.length),
      [2],
    );
    assert.deepEqual(dealToPatients(key(0), [0, 0]), []);
  });
});

describe("openPhantom", () => {
  it("gives a long-tailed training set and a balanced test set of other patients", () => {
    const { train, validation, test, balanced } = openPhantom(quick);
    assert.deepEqual(train.classes, [...PATHOLOGY_TYPES]);
    const counts = countLabels(train.films);
    assert.deepEqual(
      PATHOLOGY_TYPES.map((type) => counts[type]),
      [60, 43, 31, 22, 16, 12, 8, 6],
    );
    assert.ok(Object.values(countLabels(test.films)).every((count) => count === 6));
    const sets = [train, validation, test, balanced("oracle", 5), balanced("extra", 5)];
    const patients = sets.map(({ films }) => new Set(films.map(({ patient }) => patient)));
    const distinct = new Set(patients.flatMap((set) => [...set]));
    assert.equal(
      distinct.size,
      patients.reduce((sum, set) => sum + set.size, 0),
    );
    const ids = sets.flatMap(({ films }) => films.map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(new Set(sets.map(({ fingerprint }) => fingerprint)).size, sets.length);
  });

  it("gives equal films for equal seeds, other films for other seeds", async () => {
    const [first, again, other] = await Promise.all(
      [0, 0, 1].map((seed) => openPhantom({ ...quick, seed }).train.readImages([3, 1])),
    );
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
    assert.equal(first!.length, 2 * 32 * 32);
  });

  it("gives a patient's films one anatomy and differing pathology", () => {
    const { train } = openPhantom(quick);
    const seen = new Map<string, number>();
    train.films.forEach(({ patient }, i) => {
      const before = seen.get(patient);
      if (before === undefined) seen.set(patient, i);
      else assert.deepEqual(train.truth(i).identity, train.truth(before).identity);
    });
    const cellsPerPatient = [...seen.keys()].map(
      (patient) =>
        new Set(train.films.filter((film) => film.patient === patient).map(({ cell }) => cell))
          .size,
    );
    assert.ok(cellsPerPatient.every((count) => count >= 2));
  });

  it("reads the same film from the renderer and from what it kept", async () => {
    const { test } = openPhantom(quick);
    const rendered = await test.readImages([7]);
    assert.deepEqual(await test.readImages([7]), rendered);
    assert.deepEqual(test.counterfactual(7, test.truth(7).pathology), rendered);
  });

  it("ties the marker to a pathology only when told to", () => {
    const share = (correlation: number | undefined, isType: boolean) => {
      const { train } = openPhantom({
        ...quick,
        maxPerClass: 400,
        ...(correlation === undefined
          ? {}
          : { confounder: { type: "Effusion" as const, correlation } }),
      });
      const films = train.films.filter(({ labels }) => (labels[0] === "Effusion") === isType);
      return films.filter(({ attributes }) => attributes["marker"] === "yes").length / films.length;
    };
    // Effusions are 309 of 1,290 films or so: standard error of a share at most 0.03.
    assert.ok(Math.abs(share(undefined, true) - 0.5) < 0.1);
    assert.ok(Math.abs(share(0.9, true) - 0.95) < 0.05);
    assert.ok(Math.abs(share(0.9, false) - 0.05) < 0.05);
  });

  it("refuses sizes and films that do not exist", async () => {
    assert.throws(() => openPhantom({ imageSizePx: 3 }), /imageSizePx is 3/);
    assert.throws(() => openPhantom({ imbalance: 0 }), /imbalance is 0/);
    const { test } = openPhantom(quick);
    await assert.rejects(test.readImages([48]), /film 48 does not exist/);
    assert.throws(() => test.truth(-1), /film -1/);
  });
});
