import { IDENTITY_FACTORS, type IdentityFactor, type PhantomDataset } from "../../data/index.ts";
import {
  amplification,
  composition,
  counterfactualError,
  effectiveness,
  extractFeatures,
  minimality,
  reIdentificationAuc,
  reversibility,
  rSquared,
  type BlockLeakage,
  type FeatureExtractor,
  type FilmStack,
  type JudgeIdentity,
  type RegionError,
} from "../../metrics/index.ts";
import {
  codeLeakage,
  drawSwapPairs,
  type AutoencoderModel,
  type SwapPair,
} from "../../pipelines/index.ts";
import { markerShifts } from "../marker-shift.ts";
import { openTrainedAutoencoder, type AutoencoderChoice } from "../models.ts";
import { SIDES, ZONES, type FilmReader } from "../networks/film-reader.ts";
import { openExtractor, openStoredReader } from "../networks/stored-reader.ts";
import type { AutoencoderVariant } from "../settings/methods.ts";
import type { Workshop } from "../workshop.ts";
import { autoencoderStageName } from "./autoencoder-stage.ts";
import { judgeQuality } from "./readers-stage.ts";
import type { Stage } from "./stage.ts";

/** How far films are from the exact counterfactuals, and what a judge sees in them. */
export interface CounterfactualPanel {
  readonly inside: RegionSummary;
  readonly outside: RegionSummary;
  /** Accuracy of type, side and zone, mean absolute error of severity. */
  readonly effectiveness: Readonly<Record<string, number>>;
  /** Of each factor that the judge can read. */
  readonly amplification: Readonly<Record<string, number>>;
  /** Of the factors as the judge reads them off, against the patient's own. */
  readonly identityRSquared: Readonly<Record<string, number>>;
}

type RegionSummary = Pick<
  RegionError,
  "meanAbsoluteError" | "peakSignalToNoiseDb" | "structuralSimilarity"
>;

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
  readonly panels: Readonly<Record<(typeof PANELS)[number], CounterfactualPanel>>;
  /** Mean absolute difference after so many cycles. */
  readonly composition: Readonly<Record<string, number>>;
  readonly compositionDecodedOnly: Readonly<Record<string, number>>;
  readonly reversibility: Readonly<Record<string, number>>;
  readonly minimality: number;
  readonly reIdentificationAuc: number;
  readonly markerShift: Readonly<Record<"toConfounded" | "toOthers", number>>;
  readonly leakage: BlockLeakage;
}

/** Names a panel among a suite's stages. */
export function counterfactualStageName(choice: AutoencoderChoice): string {
  return `counterfactuals-${autoencoderStageName(choice)}`;
}

/** Cycles of null and back-and-forth interventions. */
const CYCLES = [1, 10];

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
      const summary = await measure(workshop, model, { judge, extractor });
      for (const network of [judge, extractor, model]) await network.dispose();
      const { seed, variant, confounding = 0 } = choice;
      return { summary: { imageSizePx, seed, variant, confounding, ...summary } };
    },
  };
}

