/**
 * Opens a folder of many films for the first time, a second time, and reads batches from it; prints
 * rates and the peak of resident memory.
 *
 *   node --import tsx bench/film-folder.ts [films, default 10000] [side of the originals in pixels, default 256]
 */
import { link, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { averageIdentity, renderPhantom } from "#src/data/index.ts";
import { openFilmFolder, openingFilmFolder } from "#src/io/film-folder.ts";

const count = Number(process.argv[2] ?? 10_000);
const sidePx = Number(process.argv[3] ?? 256);
const folder = await mkdtemp(join(tmpdir(), "counterlab-films-"));
try {
  const originals = 16;
  for (let k = 0; k < originals; k++) {
    const film = renderPhantom(
      { identity: averageIdentity({ textureSeed: k }) },
      { imageSizePx: sidePx },
    );
    const bytes = Uint8Array.from(film, (value) => Math.round(255 * value));
    await sharp(bytes, { raw: { width: sidePx, height: sidePx, channels: 1 } })
      .png()
      .toFile(join(folder, `original-${k}.png`));
  }
  await mkdir(join(folder, "films"));
  // Hard links: as many names as wanted, one file's worth of disk.
  for (let k = 0; k < count; k++) {
    await link(join(folder, `original-${k % originals}.png`), join(folder, "films", `${k}.png`));
  }
  const rows = Array.from({ length: count }, (_, k) => `${k}.png,No Finding,${k >> 2}`);
  await writeFile(join(folder, "labels.csv"), ["image,labels,patient", ...rows].join("\n"));

  const options = { cacheDir: join(folder, "cache"), images: "films", imageSizePx: 64 };
  let peakBytes = 0;
  let start = performance.now();
  for await (const progress of openingFilmFolder(folder, options)) {
    peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
    if (progress.stage === "decoding" && progress.done % 12_800 === 0) {
      console.log(
        `${progress.done} of ${count}, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
      );
    }
  }
  const firstS = (performance.now() - start) / 1000;
  start = performance.now();
  const dataset = await openFilmFolder(folder, options);
  const secondS = (performance.now() - start) / 1000;
  start = performance.now();
  const batches = 200;
  for (let batch = 0; batch < batches; batch++) {
    await dataset.readImages(
      Array.from({ length: 16 }, (_, k) => (batch * 7919 + k * 613) % count),
    );
    peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
  }
  const batchMs = (performance.now() - start) / batches;
  console.log(
    JSON.stringify({
      films: count,
      sidePx,
      firstOpenS: round(firstS),
      filmsPerSecond: Math.round(count / firstS),
      secondOpenS: round(secondS),
      batchOf16Ms: round(batchMs),
      peakRssMB: Math.round(peakBytes / 1e6),
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
