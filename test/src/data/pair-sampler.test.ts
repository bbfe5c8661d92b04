import assert from "node:assert/strict";
import type { Film } from "#src/data/dataset.ts";
import { PAIR_TYPES, type PairType } from "#src/data/film-groups.ts";
import { describePairs } from "#src/data/pair-description.ts";
import { createPairSampler } from "#src/data/pair-sampler.ts";
import { openPhantom } from "#src/data/phantom/open-phantom.ts";
import { foldIn, key } from "#src/engine/random.ts";

function film(id: number, patient: string, cell: string): Film {
  return {
    id: String(id),
    patient,
    labels: cell === "" ? [] : cell.split("|"),
    cell,
    attributes: {},
  };
}

const { train } = openPhantom({ imageSizePx: 32, maxPerClass: 200, imbalance: 20 });

function bruteForce(films: readonly Film[]): Record<PairType, number> {
  const counts = { samePathology: 0, samePatient: 0, nothingShared: 0 };
  films.forEach((a, i) => {
    for (const b of films.slice(i + 1)) {
      if (a.patient !== b.patient && a.cell === b.cell) counts.samePathology++;
      if (a.patient === b.patient && a.cell !== b.cell) counts.samePatient++;
      if (a.patient !== b.patient && a.cell !== b.cell) counts.nothingShared++;
    }
  });
  return counts;
}

describe("describePairs", () => {
  it("counts what comparing all films with all others counts", () => {
    const { pairs, triples, notes, unlabelledFilms } = describePairs(train);
    assert.deepEqual(pairs, bruteForce(train.films));
    const { films } = train;
    let expected = 0;
    for (const a1 of films) {
      const identities = films.filter((f) => f.patient === a1.patient && f.cell !== a1.cell).length;
      const pathologies = films.filter(
        (f) => f.patient !== a1.patient && f.cell === a1.cell,
      ).length;
      expected += identities * pathologies;
    }
    assert.equal(triples, expected);
    assert.deepEqual(notes, []);
    assert.equal(unlabelledFilms, 0);
  });

  it("says what is missing and what happens then", () => {
    const everyoneOnce = [
      film(0, "a", "X"),
      film(1, "b", "X"),
      film(2, "c", "Y"),
      film(3, "d", ""),
    ];
    const { pairs, triples, notes, unlabelledFilms } = describePairs({ films: everyoneOnce });
    assert.deepEqual(pairs, { samePathology: 1, samePatient: 0, nothingShared: 2 });
    assert.equal(triples, 0);
    assert.equal(unlabelledFilms, 1);
    assert.equal(notes.length, 3);
    assert.match(notes.join("\n"), /No patient has two films .* itself instead/);
  });
});

