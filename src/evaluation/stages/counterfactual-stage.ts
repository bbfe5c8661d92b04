import type { Key } from "../../engine/index.ts";
import {
  composition,
  extractFeatures,
  minimality,
  reversibility,
  type BlockLeakage,
  type FeatureExtractor,
  type FilmStack,
  type JudgeIdentity,
} from "../../metrics/index.ts";
import { leakageOfHalves } from "../../pipelines/code-leakage.ts";
import { encodeHalves } from "../../pipelines/encoded-halves.ts";
import type { AutoencoderModel } from "../../pipelines/index.ts";
import { codeScores, type CodeScores } from "../counterfactual/code-scores.ts";
import { codesWithTruth } from "../counterfactual/codes-with-truth.ts";
import { markerShiftsOfSwaps, type MarkerShifts } from "../counterfactual/marker-shift.ts";
import { samePatientAuc } from "../counterfactual/same-patient.ts";
import { openSwapPanel, type SwapPanel } from "../counterfactual/swap-panel.ts";
import { drawTestSwaps, filmStack } from "../counterfactual/test-swaps.ts";
import { openTrainedAutoencoder, type AutoencoderChoice } from "../models.ts";
import type { FilmReader } from "../networks/film-reader.ts";
import { openExtractor, openStoredReader } from "../networks/stored-reader.ts";
import type { AutoencoderVariant } from "../settings/methods.ts";
import type { Workshop } from "../workshop.ts";
import { autoencoderStageName } from "./autoencoder-stage.ts";
import { judgeQuality } from "./readers-stage.ts";
import type { Stage } from "./stage.ts";

/** Names of a counterfactual panel's films: with the film's residual, without it, the truth, and nothing done. */
export const PANELS = ["counterfactual", "decodedOnly", "exact", "unchanged"] as const;

/** What the stage leaves behind. */
export interface CounterfactualSummary {
  readonly imageSizePx: number;
  readonly seed: number;
  readonly variant: AutoencoderVariant;
  readonly confounding: number;
  readonly swaps: number;
  readonly readable: readonly string[];
  readonly measuredWith: Readonly<Record<string, JudgeIdentity>>;
  readonly panels: Readonly<Record<(typeof PANELS)[number], SwapPanel>>;
  /** Mean absolute difference after so many cycles. */
  readonly composition: Readonly<Record<string, number>>;
  readonly compositionDecodedOnly: Readonly<Record<string, number>>;
  readonly reversibility: Readonly<Record<string, number>>;
  readonly minimality: number;
  readonly reIdentificationAuc: number;
  readonly markerShift: MarkerShifts;
  readonly leakage: BlockLeakage;
  readonly codes: CodeScores;
}

/** Names a panel among a suite's stages. */
export function counterfactualStageName(choice: AutoencoderChoice): string {
  return `counterfactuals-${autoencoderStageName(choice)}`;
}

/** Cycles of null and back-and-forth interventions. */
const CYCLES = { cycles: [1, 10] };
/** Training films that minimality compares with. */
const MINIMALITY_FILMS = 1000;

/**
 * The counterfactual panel of one autoencoder: swaps between test patients against exact counterfactuals, decoded only and with the
 * film's residual given back, beside doing nothing. Test films are measured here, and nothing is chosen by them.
 */
export function counterfactualStage(choice: AutoencoderChoice): Stage {
  const { imageSizePx } = choice;
  return {
    name: counterfactualStageName(choice),
    needs: [`readers-${imageSizePx}`, autoencoderStageName(choice)],
    async *run(workshop) {
      const judge = await openStoredReader(workshop, imageSizePx, "judge");
      const extractor = await openExtractor(workshop, imageSizePx);
      const model = yield* openTrainedAutoencoder(workshop, choice);
      yield { doing: "swapping", step: 0, totalSteps: 1 };
      const summary = await measure(workshop, model, {
        judge,
        extractor,
        stream: workshop.stream(counterfactualStageName(choice)),
      });
      for (const network of [judge, extractor, model]) await network.dispose();
      const { seed, variant, confounding = 0 } = choice;
      return { summary: { imageSizePx, seed, variant, confounding, ...summary } };
    },
  };
}

