import { elementCount, type NumberArray } from "../../formats/array-types.ts";
import type { FilmRow } from "../film-table.ts";
import { ownLabelName } from "./label-names.ts";

/** The classes of MedMNIST's chest sets (Yang et al. 2023, arXiv:2110.14795), in the order of their numbers. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  chestmnist: [
    "atelectasis",
    "cardiomegaly",
    "effusion",
    "infiltration",
    "mass",
    "nodule",
    "pneumonia",
    "pneumothorax",
    "consolidation",
    "edema",
    "emphysema",
    "fibrosis",
    "pleural",
    "hernia",
  ],
  pneumoniamnist: ["normal", "pneumonia"],
};

/** How MedMNIST calls its parts, and how we do. */
export const MED_MNIST_SPLITS = { train: "train", val: "validation", test: "test" } as const;

/**
 * The rows of a MedMNIST part. One column of labels holds the number of the class; several hold 1 where a finding is
 * present, and none of them in ChestMNIST means No Finding. Classes of other sets are called "class 0" and so on.
 *
 * @param file Name of the archive, which tells the set.
 * @param labels Shape [films, 1] or [films, findings].
 */
export function medMnistRows(
  file: string,
  part: keyof typeof MED_MNIST_SPLITS,
  labels: NumberArray,
): FilmRow[] {
  const set = /(chestmnist|pneumoniamnist)/i.exec(file)?.[1]?.toLowerCase() ?? "";
  const [count = 0, ...rest] = labels.shape;
  const columns = elementCount(rest);
  const nameOf = (index: number) => ownLabelName(CLASSES[set]?.[index] ?? `class ${index}`);
  return Array.from({ length: count }, (_, film) => {
    const values = Array.from({ length: columns }, (_, k) =>
      Number(labels.data[film * columns + k]),
    );
    const found =
      columns === 1
        ? [nameOf(values[0]!)]
        : values.flatMap((value, k) => (value === 1 ? [nameOf(k)] : []));
    return {
      image: `${file}#${part}/${film}`,
      labels: found.length === 0 && set === "chestmnist" ? ["No Finding"] : found,
      patient: undefined,
      attributes: { split: MED_MNIST_SPLITS[part] },
      flags: {},
    };
  });
}
