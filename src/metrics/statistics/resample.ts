import { foldIn, randint, type Key } from "../../engine/random.ts";
import { MetricInputError } from "../metric-input-error.ts";

/** What was measured: samples under each training seed. */
export interface SampleDesign {
  /** Samples of each training seed; one entry a seed. */
  readonly samples: readonly number[];
  /**
   * true: sample k is the same film under every seed (a test set), drawn once for all; false: each seed has samples of its
   * own (generated films).
   */
  readonly isShared: boolean;
  /**
   * Group of each sample, such as its patient: groups are drawn, with all their samples. For every seed alike when
   * shared, else by seed. When omitted every sample stands alone.
   */
  readonly groups?: readonly ArrayLike<string | number>[];
  /** Stratum of each sample, such as its class: as many groups are drawn from each as it has. As `groups`. */
  readonly strata?: readonly ArrayLike<string | number>[];
}

/** Numbers of the seeds drawn, and for each of them the numbers of the samples drawn. */
export interface Resample {
  readonly seeds: Int32Array;
  readonly samples: readonly Int32Array[];
}

/** Throws unless seeds, groups and strata fit together. */
export function requireDesign(metric: string, design: SampleDesign): void {
  const { samples, isShared } = design;
  const isSound =
    samples.length > 0 && samples.every((count) => Number.isInteger(count) && count > 0);
  if (!isSound || (isShared && samples.some((count) => count !== samples[0]))) {
    throw new MetricInputError(
      metric,
      "samples",
      `are [${samples.join(", ")}]; give 1 or more for each seed${isShared ? ", all equal as they are shared" : ""}.`,
    );
  }
  for (const argument of ["groups", "strata"] as const) {
    const lists = design[argument];
    const wanted = isShared ? samples.slice(0, 1) : samples;
    if (lists === undefined) continue;
    const isFit =
      lists.length === wanted.length && lists.every((list, k) => list.length === wanted[k]);
    if (isFit) continue;
    throw new MetricInputError(
      metric,
      argument,
      `have lengths [${lists.map((list) => list.length).join(", ")}]; give [${wanted.join(", ")}].`,
    );
  }
}

/** Prepares drawing: seeds with replacement, then groups of samples with replacement within each stratum. */
export function createResampler(design: SampleDesign): (stream: Key) => Resample {
  requireDesign("createResampler", design);
  const { samples, isShared } = design;
  const lists = (isShared ? samples.slice(0, 1) : samples).map((count, k) =>
    groupsByStratum(count, design.groups?.[k], design.strata?.[k]),
  );
  return (stream) => {
    const seeds = randint(foldIn(stream, "seeds"), samples.length, { max: samples.length });
    if (isShared) {
      const drawn = drawGroups(foldIn(stream, "samples"), lists[0]!);
      return { seeds, samples: Array.from(seeds, () => drawn) };
    }
    // Each time that a seed is drawn its samples are drawn anew.
    const drawn = Array.from(seeds, (seed, at) =>
      drawGroups(foldIn(foldIn(stream, "samples"), at), lists[seed]!),
    );
    return { seeds, samples: drawn };
  };
}

/** The resample that is the data itself. */
export function wholeSample({ samples }: SampleDesign): Resample {
  return {
    seeds: Int32Array.from(samples, (_, seed) => seed),
    samples: samples.map((count) => Int32Array.from({ length: count }, (_, sample) => sample)),
  };
}

// Strata, each a list of groups, each a list of sample numbers.
function groupsByStratum(
  count: number,
  groups: ArrayLike<string | number> | undefined,
  strata: ArrayLike<string | number> | undefined,
): Int32Array[][] {
  const byGroup = new Map<string | number, number[]>();
  for (let sample = 0; sample < count; sample++) {
    const group = groups?.[sample] ?? sample;
    listAt(byGroup, group).push(sample);
  }
  const byStratum = new Map<string | number, Int32Array[]>();
  for (const [group, members] of byGroup) {
    const own = [...new Set(members.map((sample) => strata?.[sample] ?? 0))];
    if (own.length > 1) {
      throw new MetricInputError(
        "createResampler",
        "strata",
        `part group ${group} (${own.join(", ")}); a group must lie in one stratum, or give no strata.`,
      );
    }
    listAt(byStratum, own[0]!).push(Int32Array.from(members));
  }
  return [...byStratum.values()];
}

function drawGroups(stream: Key, strata: readonly (readonly Int32Array[])[]): Int32Array {
  const drawn = strata.map((groups, k) => {
    const numbers = randint(foldIn(stream, k), groups.length, { max: groups.length });
    // Samples that stand alone need no lists.
    return groups.every((members) => members.length === 1)
      ? numbers.map((group) => groups[group]![0]!)
      : Int32Array.from(Array.from(numbers, (group) => [...groups[group]!]).flat());
  });
  const all = new Int32Array(drawn.reduce((sum, samples) => sum + samples.length, 0));
  let at = 0;
  for (const samples of drawn) {
    all.set(samples, at);
    at += samples.length;
  }
  return all;
}

function listAt<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
