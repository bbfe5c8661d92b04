import type { Film } from "./dataset.ts";

/** What two films of a pair have in common. */
export type PairType = "samePathology" | "samePatient" | "nothingShared";

export const PAIR_TYPES = ["samePathology", "samePatient", "nothingShared"] as const;

/** Films sorted by what they can share: patient, pathology cell, and the class that balances draws. */
export interface FilmGroups {
  readonly films: readonly Film[];
  /** Indices of films whose pathology is known; the others are never drawn. */
  readonly known: readonly number[];
  readonly byPatient: ReadonlyMap<string, readonly number[]>;
  readonly byCell: ReadonlyMap<string, readonly number[]>;
  readonly byPatientAndCell: ReadonlyMap<string, readonly number[]>;
  /** Each film's class: the rarest of its labels. */
  readonly classOf: readonly string[];
}

/** Groups films by patient, cell and class; films without labels belong to no group. */
export function groupFilms(films: readonly Film[]): FilmGroups {
  const frequency = new Map<string, number>();
  for (const label of films.flatMap(({ labels }) => labels)) {
    frequency.set(label, (frequency.get(label) ?? 0) + 1);
  }
  const rarest = (labels: readonly string[]) =>
    labels.reduce(
      (best, label) => (frequency.get(label)! < (frequency.get(best) ?? Infinity) ? label : best),
      "",
    );
  const known = [...films.keys()].filter((index) => films[index]!.labels.length > 0);
  return {
    films,
    known,
    byPatient: groupIndices(known, (index) => films[index]!.patient),
    byCell: groupIndices(known, (index) => films[index]!.cell),
    byPatientAndCell: groupIndices(known, (index) => patientAndCell(films[index]!)),
    classOf: films.map(({ labels }) => rarest(labels)),
  };
}

/** Splits indices into lists of equal key, each list in the order of the indices. */
export function groupIndices(
  indices: readonly number[],
  keyOf: (index: number) => string,
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const index of indices) {
    const group = groups.get(keyOf(index));
    if (group === undefined) groups.set(keyOf(index), [index]);
    else group.push(index);
  }
  return groups;
}

/** Whether two films are "the same pathology", of the same patient, or share nothing. */
export function isOfType({ films }: FilmGroups, type: PairType, a: number, b: number): boolean {
  const isSameCell = films[a]!.cell === films[b]!.cell;
  const isSamePatient = films[a]!.patient === films[b]!.patient;
  switch (type) {
    case "samePathology":
      return isSameCell && !isSamePatient;
    case "samePatient":
      return isSamePatient && !isSameCell;
    case "nothingShared":
      return !isSamePatient && !isSameCell;
  }
}

/** How many films make a pair of `type` with the film at `index`. */
export function countPartners(groups: FilmGroups, type: PairType, index: number): number {
  const { patient, cell } = groups.films[index]!;
  const inCell = groups.byCell.get(cell)!.length;
  const inPatient = groups.byPatient.get(patient)!.length;
  const inBoth = groups.byPatientAndCell.get(patientAndCell(groups.films[index]!))!.length;
  switch (type) {
    case "samePathology":
      return inCell - inBoth;
    case "samePatient":
      return inPatient - inBoth;
    case "nothingShared":
      return groups.known.length - inPatient - inCell + inBoth;
  }
}

function patientAndCell({ patient, cell }: Film): string {
  return JSON.stringify([patient, cell]);
}
