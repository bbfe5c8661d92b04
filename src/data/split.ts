import { permutation, type Key } from "../engine/random.ts";
import type { Film } from "./dataset.ts";
import { groupIndices } from "./film-groups.ts";
import { classesByFrequency } from "./subset.ts";

/**
 * Splits films by patient, so that no patient is in two parts, and spreads every label over the parts
 * in proportion as well as whole patients allow: labels are dealt out from the rarest on, each patient
 * to the part that lacks most of that label (iterative stratification, Sechidis et al. 2011, with
 * patients in place of samples).
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
  const share = (part: Part) => fractions[part] / total;
  const patients = [...groupIndices([...films.keys()], (index) => films[index]!.patient).values()];
  const order = permutation(stream, patients.length);
  const dealt = new Set<number>();
  const result = Object.fromEntries(
    parts.map((part) => [part, [] as number[]]),
  ) as unknown as Record<Part, number[]>;
  const wantedFilms = new Map(parts.map((part) => [part, share(part) * films.length]));

  // Rarest label first; the last round deals out patients of whom nothing is known.
  for (const label of [...classesByFrequency(films).reverse(), undefined]) {
    const counts = patients.map(
      (indices) =>
        indices.filter((i) => label === undefined || films[i]!.labels.includes(label)).length,
    );
    const filmsWithLabel = counts.reduce((sum, count) => sum + count, 0);
    const wanted = new Map(
      parts.map((part) => [
        part,
        share(part) * filmsWithLabel -
          result[part].filter((i) => label === undefined || films[i]!.labels.includes(label))
            .length,
      ]),
    );
    // Patients with many films of the label first: the small ones then even out what is left.
    const waiting = [...order]
      .filter((patient) => !dealt.has(patient) && counts[patient]! > 0)
      .sort((a, b) => counts[b]! - counts[a]!);
    for (const patient of waiting) {
      const part = parts.reduce((best, each) => {
        const lead = wanted.get(each)! - wanted.get(best)!;
        return lead > 1e-9 || (lead > -1e-9 && wantedFilms.get(each)! > wantedFilms.get(best)!)
          ? each
          : best;
      });
      dealt.add(patient);
      result[part].push(...patients[patient]!);
      wanted.set(part, wanted.get(part)! - counts[patient]!);
      wantedFilms.set(part, wantedFilms.get(part)! - patients[patient]!.length);
    }
  }
  for (const part of parts) result[part].sort((a, b) => a - b);
  return result;
}
