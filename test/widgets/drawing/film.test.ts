import assert from "node:assert/strict";
import {
  bytesFromIntensities,
  clampWindow,
  differenceMap,
  differencePixels,
  filmDistance,
  filmPixels,
  fullWindow,
  windowLookup,
} from "#widgets/drawing/index.ts";

describe("film pixels", () => {
  it("quantise intensities to the nearest byte and clamp what cannot be shown", () => {
    const bytes = bytesFromIntensities([-1, 0, 0.25, 0.5, 1, 7, Number.NaN]);
    assert.deepEqual([...bytes], [0, 0, 64, 128, 255, 255, 0]);
  });

  it("keep every byte under the full window", () => {
    assert.deepEqual(
      [...windowLookup(fullWindow)],
      Array.from({ length: 256 }, (_, byte) => byte),
    );
  });

  it("spread a narrow window over black to white: (i - c) / w + 1/2", () => {
    const lookup = windowLookup({ center: 0.4, width: 0.2 });
    assert.deepEqual(
      [lookup[0], lookup[76], lookup[102], lookup[128], lookup[255]],
      [0, 0, 128, 255, 255],
    );
  });

  it("keep a window usable", () => {
    assert.deepEqual(clampWindow({ center: -3, width: 0 }), { center: 0, width: 0.02 });
    assert.deepEqual(clampWindow({ center: 0.3, width: 9 }), { center: 0.3, width: 2 });
  });

  it("become opaque grey", () => {
    const lookup = windowLookup(fullWindow);
    assert.deepEqual(
      [...filmPixels(Uint8Array.of(0, 200), lookup)],
      [0, 0, 0, 255, 200, 200, 200, 255],
    );
  });

  it("become the colour of after minus before", () => {
    const map = differenceMap(255);
    const pixels = differencePixels(Uint8Array.of(0, 100, 255), Uint8Array.of(255, 100, 0), 1, map);
    const ends = [
      map.rgb.subarray(254 * 3),
      map.rgb.subarray(127 * 3, 128 * 3),
      map.rgb.subarray(0, 3),
    ];
    assert.deepEqual(
      [...pixels],
      ends.flatMap((colour) => [...colour, 255]),
    );
  });

  it("are measured by mean and largest absolute difference of what can be shown", () => {
    assert.deepEqual(filmDistance([0, 0.5, 2], [0.5, 0.5, 1]), {
      meanAbsolute: 0.5 / 3,
      largest: 0.5,
    });
    assert.throws(() => filmDistance([0], [0, 1]), /films of 1 and 2 pixels/);
  });
});
