import assert from "node:assert/strict";
import { METHODS, parseSuiteSettings, SUITES } from "#src/evaluation/index.ts";
import { planStages } from "#src/evaluation/stages/plan-stages.ts";
import { bestGuidance } from "#src/evaluation/tune-guidance.ts";

describe("the suites", () => {
  it("are settings that can be written down and read again", () => {
    for (const [name, settings] of Object.entries(SUITES)) {
      assert.equal(settings.name, name);
      assert.deepEqual(parseSuiteSettings(JSON.parse(JSON.stringify(settings)), name), settings);
    }
  });

  it("say which setting is wrong", () => {
    const smoke = SUITES["smoke"]!;
    const broken = (change: object) => () =>
      parseSuiteSettings({ ...smoke, ...change }, "mine.json");
    assert.throws(
      broken({ measures: { ...smoke.measures, replicates: 1 } }),
      /mine\.json: measures\.replicates/,
    );
    assert.throws(
      broken({ data: { ...smoke.data, tailClasses: ["Edema"] } }),
      /tailClasses names Edema/,
    );
    assert.throws(broken({ surprise: 1 }), /surprise/);
    assert.throws(
      broken({ measures: { ...smoke.measures, diversityFilms: 17 } }),
      /only 16 films are generated/,
    );
  });

  it("hold what the protocol asks of quick and full", () => {
    const [at32, at64] = SUITES["full"]!.sizes;
    for (const id of ["B2", "B3", "B5", "A1", "A2", "A3", "A9"] as const) {
      assert.equal(at32!.methods[id]!.length, 5, id);
    }
    const others = Object.keys(METHODS).filter(
      (id) => at32!.methods[id as keyof typeof METHODS]!.length === 2,
    );
    assert.deepEqual(others.sort(), [
      "A4",
      "A5",
      "A6",
      "A7",
      "A8",
      "B0",
      "B1",
      "B4",
      "B7",
      "B8",
      "C0",
      "real",
    ]);
    assert.deepEqual(at64!.methods, { B2: [0], B3: [0], A1: [0], A9: [0] });
    const { measures } = SUITES["full"]!;
    assert.equal(measures.referencePerClass, 8192);
    assert.equal(measures.generatedPerClass, 512);
    assert.equal(measures.diversityFilms, 64);
    assert.deepEqual(Object.keys(SUITES["quick"]!.sizes[0]!.methods), [
      "B0",
      "B2",
      "real",
      "B3",
      "A1",
      "A2",
      "A9",
      "C0",
    ]);
  });

  it("are planned so that every stage comes after what it needs, once", () => {
    for (const settings of Object.values(SUITES)) {
      const seen = new Set<string>();
      for (const { name, needs } of planStages(settings)) {
        for (const need of needs) assert.ok(seen.has(need), `${name} needs ${need}`);
        assert.ok(!seen.has(name), name);
        seen.add(name);
      }
    }
  });

  it("run a seed to its end before the next", () => {
    const names = planStages(SUITES["full"]!).map(({ name }) => name);
    assert.ok(names.indexOf("A8-32-seed0") < names.indexOf("autoencoder-32-full-seed1"));
    assert.ok(names.includes("counterfactuals-autoencoder-32-full-confounded-0.9-seed0"));
  });
});

describe("guidance", () => {
  it("is the scale with the least validation KID; of equals the weaker", () => {
    const trial = (guidanceScale: number, validationKid: number) => ({
      guidanceScale,
      validationKid,
    });
    assert.equal(bestGuidance([trial(1, 0.3), trial(2, 0.1), trial(3, 0.1)]), 2);
  });
});
