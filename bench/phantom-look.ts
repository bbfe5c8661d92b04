/**
 * Draws phantom films beside NIH films and compares them in numbers: intensity percentiles and radially
 * averaged power spectra. Writes sheets and figures to out/phantom-look/.
 *
 *   node --import tsx bench/phantom-look.ts [folder of the NIH films, default ../shared/data/nih]
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { openPhantom } from "#src/data/phantom/open-phantom.ts";

const SIZE = 64;
const OUT = "out/phantom-look";
const nihFolder =
  process.argv[2] ?? process.env["COUNTERLAB_DATA"]?.concat("/nih") ?? "../shared/data/nih";

interface Look {
  readonly percentiles: Readonly<Record<string, number>>;
  /** Mean and spread over films of each film's mean and standard deviation. */
  readonly filmMean: readonly [number, number];
  readonly filmDeviation: readonly [number, number];
  /** log10 of the mean power in rings of 0-4, 4-8, ... cycles a film. */
  readonly logPower: readonly number[];
}

await mkdir(OUT, { recursive: true });
const { train, balanced } = openPhantom({ imageSizePx: SIZE });
const phantomFilms = await films(train, 512);
const rows: Record<string, string>[] = parse(await readFile(`${nihFolder}/labels.csv`), {
  columns: true,
});
const nihFilms = await Promise.all(
  rows
    .filter((row) => row["in64"] === "1" && row["view"] === "PA")
    .map(async (row) => readGrey(`${nihFolder}/nih64/${row["image"]!}`)),
);
const shuffled = nihFilms.map((_, k) => nihFilms[(k * 197) % nihFilms.length]!);
await drawSheet(phantomFilms.slice(0, 64), `${OUT}/phantom.png`);
await drawSheet(shuffled.slice(0, 64), `${OUT}/nih.png`);
// Alternating columns, for the eye: phantom, NIH, phantom, NIH ...
await drawSheet(
  Array.from({ length: 64 }, (_, k) => (k % 2 === 0 ? phantomFilms[k]! : shuffled[k]!)),
  `${OUT}/mixed.png`,
);
const ill = balanced("look", 8);
const order = ill.classes.flatMap((label) =>
  [...ill.films.keys()]
    .filter((k) => ill.films[k]!.labels[0] === label)
    .sort((a, b) => ill.truth(a).pathology.severity - ill.truth(b).pathology.severity),
);
await drawSheet(await films(ill, order), `${OUT}/pathologies.png`);

const looks = { phantom: describe(phantomFilms), nih: describe(nihFilms) };
await writeFile(`${OUT}/look.json`, JSON.stringify(looks, null, 2));
for (const [name, look] of Object.entries(looks)) console.log(name, JSON.stringify(look));

async function films(
  dataset: { readImages(indices: readonly number[]): Promise<Float32Array> },
  which: number | readonly number[],
): Promise<Float32Array[]> {
  // A stride through the set takes films of all patients and classes.
  const indices =
    typeof which === "number" ? Array.from({ length: which }, (_, k) => k * 8) : which;
  const pixels = await dataset.readImages(indices);
  return indices.map((_, k) => pixels.subarray(k * SIZE * SIZE, (k + 1) * SIZE * SIZE));
}

async function readGrey(file: string): Promise<Float32Array> {
  const bytes = await sharp(file).resize(SIZE, SIZE).greyscale().raw().toBuffer();
  return Float32Array.from(bytes, (byte) => byte / 255);
}

async function drawSheet(list: readonly Float32Array[], file: string): Promise<void> {
  const side = SIZE * 8;
  const pixels = new Uint8Array(side * SIZE * Math.ceil(list.length / 8));
  list.forEach((film, k) => {
    for (let i = 0; i < film.length; i++) {
      const row = Math.floor(k / 8) * SIZE + Math.floor(i / SIZE);
      pixels[row * side + (k % 8) * SIZE + (i % SIZE)] = Math.round(film[i]! * 255);
    }
  });
  await sharp(pixels, { raw: { width: side, height: pixels.length / side, channels: 1 } })
    .resize(side * 2, undefined, { kernel: "cubic" })
    .png()
    .toFile(file);
}

function describe(list: readonly Float32Array[]): Look {
  const all = list.flatMap((film) => [...film]).sort((a, b) => a - b);
  const percentiles = Object.fromEntries(
    [1, 5, 10, 25, 50, 75, 90, 95, 99].map((p) => [
      p,
      round(all[Math.floor(((all.length - 1) * p) / 100)]!),
    ]),
  );
  const means = list.map((film) => mean(film));
  const deviations = list.map((film, k) =>
    Math.sqrt(mean(film.map((value) => (value - means[k]!) ** 2))),
  );
  const spread = (values: readonly number[]): [number, number] => {
    const centre = mean(values);
    return [round(centre), round(Math.sqrt(mean(values.map((value) => (value - centre) ** 2))))];
  };
  return {
    percentiles,
    filmMean: spread(means),
    filmDeviation: spread(deviations),
    logPower: powerSpectrum(list.slice(0, 200)).map(round),
  };
}

// Power of the Hann-windowed films, averaged over rings of 4 cycles a film, log10.
function powerSpectrum(list: readonly Float32Array[]): number[] {
  const rings = new Float64Array(8);
  const counts = new Float64Array(8);
  const hann = Float64Array.from(
    { length: SIZE },
    (_, i) => Math.sin((Math.PI * (i + 0.5)) / SIZE) ** 2,
  );
  const cos = Float64Array.from({ length: SIZE }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));
  const sin = Float64Array.from({ length: SIZE }, (_, i) => Math.sin((2 * Math.PI * i) / SIZE));
  for (const film of list) {
    const centre = mean(film);
    const rows = Array.from({ length: SIZE }, (_, y) =>
      transform(
        Float64Array.from(
          { length: SIZE },
          (_, x) => (film[y * SIZE + x]! - centre) * hann[x]! * hann[y]!,
        ),
        new Float64Array(SIZE),
      ),
    );
    for (let u = 0; u < SIZE / 2; u++) {
      const column = transform(
        Float64Array.from(rows, ([re]) => re[u]!),
        Float64Array.from(rows, ([, im]) => im[u]!),
      );
      for (let v = 0; v < SIZE; v++) {
        const ring = Math.floor(Math.hypot(u, v < SIZE / 2 ? v : v - SIZE) / 4);
        if (ring >= rings.length) continue;
        rings[ring]! += column[0][v]! ** 2 + column[1][v]! ** 2;
        counts[ring]!++;
      }
    }
  }
  return Array.from(rings, (sum, k) => Math.log10(sum / counts[k]!));

  function transform(re: Float64Array, im: Float64Array): [Float64Array, Float64Array] {
    const outRe = new Float64Array(SIZE);
    const outIm = new Float64Array(SIZE);
    for (let f = 0; f < SIZE; f++) {
      for (let i = 0; i < SIZE; i++) {
        const at = (f * i) % SIZE;
        outRe[f]! += re[i]! * cos[at]! + im[i]! * sin[at]!;
        outIm[f]! += im[i]! * cos[at]! - re[i]! * sin[at]!;
      }
    }
    return [outRe, outIm];
  }
}

function mean(values: Float32Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
