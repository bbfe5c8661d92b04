import assert from "node:assert/strict";
import { STANDARD_ACQUISITION } from "#src/data/phantom/acquisition.ts";
import { averageIdentity, drawIdentity, IDENTITY_FACTORS } from "#src/data/phantom/identity.ts";
import {
  NO_FINDING,
  PATHOLOGY_TYPES,
  PLACEMENTS,
  type PathologyType,
  type PhantomPathology,
} from "#src/data/phantom/pathology.ts";
import { lesionMask, renderPhantom } from "#src/data/phantom/render.ts";
import { key } from "#src/engine/random.ts";

const SIZE = 64;
const identity = averageIdentity({ textureSeed: 3 });

function ill(type: PathologyType, changes: Partial<PhantomPathology> = {}): PhantomPathology {
  const { sides, zones } = PLACEMENTS[type];
  return { type, side: sides[0]!, zone: zones[0]!, severity: 0.7, lesionSeed: 5, ...changes };
}

function maskCentre(pathology: PhantomPathology): { across: number; down: number; count: number } {
  const mask = lesionMask({ identity, pathology });
  let across = 0;
  let down = 0;
  let count = 0;
  mask.forEach((value, i) => {
    across += value * ((i % SIZE) + 0.5);
    down += value * (Math.floor(i / SIZE) + 0.5);
    count += value;
  });
  return { across: across / count / SIZE, down: down / count / SIZE, count };
}

describe("phantom films", () => {
  it("come in steps of 1/255 from 0 to 1", () => {
    const film = renderPhantom({ identity });
    assert.equal(film.length, SIZE * SIZE);
    for (const value of film) {
      assert.ok(value >= 0 && value <= 1);
      assert.ok(Math.abs(value * 255 - Math.round(value * 255)) < 1e-4);
    }
  });

  it("are equal for equal arguments and change with every identity factor", () => {
    const film = renderPhantom({ identity });
    assert.deepEqual(renderPhantom({ identity: { ...identity } }), film);
    for (const factor of IDENTITY_FACTORS) {
      const changed = renderPhantom({ identity: { ...identity, [factor]: 0.8 } });
      const difference = changed.reduce((sum, value, i) => sum + Math.abs(value - film[i]!), 0);
      assert.ok(difference / film.length > 0.002, `${factor}: ${difference / film.length}`);
    }
  });

  it("are dark in the air and the lungs, bright in the abdomen and the heart", () => {
    const film = renderPhantom({ identity });
    const at = (across: number, down: number) =>
      film[Math.floor(down * SIZE) * SIZE + Math.floor(across * SIZE)]!;
    assert.ok(at(0.02, 0.9) < 0.15, "air beside the torso");
    assert.ok(at(0.25, 0.45) < 0.5 && at(0.75, 0.4) < 0.5, "lungs");
    assert.ok(at(0.5, 0.95) > 0.8, "abdomen");
    assert.ok(at(0.58, 0.65) > 0.7, "heart");
  });

  it("have the patient's right at image left", () => {
    for (const type of ["Effusion", "Consolidation", "Nodule", "Pneumothorax"] as const) {
      const zone = PLACEMENTS[type].zones.at(-1)!;
      assert.ok(maskCentre(ill(type, { side: "right", zone })).across < 0.42, `${type} right`);
      assert.ok(maskCentre(ill(type, { side: "left", zone })).across > 0.58, `${type} left`);
    }
    assert.ok(
      maskCentre(ill("Cardiomegaly")).across > 0.5,
      "the heart grows to the patient's left",
    );
  });

  it("show zones from top to bottom", () => {
    for (const type of ["Consolidation", "Nodule"] as const) {
      const [upper, mid, lower] = (["upper", "mid", "lower"] as const).map(
        (zone) => maskCentre(ill(type, { zone })).down,
      );
      assert.ok(upper! < mid! && mid! < lower!, `${type}: ${upper} ${mid} ${lower}`);
    }
  });

  it("change more with greater severity", () => {
    for (const type of PATHOLOGY_TYPES.slice(1)) {
      const well = renderPhantom({ identity });
      const [mild, severe] = [0.1, 0.9].map((severity) =>
        renderPhantom({ identity, pathology: ill(type, { severity }) }).reduce(
          (sum, value, i) => sum + Math.abs(value - well[i]!),
          0,
        ),
      );
      assert.ok(severe! > 1.5 * mild! && mild! > 1.5, `${type}: ${mild} ${severe}`);
    }
  });

  it("have a lesion mask that covers all that the pathology changes, and is empty without one", () => {
    assert.equal(maskCentre(NO_FINDING).count, 0);
    for (const type of PATHOLOGY_TYPES.slice(1)) {
      const pathology = ill(type);
      const mask = lesionMask({ identity, pathology });
      const with_ = renderPhantom({ identity, pathology });
      const without = renderPhantom({ identity });
      mask.forEach((value, i) => {
        if (value === 0) assert.ok(Math.abs(with_[i]! - without[i]!) < 4 / 255);
      });
      const share = mask.reduce((sum, value) => sum + value, 0) / mask.length;
      assert.ok(share > 0.003 && share < 0.5, `${type} covers ${share}`);
    }
  });

  it("keep what the pathology does not touch: grain, marker and identity stay in place", () => {
    const acquisition = { ...STANDARD_ACQUISITION, noiseSeed: 9, marker: true };
    const pathology = ill("Nodule", { side: "right", zone: "upper" });
    const well = renderPhantom({ identity, acquisition });
    const sick = renderPhantom({ identity, acquisition, pathology });
    // All of the patient's left half is the same, bit by bit.
    for (let i = 0; i < well.length; i++) {
      if (i % SIZE >= SIZE / 2) assert.equal(sick[i], well[i]);
    }
  });

  it("carry the marker at the patient's left shoulder, at every size", () => {
    for (const imageSizePx of [16, 32, 64, 128]) {
      const film = (marker: boolean) =>
        renderPhantom(
          { identity, acquisition: { ...STANDARD_ACQUISITION, marker } },
          { imageSizePx },
        );
      const [without, with_] = [film(false), film(true)];
      const changed = [...with_.keys()].filter((i) => Math.abs(with_[i]! - without[i]!) > 0.2);
      assert.ok(changed.length >= 2, `${imageSizePx}`);
      assert.ok(
        changed.every(
          (i) => i % imageSizePx > 0.8 * imageSizePx && i / imageSizePx < 0.2 * imageSizePx,
        ),
      );
    }
  });

  it("are the same picture at every size", () => {
    const patient = drawIdentity(key(4));
    const small = renderPhantom({ identity: patient }, { imageSizePx: 32 });
    const large = renderPhantom({ identity: patient }, { imageSizePx: 128 });
    let difference = 0;
    for (let i = 0; i < small.length; i++) {
      const row = Math.floor(i / 32) * 4;
      const column = (i % 32) * 4;
      let sum = 0;
      for (let dy = 0; dy < 4; dy++)
        for (let dx = 0; dx < 4; dx++) sum += large[(row + dy) * 128 + column + dx]!;
      difference += Math.abs(sum / 16 - small[i]!);
    }
    // Mean absolute difference of the averaged large film; grain alone makes about 0.01.
    assert.ok(difference / small.length < 0.035, `${difference / small.length}`);
  });
});