describe("the pair sampler", () => {
  const sampler = createPairSampler(train);
  const at = (index: number) => train.films[index]!;

  it("draws pairs that share what their type says and nothing else", () => {
    for (const { a, b } of sampler.drawPairs(key(1), "samePathology", 500)) {
      assert.equal(at(a).cell, at(b).cell);
      assert.notEqual(at(a).patient, at(b).patient);
    }
    for (const { a, b } of sampler.drawPairs(key(1), "samePatient", 500)) {
      assert.equal(at(a).patient, at(b).patient);
      assert.notEqual(at(a).cell, at(b).cell);
    }
    for (const { a, b } of sampler.drawPairs(key(1), "nothingShared", 500)) {
      assert.notEqual(at(a).cell, at(b).cell);
      assert.notEqual(at(a).patient, at(b).patient);
    }
  });

  it("draws triples whose target the swap of the other two must give", () => {
    const isAlone = (index: number, differs: "patient" | "cell", equals: "patient" | "cell") =>
      !train.films.some(
        (other) => other[equals] === at(index)[equals] && other[differs] !== at(index)[differs],
      );
    for (const { identity, pathology, target } of sampler.drawTriples(key(1), 500)) {
      assert.equal(at(identity).patient, at(target).patient);
      assert.equal(at(identity).cell === at(target).cell, isAlone(target, "cell", "patient"));
      assert.equal(at(pathology).cell, at(target).cell);
      assert.equal(
        at(pathology).patient === at(target).patient,
        isAlone(target, "patient", "cell"),
      );
    }
  });

  it("lets a target stand in for the one partner that it lacks", () => {
    const films = [film(0, "a", "X"), film(1, "a", "Y"), film(2, "b", "Y")];
    const triples = createPairSampler({ films }).drawTriples(key(2), 50);
    for (const { identity, pathology, target } of triples) {
      assert.equal(identity, [1, 0, 2][target]);
      assert.equal(pathology, [0, 2, 1][target]);
    }
    assert.equal(new Set(triples.map(({ target }) => target)).size, 3);
  });

  it("draws the same for the same key, else for another", () => {
    for (const type of PAIR_TYPES) {
      const draw = (seed: number) => sampler.drawPairs(key(seed), type, 8);
      assert.deepEqual(draw(1), draw(1));
      assert.notDeepEqual(draw(1), draw(2));
    }
    assert.deepEqual(sampler.drawTriples(key(3), 5), sampler.drawTriples(key(3), 9).slice(0, 5));
  });

  it("balances classes as its exponent says", () => {
    const shareOfHead = (classExponent: number) => {
      const drawn = createPairSampler(train, { classExponent }).drawFilms(key(4), 4000);
      return drawn.filter((index) => at(index).labels[0] === "No Finding").length / drawn.length;
    };
    const counts = train.classes.map(
      (label) => train.films.filter(({ labels }) => labels[0] === label).length,
    );
    // Standard error of a share of 4,000 draws: at most 0.008.
    for (const exponent of [0, 0.5, 1]) {
      const weights = counts.map((count) => count ** exponent);
      const expected = weights[0]! / weights.reduce((sum, weight) => sum + weight);
      assert.ok(Math.abs(shareOfHead(exponent) - expected) < 0.03, `exponent ${exponent}`);
    }
  });

  it("reaches rare classes with every pair type", () => {
    const rare = train.classes.at(-1)!;
    for (const type of PAIR_TYPES) {
      const drawn = sampler.drawPairs(foldIn(key(5), type), type, 2000);
      assert.ok(
        drawn.some(({ a }) => at(a).labels[0] === rare),
        type,
      );
    }
  });

  it("pairs a film with itself where a type has no pairs, so that batches keep their size", () => {
    const alone = createPairSampler({ films: [film(0, "a", "X"), film(1, "b", "Y")] });
    for (const { a, b } of alone.drawPairs(key(0), "samePathology", 10)) assert.equal(a, b);
    for (const { a, b } of alone.drawPairs(key(0), "samePatient", 10)) assert.equal(a, b);
    for (const { a, b } of alone.drawPairs(key(0), "nothingShared", 10)) assert.notEqual(a, b);
    const triples = alone.drawTriples(key(0), 4);
    assert.ok(triples.every((t) => t.identity === t.target && t.pathology === t.target));
  });

  it("takes a film with several labels as its rarest, and leaves films without labels out", () => {
    const films = [
      ...Array.from({ length: 30 }, (_, k) => film(k, `p${k}`, "Common")),
      film(30, "q", "Common|Rare"),
      film(31, "r", ""),
    ];
    const drawn = createPairSampler({ films }, { classExponent: 0 }).drawFilms(key(6), 400);
    const share = drawn.filter((index) => index === 30).length / drawn.length;
    assert.ok(Math.abs(share - 0.5) < 0.1);
    assert.ok(!drawn.includes(31));
  });

  it("copes with 100,000 films of which most are of one kind", () => {
    const films = Array.from({ length: 100_000 }, (_, k) =>
      film(k, `p${k >> 2}`, k % 3 === 0 ? "Rare" : "No Finding"),
    );
    const many = createPairSampler({ films });
    assert.equal(many.drawPairs(key(7), "samePathology", 64).length, 64);
    assert.ok(many.description.pairs.samePathology > 1e9);
  });

  it("refuses films without any label and exponents out of range", () => {
    assert.throws(() => createPairSampler({ films: [film(0, "a", "")] }), /none of 1 films/);
    assert.throws(() => createPairSampler(train, { classExponent: 2 }), /classExponent is 2/);
  });
});
