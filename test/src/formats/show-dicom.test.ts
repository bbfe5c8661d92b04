import assert from "node:assert/strict";
import { showDicom, type DicomImage } from "#src/formats/dicom/index.ts";
import { describeView } from "#src/formats/dicom/dicom-view.ts";

const image: DicomImage = {
  transferSyntax: "1.2.840.10008.1.2.1",
  widthPx: 4,
  heightPx: 1,
  frames: 1,
  samplesPerPixel: 1,
  isPlanar: false,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  isSigned: false,
  photometric: "MONOCHROME2",
  rescale: { slope: 1, intercept: 0 },
};

const shown = (changes: Partial<DicomImage>, ...stored: number[]) => [
  ...showDicom({ ...image, ...changes }, Int32Array.from(stored)),
];

describe("showDicom", () => {
  it("leaves what lies outside the film black, in both polarities", () => {
    const padding = [4000, 4095] as const;
    assert.deepEqual(shown({ padding }, 0, 4095, 4000), [0, 0, 0]);
    assert.deepEqual(shown({ padding, photometric: "MONOCHROME1" }, 0, 4095, 4000), [1, 0, 0]);
  });

  it("takes a window of width 1 as a threshold (PS3.3 C.11.2.1.2.1)", () => {
    const window = { center: 100, width: 1, shape: "LINEAR" } as const;
    assert.deepEqual(shown({ window }, 99, 100), [0, 1]);
  });

  it("keeps to the table's ends outside of it", () => {
    const voiTable = { first: 10, entries: Uint16Array.of(0, 100, 255), bits: 8 };
    const grey = Math.fround(100 / 255);
    assert.deepEqual(shown({ voiTable }, 0, 11, 12, 4095), [0, grey, 1, 1]);
  });

  it("without a window spreads what the bits can hold; of 16, those that the numbers need", () => {
    assert.deepEqual(shown({}, 0, 4095), [0, 1]);
    assert.deepEqual(shown({ bitsStored: 16 }, 0, 1023), [0, 1]);
    assert.deepEqual(shown({ bitsStored: 16, isSigned: true }, -500, 500, 0), [0, 1, 0.5]);
    assert.deepEqual(shown({ bitsStored: 16, isSigned: true }, 7, 7), [0, 0]);
    // A negative slope turns dark and bright around.
    assert.deepEqual(shown({ rescale: { slope: -1, intercept: 0 } }, 0, 4095), [1, 0]);
  });
});

describe("describeView", () => {
  it("takes the view position, else what the code or the series says", () => {
    const none = { position: undefined, code: undefined, series: undefined };
    assert.equal(describeView({ ...none, position: "pa", series: "AP" }), "PA");
    assert.equal(describeView({ ...none, code: "antero-posterior" }), "AP");
    assert.equal(describeView({ ...none, code: "postero-anterior" }), "PA");
    assert.equal(describeView({ ...none, series: "view: LAT" }), "LATERAL");
    assert.equal(describeView({ ...none, series: "W CHEST" }), undefined);
  });
});