async function measure(
  workshop: Workshop,
  model: AutoencoderModel,
  {
    judge,
    extractor,
    stream,
  }: {
    readonly judge: FilmReader;
    readonly extractor: FeatureExtractor;
    readonly stream: Key;
  },
): Promise<Omit<CounterfactualSummary, "imageSizePx" | "seed" | "variant" | "confounding">> {
  const { imageSizePx } = model.settings;
  const { data, measures } = workshop.settings;
  const { test, train } = workshop.phantom(imageSizePx);
  const types: readonly string[] = data.types;
  const swaps = await drawTestSwaps(test, workshop.stream("swaps"), measures.swapsPerType);
  const { pairs, sources, targets, exact, intended } = swaps;
  const { readable } = await judgeQuality(workshop, imageSizePx);
  const stack = (films: Float32Array) => filmStack(films, imageSizePx);

  const pathology = (await model.encode(targets)).pathology;
  const own = (await model.encode(sources)).pathology;
  const made = await model.counterfactual(sources, pathology);
  const swapTo = (codes: Float32Array) => async (films: FilmStack) =>
    stack((await model.counterfactual(Float32Array.from(films.data), codes)).counterfactual);
  const unchanged = (which: "counterfactual" | "swapped") => async (films: FilmStack) => {
    const now = Float32Array.from(films.data);
    return stack((await model.counterfactual(now, (await model.encode(now)).pathology))[which]);
  };
  const composed = async (which: "counterfactual" | "swapped") =>
    shortly(await composition(stack(sources), unchanged(which), CYCLES));
  const features = (films: Float32Array) => extractFeatures(extractor, films);
  const trainFilms = [...train.films.keys()].slice(0, MINIMALITY_FILMS);
  const halves = await encodeHalves(model, test);
  const panel = await openSwapPanel({ test, swaps, judge, readable, types });
  return {
    swaps: pairs.length,
    readable,
    measuredWith: {
      judge: { name: judge.name, hash: judge.hash },
      extractor: { name: extractor.name, hash: extractor.hash },
    },
    panels: {
      counterfactual: await panel(made.counterfactual),
      decodedOnly: await panel(made.swapped),
      exact: await panel(exact),
      unchanged: await panel(sources),
    },
    composition: await composed("counterfactual"),
    compositionDecodedOnly: await composed("swapped"),
    reversibility: shortly(
      await reversibility(stack(sources), {
        there: swapTo(pathology),
        back: swapTo(own),
        ...CYCLES,
      }),
    ),
    minimality: minimality({
      observed: await features(sources),
      counterfactual: await features(made.counterfactual),
      reference: await features(await train.readImages(trainFilms)),
      observedClass: pairs.map(({ source }) => types.indexOf(test.films[source]!.labels[0]!)),
      counterfactualClass: intended.map(({ type }) => types.indexOf(type)),
      referenceClass: trainFilms.map((film) => types.indexOf(train.films[film]!.labels[0]!)),
    }).value,
    reIdentificationAuc: await samePatientAuc(test, {
      swaps,
      films: made.counterfactual,
      extractor,
    }),
    markerShift: markerShiftsOfSwaps(test, {
      swaps,
      films: made.counterfactual,
      confounded: data.tailClasses[0]!,
    }),
    leakage: leakageOfHalves(halves, test, types),
    codes: codeScores(
      {
        train: codesWithTruth(halves.train, test, types),
        test: codesWithTruth(halves.test, test, types),
      },
      stream,
    ),
  };
}

function shortly(
  distances: readonly { readonly cycles: number; readonly value: number }[],
): Record<string, number> {
  return Object.fromEntries(distances.map(({ cycles, value }) => [`after${cycles}`, value]));
}
