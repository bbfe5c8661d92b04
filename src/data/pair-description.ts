import type { Film } from "./dataset.ts";
import {
  countPartners,
  groupFilms,
  PAIR_TYPES,
  type FilmGroups,
  type PairType,
} from "./film-groups.ts";

/** How much group supervision a set of films can give. */
export interface PairDescription {
  /** Unordered pairs of each type. */
  readonly pairs: Readonly<Record<PairType, number>>;
  /** Choices of (identity film, pathology film, target); see `FilmTriple`. */
  readonly triples: number;
  /** Films that take no part because nothing is known of their pathology. */
  readonly unlabelledFilms: number;
  /** One sentence for each thing that is missing, with what the sampler does instead. */
  readonly notes: readonly string[];
}

/**
 * Counts the pairs of each type among films, and says what happens where there are none.
 *
 * @example
 * ```ts
 * import { createPhantomDataset, describePairs } from "counterlab";
 *
 * const dataset = createPhantomDataset({ counts: { Effusion: 30, Nodule: 3 }, stream: "example" });
 * const { unlabelledFilms } = describePairs(dataset);
 * console.log(dataset.films.length, unlabelledFilms); // 33 0
 * ```
 */
export function describePairs({ films }: { readonly films: readonly Film[] }): PairDescription {
  const groups = groupFilms(films);
  const pairs = countPairs(groups);
  const triples = countTriples(groups);
  const unlabelledFilms = films.length - groups.known.length;
  const notes: string[] = [];
  if (unlabelledFilms > 0) {
    notes.push(`${unlabelledFilms} films have no label and take no part in pairs.`);
  }
  for (const type of PAIR_TYPES) if (pairs[type] === 0) notes.push(WITHOUT[type]);
  if (triples === 0) notes.push(WITHOUT_TRIPLES);
  return { pairs, triples, unlabelledFilms, notes };
}

const SELF = "a film is paired with itself instead, which makes the swap a plain reconstruction.";

const WITHOUT: Readonly<Record<PairType, string>> = {
  samePathology: `No two patients have the same pathology: ${SELF}`,
  samePatient: `No patient has two films of different pathology: ${SELF}`,
  nothingShared: `No two films differ in both patient and pathology: ${SELF}`,
};

const WITHOUT_TRIPLES =
  "No film has both another film of its patient and its pathology in another patient: " +
  "it stands in for the partner that it lacks.";

function countPairs(groups: FilmGroups): Record<PairType, number> {
  // Every unordered pair is counted from both of its ends.
  const count = (type: PairType) =>
    groups.known.reduce((sum, index) => sum + countPartners(groups, type, index), 0) / 2;
  return {
    samePathology: count("samePathology"),
    samePatient: count("samePatient"),
    nothingShared: count("nothingShared"),
  };
}

function countTriples(groups: FilmGroups): number {
  return groups.known.reduce(
    (sum, target) =>
      sum +
      countPartners(groups, "samePatient", target) * countPartners(groups, "samePathology", target),
    0,
  );
}
