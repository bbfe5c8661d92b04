import type { Condition } from "../conditioning/index.ts";
import type { Film } from "../data/index.ts";
import { filmCondition } from "./film-conditions.ts";

/**
 * Chooses films that show what a condition asks for: all its findings, and of those that do, the ones that agree best in severity,
 * side and zone. Of equally good ones each patient gives one before any gives a second: a search towards ten films of one
 * patient would learn that patient.
 *
 * @param options `limit`: at most so many; 10 when omitted.
 * @returns Indices; empty where no film shows the findings.
 */
export function chooseReferences(
  films: readonly Pick<Film, "labels" | "attributes" | "patient">[],
  { findings }: Condition,
  { limit = 10 }: { readonly limit?: number } = {},
): number[] {
  const names = findings.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const shows = [...films.keys()].filter((film) =>
    names.every((name) => films[film]!.labels.includes(name)),
  );
  const agreement = (film: number) => {
    const theirs = filmCondition(films[film]!).findings;
    return findings.reduce((sum, { name, side, zone, severity }) => {
      const same = theirs.find((finding) => finding.name === name) ?? {};
      // A lesion on the wrong side teaches more wrong than one of the wrong size.
      return (
        sum +
        4 * Number(side !== undefined && same.side === side) +
        2 * Number(zone !== undefined && same.zone === zone) +
        Number(severity !== undefined && same.severity === severity)
      );
    }, 0);
  };
  const seen = new Map<string, number>();
  return shows
    .map((film) => {
      const score = agreement(film);
      const group = `${score} ${films[film]!.patient}`;
      const turn = seen.get(group) ?? 0;
      seen.set(group, turn + 1);
      return { film, score, turn };
    })
    .sort((a, b) => b.score - a.score || a.turn - b.turn || a.film - b.film)
    .slice(0, limit)
    .map(({ film }) => film);
}
