import { IDENTITY_FACTORS, type FilmDataset, type PhantomDataset } from "../data/index.ts";
import type { Factor } from "../metrics/index.ts";

/** A factor, and to what it belongs. */
export interface FilmFactor extends Factor {
  readonly belongsTo: "identity" | "pathology" | "acquisition";
}

/**
 * What is known of films as factors: on the phantom its truth; else each finding as yes or no, and attributes of a few values. Those
 * that are the same in all films are left out.
 */
export function filmFactors(
  dataset: FilmDataset | PhantomDataset,
  indices: readonly number[],
): FilmFactor[] {
  const all =
    "truth" in dataset ? phantomFactors(dataset, indices) : knownFactors(dataset, indices);
  return all.filter(({ values }) => new Set(Array.from(values)).size > 1);
}

function phantomFactors(dataset: PhantomDataset, indices: readonly number[]): FilmFactor[] {
  const truths = indices.map((film) => dataset.truth(film));
  const types = dataset.classes;
  const named = (
    belongsTo: FilmFactor["belongsTo"],
    name: string,
    valueOf: (truth: (typeof truths)[number]) => string,
  ) => classFactor(belongsTo, name, truths.map(valueOf));
  return [
    {
      name: "finding",
      kind: "discrete",
      belongsTo: "pathology",
      values: truths.map(({ pathology }) => types.indexOf(pathology.type)),
    },
    named("pathology", "side", ({ pathology }) => pathology.side),
    named("pathology", "zone", ({ pathology }) => pathology.zone),
    {
      name: "severity",
      kind: "continuous",
      belongsTo: "pathology",
      values: truths.map(({ pathology }) => pathology.severity),
    },
    ...IDENTITY_FACTORS.map((name) => ({
      name,
      kind: "continuous" as const,
      belongsTo: "identity" as const,
      values: truths.map(({ identity }) => identity[name]),
    })),
    {
      name: "exposure",
      kind: "continuous",
      belongsTo: "acquisition",
      values: truths.map(({ acquisition }) => Math.log(acquisition.exposureGain)),
    },
    {
      name: "rotation",
      kind: "continuous",
      belongsTo: "acquisition",
      values: truths.map(({ acquisition }) => acquisition.rotationDegrees),
    },
    named("acquisition", "marker", ({ acquisition }) => String(acquisition.marker)),
  ];
}

/** What attributes speak of; all others of the patient. */
const BELONGS_TO: Readonly<Record<string, FilmFactor["belongsTo"] | undefined>> = {
  side: "pathology",
  zone: "pathology",
  severity: "pathology",
  view: "acquisition",
  marker: "acquisition",
  source: "acquisition",
};

/** Attributes with more values than this are names or measurements, not classes. */
const MOST_VALUES = 8;

function knownFactors(dataset: FilmDataset, indices: readonly number[]): FilmFactor[] {
  const films = indices.map((index) => dataset.films[index]!);
  const findings = dataset.classes.map((name) =>
    classFactor(
      "pathology",
      name,
      films.map(({ labels }) => String(labels.includes(name))),
    ),
  );
  const names = [...new Set(films.flatMap(({ attributes }) => Object.keys(attributes)))].sort();
  const attributes = names
    .map((name) =>
      classFactor(
        BELONGS_TO[name] ?? "identity",
        name,
        films.map((film) => film.attributes[name] ?? ""),
      ),
    )
    .filter(({ values }) => new Set(Array.from(values)).size <= MOST_VALUES);
  return [...findings, ...attributes];
}

function classFactor(
  belongsTo: FilmFactor["belongsTo"],
  name: string,
  values: readonly string[],
): FilmFactor {
  const known = [...new Set(values)].sort();
  return { name, kind: "discrete", belongsTo, values: values.map((value) => known.indexOf(value)) };
}
