import { fingerprintOf, type Film, type PhantomDataset } from "../data/index.ts";
import { conditionFinding } from "../pipelines/index.ts";
import { extractFindings } from "../reports/index.ts";
import type { GeneratorMethod } from "./settings/methods.ts";

/**
 * The films with what a method is told of them: the class alone, the class with what the rules read of it in the report, or the
 * truth. A report that does not speak of severity, side or zone leaves them open.
 */
export function toldFilms(dataset: PhantomDataset, told: GeneratorMethod["told"]): PhantomDataset {
  const films = dataset.films.map((film, index): Film => {
    const { severity = "none", side = "none", zone = "none" } = film.attributes;
    return {
      ...film,
      attributes:
        told === "class"
          ? {}
          : told === "truth"
            ? { severity, side, zone }
            : reported(dataset, index),
    };
  });
  return {
    ...dataset,
    films,
    fingerprint: fingerprintOf(JSON.stringify([dataset.fingerprint, told])),
  };
}

function reported(dataset: PhantomDataset, index: number): Record<string, string> {
  const { text } = dataset.report(index);
  const [label] = dataset.films[index]!.labels;
  const { findings } = extractFindings({ report: dataset.films[index]!.id, text });
  const found = findings.find(({ name, presence }) => name === label && presence !== "negative");
  if (found === undefined) return {};
  const { severity, side, zone } = conditionFinding(found);
  return {
    ...(severity === undefined ? {} : { severity }),
    ...(side === undefined ? {} : { side }),
    ...(zone === undefined ? {} : { zone }),
  };
}
