/**
 * Renders the sets on which the phantom's difficulty is calibrated and writes them as .npz for
 * bench/phantom_calibration.py.
 *
 *   node --import tsx bench/phantom-export.ts out/calibration [oracle films a class, default 0]
 */
import { mkdir, writeFile } from "node:fs/promises";
import {
  IDENTITY_FACTORS,
  longTailCounts,
  openPhantom,
  createPhantomDataset,
  PATHOLOGY_TYPES,
  type PhantomDataset,
} from "#src/data/index.ts";
import { writeNpz } from "#src/formats/npz.ts";

const [out = "out/calibration", oraclePerClass = "0"] = process.argv.slice(2);
const { train, test, balanced } = openPhantom();
const counts = longTailCounts(8, { maxPerClass: 2000, imbalance: 100 });
// What tops every class up to the head's 2,000 films: new patients, real renders.
const topUp = createPhantomDataset({
  stream: "top-up",
  counts: Object.fromEntries(PATHOLOGY_TYPES.map((type, k) => [type, 2000 - counts[k]!])),
});
await mkdir(out, { recursive: true });
const sets: Record<string, PhantomDataset> = { train, test, topUp };
if (Number(oraclePerClass) > 0) sets["oracle"] = balanced("oracle", Number(oraclePerClass));
for (const [name, set] of Object.entries(sets)) await writeSet(name, set);

async function writeSet(name: string, set: PhantomDataset): Promise<void> {
  const size = set.imageSizePx;
  const images = new Uint8Array(set.films.length * size * size);
  for (let index = 0; index < set.films.length; index++) {
    const film = await set.readImages([index]);
    images.set(
      film.map((value) => Math.round(value * 255)),
      index * film.length,
    );
  }
  const types = set.films.map(({ labels }) =>
    PATHOLOGY_TYPES.findIndex((type) => type === labels[0]),
  );
  const severities = set.films.map((_, index) => set.truth(index).pathology.severity);
  const identities = set.films.flatMap((_, index) =>
    IDENTITY_FACTORS.map((factor) => set.truth(index).identity[factor]),
  );
  await writeFile(
    `${out}/${name}.npz`,
    writeNpz({
      images: { data: images, shape: [set.films.length, size, size] },
      types: { data: Uint8Array.from(types), shape: [types.length] },
      severities: { data: Float32Array.from(severities), shape: [severities.length] },
      identities: {
        data: Float32Array.from(identities),
        shape: [set.films.length, IDENTITY_FACTORS.length],
      },
    }),
  );
  console.log(`${name}: ${set.films.length} films`);
}
