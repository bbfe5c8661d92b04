import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openPhantom } from "#src/data/phantom/open-phantom.ts";
import { createPhantomDataset, PHANTOM_VERSION } from "#src/data/phantom/phantom-dataset.ts";
import { PATHOLOGY_TYPES } from "#src/data/phantom/pathology.ts";

// docs/decisions/0002-phantom-v1.md. Results name the phantom they were made on, so whoever changes a
// film must give the phantom a new name and calibrate it again; this test says when that has happened.
const FILMS = "9cbddd1b14822babdf3fc27cecf9275d";
const REPORTS = "5a420ec00325df05baf0924e93741459";

describe("phantom-v1", () => {
  it("is frozen: these films, byte by byte, on every machine", async () => {
    assert.equal(PHANTOM_VERSION, "phantom-v1");
    const hash = createHash("sha256");
    for (const imageSizePx of [32, 64]) {
      const frozen = createPhantomDataset({
        counts: Object.fromEntries(PATHOLOGY_TYPES.map((type) => [type, 6])),
        stream: "frozen",
        imageSizePx,
      });
      const films = await frozen.readImages([...frozen.films.keys()]);
      hash.update(Uint8Array.from(films, (value) => Math.round(255 * value)));
      hash.update(JSON.stringify(frozen.films));
    }
    assert.equal(hash.digest("hex").slice(0, 32), FILMS);
  });

  it("is frozen: which film shows what, and what its report says", () => {
    const { train, test } = openPhantom();
    const hash = createHash("sha256");
    hash.update(JSON.stringify([train.films, test.films]));
    for (let index = 0; index < train.films.length; index += 41) {
      hash.update(JSON.stringify(train.report(index)));
    }
    assert.equal(hash.digest("hex").slice(0, 32), REPORTS);
  });
});
