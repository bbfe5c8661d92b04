import { CONDITION_FIELDS, type Condition, type ConditionFinding } from "../conditioning/index.ts";
import type { Film } from "../data/index.ts";
import { foldIn, randint, type Key } from "../engine/index.ts";

/**
 * Draws what films of a class are asked for. Severity, side and zone are each drawn as the training films of the class have them, but
 * independently: a rare class is seen in few combinations and may be asked for in all of them. What its films are not told is
 * not asked for.
 */
export function classConditions(
  films: readonly Pick<Film, "labels" | "attributes">[],
  type: string,
  { stream, count }: { readonly stream: Key; readonly count: number },
): Condition[] {
  const own = films.filter(({ labels }) => labels[0] === type);
  const fields = Object.entries(CONDITION_FIELDS).map(([field, values]) => {
    // A film that was told nothing of it stands for "anything".
    const seen = own.map(({ attributes }) => {
      const value = attributes[field];
      return (values as readonly string[]).includes(value ?? "") ? value : undefined;
    });
    const draws = randint(foldIn(stream, field), count, { max: Math.max(1, own.length) });
    return [field, Array.from(draws, (draw) => seen[draw])] as const;
  });
  return Array.from({ length: count }, (_, at) => {
    const place = Object.fromEntries(
      fields.flatMap(([field, drawn]) => (drawn[at] === undefined ? [] : [[field, drawn[at]]])),
    ) as Omit<ConditionFinding, "name">;
    return { findings: [{ name: type, ...place }] };
  });
}
