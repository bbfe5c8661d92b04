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

/** Films in which an attribute tells nothing of the findings. */
export interface BalancedFilms {
  readonly dataset: FilmDataset;
  /**
   * Findings that never meet one of the attribute's values, left as they were: no weight makes films that are not there, and the
   * attribute still tells of them.
   */
  readonly untouched: readonly string[];
}

/**
 * The same films, some of them more often, so that an attribute tells nothing of the findings: each set of findings has every value
 * of the attribute as often as the whole set has. Backdoor adjustment by resampling, weights P(value) / P(value | findings): Robins
 * et al. 2000. No film is left out; the rarest meetings of finding and value are repeated most.
 *
 * @throws AdjustmentError when films lack the attribute, or no finding meets all of its values.
 */
export function balanceAttribute(dataset: FilmDataset, attribute: string): BalancedFilms {
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
  const findings = [...groupIndices(all, (index) => [...films[index]!.labels].sort().join("|"))];
  const groups = findings.map(([labels, members]) => {
    const byValue = groupIndices(members, (index) => valueOf(index)!);
    const meetings = [...byValue].map(([value, met]) => ({
      met,
      wanted: (members.length * values.get(value)!.length) / films.length,
    }));
    return { labels, members, meetings, meetsAll: byValue.size === values.size };
  });
  const balanced = groups.filter(({ meetsAll }) => meetsAll);
  if (balanced.length === 0) {
    throw new AdjustmentError(
      `No finding meets every value of "${attribute}": nothing can tell the two apart.`,
      "Find films where they do not go together.",
    );
  }
  // So much larger must the whole be that the commonest meeting keeps all its films.
  const scale = Math.max(
    ...balanced.flatMap(({ meetings }) => meetings.map(({ met, wanted }) => met.length / wanted)),
  );
  const repeat = (met: readonly number[], times: number) =>
    Array.from({ length: Math.round(times) }, (_, at) => met[at % met.length]!);
  const indices = groups.flatMap(({ members, meetings, meetsAll }) =>
    meetsAll
      ? meetings.flatMap(({ met, wanted }) => repeat(met, scale * wanted))
      : repeat(members, scale * members.length),
  );
  return {
    dataset: subsetDataset(dataset, indices),
    untouched: groups.filter(({ meetsAll }) => !meetsAll).map(({ labels }) => labels),
  };
}
