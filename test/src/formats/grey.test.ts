import assert from "node:assert/strict";
import { greyFromPixels, whiteLevel } from "#src/formats/grey.ts";

const one = { width: 1, height: 1 };

describe("grey from pixels", () => {
  it("drops alpha and weighs colours as in Rec. 601", () => {
    assert.deepEqual(
      [
        greyFromPixels({ ...one, channels: 1, data: Uint8Array.of(51) }),
        greyFromPixels({ ...one, channels: 2, data: Uint8Array.of(51, 7) }),
        greyFromPixels({ ...one, channels: 3, data: Uint8Array.of(51, 51, 51) }),
        greyFromPixels({ ...one, channels: 4, data: Uint8Array.of(51, 51, 51, 0) }),
      ].map(([value]) => value!.toFixed(6)),
      ["0.200000", "0.200000", "0.200000", "0.200000"],
    );
    const green = greyFromPixels({ ...one, channels: 3, data: Uint8Array.of(0, 255, 0) });
    assert.ok(Math.abs(green[0]! - 0.587) < 1e-6);
  });

  it("keeps 16-bit steps and takes 12-bit detectors in 16-bit files as 12 bits", () => {
    assert.equal(whiteLevel(Uint16Array.of(0, 4095)), 4095);
    assert.equal(whiteLevel(Uint16Array.of(0, 4096)), 16383);
    assert.equal(whiteLevel(Uint16Array.of(65535)), 65535);
    assert.equal(whiteLevel(Uint8Array.of(3)), 255);
    const film = { width: 2, height: 1, channels: 1, data: Uint16Array.of(4095, 2048) };
    assert.deepEqual(greyFromPixels(film), Float32Array.of(1, 2048 / 4095));
  });

  it("refuses pixel counts that do not fit", () => {
    const wrong = { ...one, channels: 3, data: Uint8Array.of(1) };
    assert.throws(() => greyFromPixels(wrong), /1 values do not make 1×1 pixels of 3 channels/);
  });
});
