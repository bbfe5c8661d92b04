import { classificationReport, type ClassificationReport } from "../../metrics/index.ts";
import { mixedFilms, type AddedFilms } from "../networks/mixed-films.ts";
import {
  classifierVerdicts,
  trueClasses,
  type ClassifierPlan,
  type ClassifierVerdicts,
} from "../networks/train-classifier.ts";
import { METHODS, type ClassifierMethod, type MethodId } from "../settings/methods.ts";
import type { Mixture } from "../settings/suite-settings.ts";
import type { Doing, Workshop } from "../workshop.ts";
import type { Stage } from "./stage.ts";

/** How well a classifier does, on validation and, for the way that was chosen there, on test films. */
export interface ClassifierSummary {
  /** Balanced accuracy on validation patients of every way that was tried. */
  readonly validation: Readonly<Record<string, number>>;
  readonly chosen: string;
  readonly test: ClassificationReport;
}

/** A classifier without generated films, or with extra real renders. */
export function classifierStage(
  method: MethodId,
  { imageSizePx, seed }: { readonly imageSizePx: number; readonly seed: number },
): Stage {
  const { training } = METHODS[method] as ClassifierMethod;
  return {
    name: `${method}-${imageSizePx}-seed${seed}`,
    needs: [],
    async *run(workshop) {
      const { train, balanced } = workshop.phantom(imageSizePx);
      const { addedPerClass, mixtures } = workshop.settings.measures;
      if (training === "extraReal") {
        const extra = balanced("extra-real", addedPerClass);
        const added: AddedFilms[] = [];
        for (const type of workshop.settings.data.types) {
          const own = [...extra.films.keys()].filter(
            (film) => extra.films[film]!.labels[0] === type,
          );
          added.push({ type, images: await extra.readImages(own) });
        }
        const found = yield* bestMixture(workshop, { imageSizePx, seed, added, mixtures });
        return {
          summary: { method, seed, classifier: found.summary },
          arrays: testArrays(found.test),
        };
      }
      const plan: ClassifierPlan = {
        imageSizePx,
        dataset: train,
        classExponent: training === "reweighted" ? 0 : 1,
        retrainsHead: training === "crt",
        stream: workshop.stream(`classifier-seed${seed}`),
      };
      const verdicts = yield* classifierVerdicts(workshop, plan);
      const summary = summarise(workshop, imageSizePx, { [training]: verdicts });
      return { summary: { method, seed, classifier: summary }, arrays: testArrays(verdicts.test) };
    },
  };
}

/** Trains the classifier with added films in every mixture; the one that does best on validation patients is tested. */
export async function* bestMixture(
  workshop: Workshop,
  {
    imageSizePx,
    seed,
    added,
    mixtures,
  }: {
    readonly imageSizePx: number;
    readonly seed: number;
    readonly added: readonly AddedFilms[];
    readonly mixtures: readonly Mixture[];
  },
): AsyncGenerator<Doing, { readonly summary: ClassifierSummary; readonly test: Int32Array }, void> {
  const { train } = workshop.phantom(imageSizePx);
  const tried: Record<string, ClassifierVerdicts> = {};
  for (const mixture of mixtures) {
    tried[mixture] = yield* classifierVerdicts(workshop, {
      imageSizePx,
      dataset: mixedFilms(train, added, { mixture, topUpTo: workshop.settings.data.maxPerClass }),
      classExponent: 0,
      retrainsHead: false,
      stream: workshop.stream(`classifier-seed${seed}`),
    });
  }
  const summary = summarise(workshop, imageSizePx, tried);
  return { summary, test: tried[summary.chosen]!.test };
}

/** Verdicts on the test films, a byte each: what paired intervals are made from. */
export function testArrays(test: Int32Array): {
  readonly test: { readonly data: Uint8Array; readonly shape: readonly [number] };
} {
  return { test: { data: Uint8Array.from(test), shape: [test.length] } };
}

function summarise(
  workshop: Workshop,
  imageSizePx: number,
  tried: Readonly<Record<string, ClassifierVerdicts>>,
): ClassifierSummary {
  const { types } = workshop.settings.data;
  const { validation, test } = workshop.phantom(imageSizePx);
  const trainingFilms = workshop.trainingFilms(imageSizePx);
  const report = (films: typeof test, verdicts: Int32Array) =>
    classificationReport(trueClasses(films, types), verdicts, { trainingFilms });
  const scores = Object.entries(tried).map(
    ([name, verdicts]) => [name, report(validation, verdicts.validation).balancedAccuracy] as const,
  );
  const [first, ...others] = scores;
  const [chosen] = others.reduce((best, each) => (each[1] > best[1] ? each : best), first!);
  return {
    validation: Object.fromEntries(scores),
    chosen,
    test: report(test, tried[chosen]!.test),
  };
}
