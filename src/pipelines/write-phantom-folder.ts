import type { PhantomDataset } from "../data/index.ts";
import { encodeGreyPng, resolvePath, writeFileAtomic } from "../io/index.ts";

/**
 * Writes phantom films as a folder of the kind that NIH ChestX-ray14 was published as: `Data_Entry_2017.csv` and `images/` with PNG
 * files. To try on it what is meant for real films; `openDataset(folder, ...)` opens it again.
 *
 * @returns the number of films written.
 */
export async function writePhantomFolder(folder: string, dataset: PhantomDataset): Promise<number> {
  const { films, imageSizePx } = dataset;
  const root = resolvePath(folder);
  const patients = [...new Set(films.map(({ patient }) => patient))];
  const filmsOf = new Map<string, number>();
  const rows: string[] = [];
  for (const [index, { patient, labels, attributes }] of films.entries()) {
    const nth = filmsOf.get(patient) ?? 0;
    filmsOf.set(patient, nth + 1);
    const number = patients.indexOf(patient) + 1;
    const name = `${String(number).padStart(8, "0")}_${String(nth).padStart(3, "0")}.png`;
    const pixels = Uint8Array.from(await dataset.readImages([index]), (value) =>
      Math.round(255 * value),
    );
    await writeFileAtomic(`${root}/images/${name}`, await encodeGreyPng(pixels, imageSizePx));
    rows.push([name, labels.join("|"), nth, number, attributes["view"] ?? "PA"].join(","));
  }
  const header = "Image Index,Finding Labels,Follow-up #,Patient ID,View Position";
  await writeFileAtomic(`${root}/Data_Entry_2017.csv`, `${[header, ...rows].join("\n")}\n`);
  return films.length;
}
