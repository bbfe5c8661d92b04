import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDicom } from "#src/formats/dicom/index.ts";
import { decodeDicom, isDicomName } from "#src/io/decode-dicom.ts";
import { decodeFilm } from "#src/io/decode-image.ts";
import reference from "./dicom-reference.json" with { type: "json" };

// The files and what pydicom makes of them come from dicom-reference.py.
const folder = join(import.meta.dirname, "dicom");
const bytesOf = (name: string) => readFile(join(folder, `${name}.dcm`));

interface Reference {
  readonly syntax: string;
  readonly every_13th: readonly number[];
}
const cases = Object.entries(reference as Readonly<Record<string, Reference>>);
const isLossy = (name: string) => name === "jpeg-baseline" || name === "jpeg-extended";

describe("a DICOM film", () => {
  for (const [name, { every_13th: expected }] of cases) {
    it(`is shown as pydicom shows it: ${name}`, async () => {
      const { grey, widthPx, heightPx } = await decodeDicom(await bytesOf(name));
      assert.deepEqual([widthPx, heightPx], [40, 32]);
      // The reference has six decimals. Lossy JPEG: decoders may differ by one step in the transform.
      const window = name === "jpeg-extended" ? 1500 : 255;
      const tolerance = isLossy(name) ? 2 / window : 1e-6;
      expected.forEach((value, k) => {
        assert.ok(Math.abs(grey[13 * k]! - value) <= tolerance, `pixel ${13 * k}: ${grey[13 * k]}`);
      });
    });
  }

  it("covers every way of storing that the reference knows", () => {
    const syntaxes = new Set(cases.map(([, { syntax }]) => syntax));
    assert.equal(syntaxes.size, 10);
  });

  it("is dark where it is dark in the other polarity too", async () => {
    const [plain, turned] = await Promise.all([
      bytesOf("jpeg-lossless"),
      bytesOf("jpeg-lossless-mono1"),
    ]);
    const [a, b] = [await decodeDicom(plain), await decodeDicom(turned)];
    assert.ok(a.grey.every((value, i) => Math.abs(value + b.grey[i]! - 1) < 1e-6));
  });

  it("in colour becomes grey by Rec. 601", async () => {
    const { grey } = await decodeDicom(await bytesOf("rgb"));
    // The first pixel is (0, 255, 0).
    assert.ok(Math.abs(grey[0]! - Math.round(0.587 * 255) / 255) < 1e-6);
  });

  it("is refused in words when the file holds none, several or half of one", async () => {
    await assert.rejects(decodeDicom(await bytesOf("no-pixels")), /holds no pixels, modality SR/);
    await assert.rejects(decodeDicom(await bytesOf("two-frames")), /holds 2 frames, not one film/);
    const whole = await bytesOf("u12");
    await assert.rejects(decodeDicom(whole.subarray(0, whole.length - 500)), /dicom: /);
    const compressed = await bytesOf("jpeg-ls");
    const broken = Uint8Array.from(compressed);
    broken.fill(7, broken.length - 1400, broken.length - 100);
    await assert.rejects(decodeDicom(broken), /1\.2\.840\.10008\.1\.2\.4\.80\) are broken/);
    await assert.rejects(decodeDicom(Buffer.from("no film")), /dicom: .*DICM at byte 128/);
  });

  it("becomes a square film like any other image", async () => {
    const film = await decodeFilm(join(folder, "u12-mono1.dcm"), { imageSizePx: 16, fit: "pad" });
    assert.equal(film.length, 256);
    // 40 wide and 32 high: black bars above and below, also for MONOCHROME1.
    assert.deepEqual([film[0], film[255]], [0, 0]);
    assert.ok(film[16 * 3 + 1]! > 200);
  });

  it("is known by its name", () => {
    for (const name of ["a.dcm", "x/IM-0001-0001", "a.DCM", "1.2.840.113.7"]) {
      assert.equal(isDicomName(name), true, name);
    }
    for (const name of ["a.png", "x.y/a.jpg", "labels.csv"]) {
      assert.equal(isDicomName(name), false, name);
    }
  });
});

describe("the header of a DICOM film", () => {
  it("tells patient, view, sex, age and modality, and is enough by itself", async () => {
    const bytes = await bytesOf("lateral");
    const { film } = readDicom(bytes.subarray(0, 800), { isHeaderOnly: true });
    const { patient, view, sex, ageYears, modality, bodyPart, isForProcessing } = film;
    assert.deepEqual(
      { patient, view, sex, ageYears, modality, bodyPart, isForProcessing },
      {
        patient: "P-2",
        view: "LL",
        sex: "M",
        ageYears: 61,
        modality: "DX",
        bodyPart: "CHEST",
        isForProcessing: false,
      },
    );
  });
});

const real = join(process.env["COUNTERLAB_DATA"] ?? "../shared/data", "dicom");

describe("the real DICOM films", () => {
  it("are each other's negatives, as pydicom's mean grey says", async function () {
    if (!existsSync(real)) return this.skip();
    const means: Record<string, number> = {};
    for (const name of await readdir(real)) {
      const bytes = await readFile(join(real, name));
      const { grey } = await decodeDicom(bytes);
      const { photometric } = readDicom(bytes).film.image!;
      means[photometric] = grey.reduce((sum, value) => sum + value, 0) / grey.length;
    }
    // pydicom 3.0.2: the stored values' mean is 160.42896; its JPEG decoder is another one.
    assert.ok(
      Math.abs(means["MONOCHROME2"]! - 160.42896 / 255) < 5e-4,
      String(means["MONOCHROME2"]),
    );
    assert.ok(Math.abs(means["MONOCHROME1"]! + means["MONOCHROME2"]! - 1) < 1e-6);
  }).timeout(60_000);
});
