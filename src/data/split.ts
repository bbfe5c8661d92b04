import { foldIn, permutation, uniform, type Key } from "../engine/random.ts";
import type { Film } from "./dataset.ts";
import { groupIndices } from "./film-groups.ts";
import { classesByFrequency } from "./subset.ts";

/**
 * Splits films by patient, so that no patient is in two parts, and spreads every label over the parts
 * in proportion as well as whole patients allow: labels are dealt out from the rarest on, each patient
 * to the part that lacks most of that label (iterative stratification, Sechidis et al. 2011, with
 * patients in place of samples). Of several such deals the most even one is taken.
 *
 * @param fractions Share of films wanted for each named part; they need not add up to 1.
 * @returns Indices of the films of each part, in ascending order.
 */
export function splitByPatient<Part extends string>(
  stream: Key,
  films: readonly Film[],
  fractions: Readonly<Record<Part, number>>,
): Record<Part, number[]> {
  const parts = Object.keys(fractions) as Part[];
  const total = parts.reduce((sum, part) => sum + fractions[part], 0);
  if (parts.some((part) => !(fractions[part] >= 0)) || !(total > 0)) {
    throw new RangeError(
      `splitByPatient: fractions are ${JSON.stringify(fractions)}; give numbers of 0 or more, one above 0.`,
    );
  }
  const shares = parts.map((part) => fractions[part] / total);
  const patients = countPatients(films);
  const attempts = films.length <= 20_000 ? 48 : 4;
  let best: { dealt: Int32Array; unevenness: number } = {
    dealt: new Int32Array(0),
    unevenness: Infinity,
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const dealt = deal(foldIn(stream, attempt), patients, shares);
    const unevenness = measureUnevenness(dealt, patients, shares);
    if (unevenness < best.unevenness) best = { dealt, unevenness };
  }
  const indicesOf = (part: number) =>
    patients.films.flatMap((indices, patient) => (best.dealt[patient] === part ? indices : []));
  return Object.fromEntries(
    parts.map((part, k) => [part, indicesOf(k).sort((a, b) => a - b)]),
  ) as Record<Part, number[]>;
}

interface PatientCounts {
  /** Film indices of each patient. */
  readonly films: readonly (readonly number[])[];
  /** For each label, rarest first and "any film" last, how many films of it each patient has. */
  readonly labels: readonly Int32Array[];
}

function countPatients(films: readonly Film[]): PatientCounts {
  const byPatient = [...groupIndices([...films.keys()], (i) => films[i]!.patient).values()];
  const names = classesByFrequency(films).reverse();
  const row = new Map(names.map((name, k) => [name, k]));
  const labels = Array.from({ length: names.length + 1 }, () => new Int32Array(byPatient.length));
  byPatient.forEach((indices, patient) => {
    labels.at(-1)![patient] = indices.length;
    for (const label of indices.flatMap((i) => films[i]!.labels)) {
      labels[row.get(label)!]![patient]! += 1;
    }
  });
  return { films: byPatient, labels };
}

// One deal: the part of each patient.
function deal(
  stream: Key,
  { films, labels }: PatientCounts,
  shares: readonly number[],
): Int32Array {
  const order = permutation(foldIn(stream, "order"), films.length);
  const jitter = uniform(foldIn(stream, "jitter"), films.length, { min: 0.5, max: 1.5 });
  const dealt = new Int32Array(films.length).fill(-1);
  const missing = labels.map((counts) => {
    const sum = counts.reduce((a, b) => a + b, 0);
    return shares.map((share) => share * sum);
  });
  labels.forEach((counts, label) => {
    // Patients with many films of the label first, roughly: the small ones even out what is left.
    const waiting = [...order]
      .filter((patient) => dealt[patient] === -1 && counts[patient]! > 0)
      .sort((a, b) => counts[b]! * jitter[b]! - counts[a]! * jitter[a]!);
    for (const patient of waiting) {
      const part = neediest(missing[label]!, missing.at(-1)!);
      dealt[patient] = part;
      labels.forEach((each, k) => {
        missing[k]![part]! -= each[patient]!;
      });
    }
  });
  return dealt;
}

// The part that lacks most films of the label; among equals the one that lacks most films of any kind.
function neediest(ofLabel: readonly number[], ofAny: readonly number[]): number {
  let best = 0;
  for (let part = 1; part < ofLabel.length; part++) {
    const lead = ofLabel[part]! - ofLabel[best]!;
    if (lead > 1e-9 || (lead > -1e-9 && ofAny[part]! > ofAny[best]!)) best = part;
  }
  return best;
}

// Sum over labels of how far the parts' shares are off; a part without a label that could have it counts much.
function measureUnevenness(
  dealt: Int32Array,
  { labels }: PatientCounts,
  shares: readonly number[],
): number {
  const wantedParts = shares.filter((share) => share > 0).length;
  let unevenness = 0;
  for (const counts of labels) {
    const got = shares.map(() => 0);
    counts.forEach((count, patient) => {
      got[dealt[patient]!]! += count;
    });
    const sum = got.reduce((a, b) => a + b, 0);
    const patients = counts.reduce((many, count) => many + (count > 0 ? 1 : 0), 0);
    shares.forEach((share, part) => {
      unevenness += Math.abs(got[part]! / sum - share);
      if (share > 0 && got[part] === 0 && patients >= wantedParts) unevenness += 1;
    });
  }
  return unevenness;
}
