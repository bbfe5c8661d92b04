import { foldIn, uniform, type Key } from "../engine/random.ts";
import type { Film } from "./dataset.ts";
import {
  countPartners,
  groupFilms,
  groupIndices,
  isOfType,
  type FilmGroups,
  type PairType,
} from "./film-groups.ts";
import { describePairs, type PairDescription } from "./pair-description.ts";

/** Two films by index. Equal indices stand in where a set has no pair of the wanted type. */
export interface FilmPair {
  readonly a: number;
  readonly b: number;
}

/**
 * A swap with a known answer: the identity of one film and the pathology of another must give the
 * target. Identity film and target are of one patient with different pathology; pathology film and
 * target are of two patients with the same pathology. A target that lacks one of the two partners
 * stands in for it.
 */
export interface FilmTriple {
  readonly identity: number;
  readonly pathology: number;
  readonly target: number;
}

export interface PairSampler {
  readonly description: PairDescription;
  /** Draws films one by one, classes tempered. */
  readonly drawFilms: (stream: Key, count: number) => number[];
  /** Draws pairs of one type; the class of `a` is tempered, and of `b` too where nothing is shared. */
  readonly drawPairs: (stream: Key, type: PairType, count: number) => FilmPair[];
  /** Draws triples; the class of the target is tempered. */
  readonly drawTriples: (stream: Key, count: number) => FilmTriple[];
}

export interface PairSamplerOptions {
  /**
   * τ: a class is drawn with probability proportional to n^τ, n being its films that qualify.
   * 1 keeps the data's frequencies, 0 draws every class equally often; 0.5 when omitted.
   */
  readonly classExponent?: number;
}

/**
 * Prepares drawing of group-supervision batches from films with known patients and pathology cells.
 * Equal keys give equal draws. A film's class is the rarest of its labels.
 */
export function createPairSampler(
  { films }: { readonly films: readonly Film[] },
  { classExponent = 0.5 }: PairSamplerOptions = {},
): PairSampler {
  if (!(classExponent >= 0 && classExponent <= 1)) {
    throw new RangeError(
      `createPairSampler: classExponent is ${classExponent}; give a number from 0 (classes equally often) to 1 (as in the data).`,
    );
  }
  const groups = groupFilms(films);
  if (groups.known.length === 0) {
    throw new RangeError(
      `createPairSampler: none of ${films.length} films has a label; give films with labels.`,
    );
  }
  const temperedOver = (indices: readonly number[]) =>
    temper(indices, groups.classOf, classExponent);
  const any = temperedOver(groups.known);
  const withPartners = (type: PairType) =>
    temperedOver(groups.known.filter((index) => countPartners(groups, type, index) > 0));
  const first: Readonly<Record<PairType, Tempered>> = {
    samePathology: withPartners("samePathology"),
    samePatient: withPartners("samePatient"),
    nothingShared: withPartners("nothingShared"),
  };
  const hasPartner = (type: PairType, index: number) => countPartners(groups, type, index) > 0;
  const targets = temperedOver(
    groups.known.filter(
      (index) => hasPartner("samePatient", index) || hasPartner("samePathology", index),
    ),
  );
  const partnerOf = (a: number, type: PairType, draws: Draws) =>
    drawPartner(groups, type, a, { any, draws });

  const drawFilms = (stream: Key, count: number): number[] => {
    const draws = drawsFrom(foldIn(stream, "films"));
    return Array.from({ length: count }, () => drawTempered(any, draws));
  };
  const drawPairs = (stream: Key, type: PairType, count: number): FilmPair[] => {
    const draws = drawsFrom(foldIn(stream, type));
    return Array.from({ length: count }, () => {
      if (first[type].classes.length === 0) {
        const film = drawTempered(any, draws);
        return { a: film, b: film };
      }
      const a = drawTempered(first[type], draws);
      return { a, b: partnerOf(a, type, draws) };
    });
  };
  const drawTriples = (stream: Key, count: number): FilmTriple[] => {
    const draws = drawsFrom(foldIn(stream, "triples"));
    return Array.from({ length: count }, () => {
      if (targets.classes.length === 0) {
        const film = drawTempered(any, draws);
        return { identity: film, pathology: film, target: film };
      }
      const target = drawTempered(targets, draws);
      const partnerOrSelf = (type: PairType) =>
        hasPartner(type, target) ? partnerOf(target, type, draws) : target;
      return {
        identity: partnerOrSelf("samePatient"),
        pathology: partnerOrSelf("samePathology"),
        target,
      };
    });
  };
  return { description: describePairs({ films }), drawFilms, drawPairs, drawTriples };
}

/** Films by class, with the running sum of the classes' probabilities. */
interface Tempered {
  readonly classes: readonly (readonly number[])[];
  readonly cumulative: readonly number[];
}

function temper(
  indices: readonly number[],
  classOf: readonly string[],
  exponent: number,
): Tempered {
  const classes = [...groupIndices(indices, (index) => classOf[index]!).values()];
  const weights = classes.map(({ length }) => length ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return { classes, cumulative: weights.map((weight) => (sum += weight) / total) };
}

function drawTempered({ classes, cumulative }: Tempered, draws: Draws): number {
  const draw = draws.next();
  const found = cumulative.findIndex((limit) => draw < limit);
  // Rounding can leave the last limit just below 1.
  return pick(classes[found < 0 ? classes.length - 1 : found]!, draws.next());
}

// Most candidates qualify, so draw until one does; where few do, search them all.
function drawPartner(
  groups: FilmGroups,
  type: PairType,
  a: number,
  { any, draws }: { readonly any: Tempered; readonly draws: Draws },
): number {
  const { patient, cell } = groups.films[a]!;
  const candidates = {
    samePathology: groups.byCell.get(cell)!,
    samePatient: groups.byPatient.get(patient)!,
    nothingShared: groups.known,
  }[type];
  for (let attempt = 0; attempt < 20; attempt++) {
    const b = type === "nothingShared" ? drawTempered(any, draws) : pick(candidates, draws.next());
    if (isOfType(groups, type, a, b)) return b;
  }
  return pick(
    candidates.filter((b) => isOfType(groups, type, a, b)),
    draws.next(),
  );
}

interface Draws {
  readonly next: () => number;
}

const BLOCK = 256;

// An endless row of uniform numbers, drawn in blocks.
function drawsFrom(stream: Key): Draws {
  let block = uniform(foldIn(stream, 0), BLOCK);
  let used = 0;
  return {
    next: () => {
      if (used > 0 && used % BLOCK === 0) block = uniform(foldIn(stream, used / BLOCK), BLOCK);
      return block[used++ % BLOCK]!;
    },
  };
}

function pick(items: readonly number[], draw: number): number {
  return items[Math.floor(draw * items.length)]!;
}
