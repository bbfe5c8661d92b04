import type { Key } from "../engine/random.ts";
import { foldIn } from "../engine/random.ts";
import type { Film } from "./dataset.ts";
import { groupIndices } from "./film-groups.ts";
import { splitByPatient } from "./split.ts";

/** Indices of the films of each part, in ascending order. */
export type FilmSplit = Readonly<Record<"train" | "validation" | "test", number[]>>;

/**
 * The split that a data set brings along in the attribute `split`, so that results can be compared with those of others:
 * used when it covers every film and no patient is in two parts. Where it lacks a test part, its validation part is the
 * test; where it then lacks a validation part, an eighth of the training patients is (7 : 1, as in 70 : 10 : 20).
 *
 * @returns Undefined, with the reason, where films must be split by `splitByPatient` instead.
 */
export function ownSplit(
  stream: Key,
  films: readonly Film[],
): { readonly split: FilmSplit | undefined; readonly note: string | undefined } {
  const named = films.filter(({ attributes }) => attributes["split"] !== undefined).length;
  if (named === 0) return { split: undefined, note: undefined };
  const without = (reason: string) => ({
    split: undefined,
    note: `The data set's own split is not used: ${reason}; patients are split 70 : 10 : 20.`,
  });
  if (named < films.length) return without(`${films.length - named} films are in no part`);
  const parts = groupIndices([...films.keys()], (index) => films[index]!.attributes["split"]!);
  const shared = sharedPatients(films);
  if (shared > 0) return without(`${shared} patients are in several parts`);
  const train = parts.get("train") ?? [];
  const test = parts.get("test") ?? parts.get("validation") ?? [];
  const validation = parts.has("test") ? parts.get("validation") : undefined;
  if (train.length === 0 || test.length === 0) return without("it has no training or no test part");
  const note = `The data set's own split is used${parts.has("test") ? "" : ", its validation part as the test"}.`;
  if (validation !== undefined) return { split: { train, validation, test }, note };
  const kept = splitByPatient(
    foldIn(stream, "validation"),
    train.map((index) => films[index]!),
    { train: 7, validation: 1 },
  );
  return {
    split: {
      train: kept.train.map((k) => train[k]!),
      validation: kept.validation.map((k) => train[k]!),
      test,
    },
    note: note.replace(/\.$/, "; validation patients are drawn from its training part."),
  };
}

function sharedPatients(films: readonly Film[]): number {
  const partsOf = new Map<string, Set<string>>();
  for (const { patient, attributes } of films) {
    const parts = partsOf.get(patient) ?? new Set();
    partsOf.set(patient, parts.add(attributes["split"]!));
  }
  return [...partsOf.values()].filter(({ size }) => size > 1).length;
}