async function measure(
  workshop: Workshop,
  model: AutoencoderModel,
  { judge, extractor }: { readonly judge: FilmReader; readonly extractor: FeatureExtractor },
): Promise<Omit<CounterfactualSummary, "imageSizePx" | "seed" | "variant" | "confounding">> {
  const { imageSizePx } = model.settings;
  const { swapsPerType } = workshop.settings.measures;
  const { test, train } = workshop.phantom(imageSizePx);
  const confounded = workshop.settings.data.tailClasses[0]!;
  const types: readonly string[] = workshop.settings.data.types;
  const pairs = drawSwapPairs(test, workshop.stream("swaps"), swapsPerType);
  const stack = (data: Float32Array): FilmStack => ({
    data,
    shape: [data.length / imageSizePx ** 2, imageSizePx, imageSizePx],
  });
  const sources = await test.readImages(pairs.map(({ source }) => source));
  const targets = await test.readImages(pairs.map(({ target }) => target));
  const exact = joined(
    pairs.map(({ source, target }) => test.counterfactual(source, test.truth(target).pathology)),
  );
  const lesion = pairs.flatMap(({ source, target }) => {
    const other = test.lesionMask(source, test.truth(target).pathology);
    return Array.from(test.lesionMask(source), (own, at) => own | other[at]!);
  });
  const pathology = (await model.encode(targets)).pathology;
  const made = await model.counterfactual(sources, pathology);
  const { readable } = await judgeQuality(workshop, imageSizePx);
  const intended = pairs.map(({ target }) => test.truth(target).pathology);
  const deviations = await readingDeviations(judge, test, readable);
  const before = await judge.read(sources);
  const window = { windowSizePx: 7 };

  const panel = async (films: Float32Array): Promise<CounterfactualPanel> => {
    const error = counterfactualError({ made: stack(films), exact: stack(exact), lesion }, window);
    const after = await judge.read(films);
    const effects = effectiveness(
      [
        {
          name: "type",
          kind: "discrete",
          intended: intended.map(({ type }) => types.indexOf(type)),
          read: after.type,
        },
        {
          name: "side",
          kind: "discrete",
          intended: intended.map(({ side }) => SIDES.indexOf(side)),
          read: after.side,
        },
        {
          name: "zone",
          kind: "discrete",
          intended: intended.map(({ zone }) => ZONES.indexOf(zone)),
          read: after.zone,
        },
        {
          name: "severity",
          kind: "continuous",
          intended: intended.map(({ severity }) => severity),
          read: after.severity,
        },
      ],
      judge,
    );
    const moved = amplification(
      readable.map((name) => ({
        name,
        before: before.identity[name],
        after: after.identity[name],
        standardDeviation: deviations[name]!,
      })),
      judge,
    );
    const region = ({
      meanAbsoluteError,
      peakSignalToNoiseDb,
      structuralSimilarity,
    }: typeof error.inside) => ({
      meanAbsoluteError,
      peakSignalToNoiseDb,
      structuralSimilarity,
    });
    return {
      inside: region(error.inside),
      outside: region(error.outside),
      effectiveness: Object.fromEntries(effects.map(({ name, value }) => [name, value])),
      amplification: Object.fromEntries(moved.map(({ name, value }) => [name, value])),
      identityRSquared: Object.fromEntries(
        readable.map((name) => [
          name,
          rSquared(
            after.identity[name],
            pairs.map(({ source }) => test.truth(source).identity[name]),
          ),
        ]),
      ),
    };
  };
  const swapTo = (codes: Float32Array) => async (films: FilmStack) =>
    stack((await model.counterfactual(Float32Array.from(films.data), codes)).counterfactual);
  const own = (await model.encode(sources)).pathology;
  const unchanged = (which: "counterfactual" | "swapped") => async (films: FilmStack) => {
    const now = Float32Array.from(films.data);
    return stack((await model.counterfactual(now, (await model.encode(now)).pathology))[which]);
  };
  const cycles = { cycles: CYCLES };
  const features = async (films: Float32Array) => extractFeatures(extractor, films);
  const trainFilms = [...train.films.keys()].slice(0, 1000);
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
    composition: shortly(await composition(stack(sources), unchanged("counterfactual"), cycles)),
    compositionDecodedOnly: shortly(
      await composition(stack(sources), unchanged("swapped"), cycles),
    ),
    reversibility: shortly(
      await reversibility(stack(sources), {
        there: swapTo(pathology),
        back: swapTo(own),
        ...cycles,
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
    reIdentificationAuc: await sameness(test, { pairs, films: made.counterfactual, extractor }),
    markerShift: markerShift(test, { pairs, films: made.counterfactual, confounded }),
    leakage: await codeLeakage(model, test, types),
  };
}

/** How far the marker goes with a swap to the class that it was tied to in training, and to any other: 0 is not at all. */
function markerShift(
  test: PhantomDataset,
  {
    pairs,
    films,
    confounded,
  }: {
    readonly pairs: readonly SwapPair[];
    readonly films: Float32Array;
    readonly confounded: string;
  },
): Record<"toConfounded" | "toOthers", number> {
  const shifts = markerShifts(
    test,
    pairs.map(({ source }) => source),
    films,
  );
  const isTo = pairs.map(({ target }) => test.films[target]!.labels[0] === confounded);
  const mean = (wanted: boolean) => {
    const own = shifts.filter((_, at) => isTo[at] === wanted);
    return own.reduce((sum, shift) => sum + Math.abs(shift), 0) / own.length;
  };
  return { toConfounded: mean(true), toOthers: mean(false) };
}

/** Whether swapped films are still told to be their patient's, beside that patient's other test films. */
async function sameness(
  test: PhantomDataset,
  {
    pairs,
    films,
    extractor,
  }: {
    readonly pairs: readonly SwapPair[];
    readonly films: Float32Array;
    readonly extractor: FeatureExtractor;
  },
): Promise<number> {
  const patientOf = (film: number) => test.films[film]!.patient;
  const used = new Set(pairs.map(({ source }) => source));
  const patients = new Set(pairs.map(({ source }) => patientOf(source)));
  const others = [...test.films.keys()].filter(
    (film) => !used.has(film) && patients.has(patientOf(film)),
  );
  return reIdentificationAuc({
    reference: {
      features: await extractFeatures(extractor, await test.readImages(others)),
      patients: others.map(patientOf),
    },
    generated: {
      features: await extractFeatures(extractor, films),
      patients: pairs.map(({ source }) => patientOf(source)),
    },
  }).value;
}

/** How much the judge's readings differ from film to film. */
async function readingDeviations(
  judge: FilmReader,
  test: PhantomDataset,
  readable: readonly IdentityFactor[],
): Promise<Partial<Record<IdentityFactor, number>>> {
  const { identity } = await judge.read(
    await test.readImages([...test.films.keys()].slice(0, 1000)),
  );
  return Object.fromEntries(
    IDENTITY_FACTORS.filter((factor) => readable.includes(factor)).map((factor) => {
      const values = Array.from(identity[factor]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return [factor, Math.sqrt(square)];
    }),
  );
}

function shortly(
  distances: readonly { readonly cycles: number; readonly value: number }[],
): Record<string, number> {
  return Object.fromEntries(distances.map(({ cycles, value }) => [`after${cycles}`, value]));
}

function joined(films: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(films.length * (films[0]?.length ?? 0));
  films.forEach((film, at) => {
    all.set(film, at * film.length);
  });
  return all;
}
