import assert from "node:assert/strict";
import sharp, { type Channels } from "sharp";
import { decodeFilm } from "#src/io/decode-image.ts";

const whole = { imageSizePx: 8, fit: "pad" } as const;

function ramp(channels: Channels): Uint8Array {
  return Uint8Array.from({ length: 64 * channels }, (_, i) => Math.floor(i / channels) * 4);
}

async function png(channels: Channels, pixels = ramp(channels)): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: 8, height: 8, channels } })
    .png()
    .toBuffer();
}

describe("decodeFilm", () => {
  it("reads one to four channels alike, whatever alpha says", async () => {
    const expected = ramp(1);
    const transparent = ramp(4).map((value, i) => (i % 4 === 3 ? 10 : value));
    assert.deepEqual(await decodeFilm(await png(1), whole), expected);
    assert.deepEqual(await decodeFilm(await png(2), whole), expected);
    assert.deepEqual(await decodeFilm(await png(3), whole), expected);
    assert.deepEqual(await decodeFilm(await png(4, transparent), whole), expected);
  });

  it("reads palettes, bilevel images and JPEG", async () => {
    const grey = () => sharp(ramp(1), { raw: { width: 8, height: 8, channels: 1 } });
    const palette = await decodeFilm(await grey().png({ palette: true }).toBuffer(), whole);
    const jpeg = await decodeFilm(await grey().jpeg({ quality: 100 }).toBuffer(), whole);
    ramp(1).forEach((value, i) => {
      // JPEG rounds; palettes may merge near colours.
      assert.ok(Math.abs(jpeg[i]! - value) <= 3);
      assert.ok(Math.abs(palette[i]! - value) <= 4);
    });
    const bilevel = await grey()
      .threshold(128)
      .toColourspace("b-w")
      .png({ palette: true, colours: 2, dither: 0 })
      .toBuffer();
    assert.deepEqual(
      await decodeFilm(bilevel, whole),
      ramp(1).map((value) => (value >= 128 ? 255 : 0)),
    );
  });

  it("keeps the steps of 16-bit files, and takes 12-bit detectors as 12 bits", async () => {
    for (const white of [65535, 4095]) {
      const values = Uint16Array.from({ length: 64 }, (_, i) => Math.round((i / 63) * white));
      const file = await sharp(values, { raw: { width: 8, height: 8, channels: 1 } })
        .toColourspace("grey16")
        .png()
        .toBuffer();
      assert.equal((await sharp(file).metadata()).depth, "ushort");
      const film = await decodeFilm(file, whole);
      for (const [i, value] of film.entries()) {
        assert.ok(Math.abs(value - (255 * i) / 63) <= 1, `${white}: ${i}`);
      }
    }
  });

  it("turns films as their EXIF orientation says", async () => {
    const pixels = new Uint8Array(64 * 3);
    // A bright top row; orientation 6 turns it to the right.
    pixels.fill(255, 0, 8 * 3);
    const file = await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const film = await decodeFilm(file, whole);
    assert.ok([0, 1, 2, 3].every((row) => film[row * 8 + 7] === 255 && film[row * 8] === 0));
  });

  it("pads with black, or crops the middle, to a square", async () => {
    const wide = sharp(new Uint8Array(32 * 16).fill(200), {
      raw: { width: 32, height: 16, channels: 1 },
    });
    const file = await wide.png().toBuffer();
    const padded = await decodeFilm(file, whole);
    assert.deepEqual([padded[0], padded[63]], [0, 0]);
    assert.equal(padded[4 * 8 + 4], 200);
    const cropped = await decodeFilm(file, { imageSizePx: 8, fit: "crop" });
    assert.ok(cropped.every((value) => value === 200));
  });

  it("refuses cut files and files that are no images", async () => {
    const noise = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i * 7919) % 251);
    const file = await sharp(noise, { raw: { width: 64, height: 64, channels: 1 } })
      .png()
      .toBuffer();
    await assert.rejects(decodeFilm(file.subarray(0, file.length >> 1), whole));
    await assert.rejects(decodeFilm(Buffer.from("no image"), whole));
    await assert.rejects(decodeFilm("/nowhere/x.png", whole), /missing/);
  });
});
