import type { FilmDataset } from "./dataset.ts";
import { groupIndices } from "./film-groups.ts";
import { subsetDataset } from "./subset.ts";

/** An attribute that cannot be adjusted for; `fix` says what could. */
export class AdjustmentError extends Error {
  override readonly name = "AdjustmentError";
  readonly fix: string;
  constructor(problem: string, fix: string) {
    super(`${problem} ${fix}`);
    this.fix = fix;
  }
}

/**
 * The same films, some of them more often, so that an attribute tells nothing of the findings: each set of findings has every value
 * of the attribute as often as the whole set has. Backdoor adjustment by resampling, weights P(value) / P(value | findings): Robins
 * et al. 2000. No film is left out; the rarest meetings of finding and value are repeated most.
 *
 * @throws AdjustmentError when films lack the attribute, or a finding never meets one of its values: no weight makes films that
 *   are not there.
 */
export function balanceAttribute(dataset: FilmDataset, attribute: string): FilmDataset {
  const { films } = dataset;
  const valueOf = (index: number) => films[index]!.attributes[attribute];
  const all = [...films.keys()];
  const unknown = all.filter((index) => valueOf(index) === undefined).length;
  if (unknown > 0) {
    const known = [...new Set(films.flatMap(({ attributes }) => Object.keys(attributes)))].sort();
    throw new AdjustmentError(
      `${unknown} of ${films.length} films say nothing of "${attribute}".`,
      `Adjust for what all films have; some have: ${known.join(", ")}.`,
    );
  }
  const values = groupIndices(all, (index) => valueOf(index)!);
  const groups = groupIndices(all, (index) => [...films[index]!.labels].sort().join("|"));
  const meetings = [...groups].flatMap(([labels, members]) => {
    const byValue = groupIndices(members, (index) => valueOf(index)!);
    return [...values].map(([value, { length }]) => {
      const met = byValue.get(value);
      if (met === undefined) {
        throw new AdjustmentError(
          `No film of "${labels}" has ${attribute} "${value}": nothing can tell the two apart.`,
          "Find films where they do not go together, or leave that finding out.",
        );
      }
      return { met, wanted: (members.length * length) / films.length };
    });
  });
  // So much larger must the whole be that the commonest meeting keeps all its films.
  const scale = Math.max(...meetings.map(({ met, wanted }) => met.length / wanted));
  const indices = meetings.flatMap(({ met, wanted }) =>
    Array.from({ length: Math.round(scale * wanted) }, (_, at) => met[at % met.length]!),
  );
  return subsetDataset(dataset, indices);
}
