import { foldIn } from "../../engine/index.ts";
import type { NumberArray } from "../../formats/index.ts";
import { encodePng } from "../../io/index.ts";
import { drawContactSheet, openFilmDecoder } from "../../pipelines/index.ts";
import { anatomyRanges } from "../anatomy-ranges.ts";
import { classConditions } from "../class-conditions.ts";
import { drawFilms, type Generator } from "../draw-films.ts";
import { asKept, keepFilms, keptFilms } from "../kept-films.ts";
import { meanOf } from "../mean-of.ts";
import {
  denoiserName,
  openTrainedAutoencoder,
  openTrainedDenoisers,
  trainingCodes,
} from "../models.ts";
import { openExtractor, openStoredReader } from "../networks/stored-reader.ts";
import { openReferenceSet, referenceStageName } from "../reference-set.ts";
import { scoreFilms, STATISTICS, type FilmScores } from "../score-films.ts";
import { METHODS, type GeneratorMethod, type MethodId } from "../settings/methods.ts";
import { toldFilms } from "../told-films.ts";
import { bestGuidance, tuneGuidance, type GuidanceTrial } from "../tune-guidance.ts";
import type { Doing, Workshop } from "../workshop.ts";
import { autoencoderStageName } from "./autoencoder-stage.ts";
import { bestMixture, testArrays } from "./classifier-stage.ts";
import { judgeQuality } from "./readers-stage.ts";
import type { Stage } from "./stage.ts";

/** How many films a class a sample sheet shows. */
const SHEET_COLUMNS = 4;

/**
 * A generating method under one training seed: trains its denoisers, tunes its guidance on validation patients, draws its films,
 * scores them, and trains the classifier with them.
 */
export function generatorStage(
  id: MethodId,
  { imageSizePx, seed }: { readonly imageSizePx: number; readonly seed: number },
): Stage {
  const method = METHODS[id] as GeneratorMethod;
  const choice = { imageSizePx, seed, variant: method.autoencoder };
  return {
    name: `${id}-${imageSizePx}-seed${seed}`,
    needs: [
      `readers-${imageSizePx}`,
      referenceStageName(imageSizePx),
      autoencoderStageName(choice),
    ],
    async *run(workshop) {
      const { settings, runtime } = workshop;
      const { tailClasses, types } = settings.data;
      const size = workshop.size(imageSizePx);
      const extractor = await openExtractor(workshop, imageSizePx);
      const judge = await openStoredReader(workshop, imageSizePx, "judge");
      const reference = yield* openReferenceSet(workshop, imageSizePx, extractor);
      const autoencoder = yield* openTrainedAutoencoder(workshop, choice);
      const codes = await trainingCodes(workshop, autoencoder);
      const decoder = await openFilmDecoder(autoencoder.run, runtime);
      const denoisers =
        method.codes === "gaussian" || method.codes === "none"
          ? undefined
          : yield* openTrainedDenoisers(workshop, method, { model: autoencoder, codes, seed });
      const { train } = workshop.phantom(imageSizePx);
      const generator: Omit<Generator, "guidanceScale"> = {
        method,
        runtime,
        autoencoder,
        decoder,
        ...(denoisers === undefined ? {} : { denoisers }),
        codes,
        types: train.films.map(({ labels }) => labels[0]!),
        readFilms: (films) => train.readImages(films),
        samplerSteps: size.samplerSteps,
      };
      const stream = workshop.stream(`films-seed${seed}`);
      const tuning = yield* remembered(
        workshop,
        `guidance-${imageSizePx}-${denoiserName(method)}-seed${seed}.json`,
        () =>
          tuneGuidance(workshop, generator, {
            extractor,
            reference,
            stream: foldIn(stream, "tuning"),
          }),
      );
      const guidanceScale = bestGuidance(tuning);

      const films = new Map<string, Float32Array>();
      const told = toldFilms(train, method.told);
      const counts = filmsToDraw(workshop, imageSizePx);
      for (const [at, type] of types.entries()) {
        const own = foldIn(stream, type);
        const images = yield* keptOrDrawn(
          workshop,
          `films/${id}-${imageSizePx}-seed${seed}-${type}.npz`,
          () =>
            drawFilms(
              { ...generator, guidanceScale },
              {
                type,
                conditions: classConditions(told.films, type, {
                  stream: foldIn(own, "conditions"),
                  count: counts[at]!,
                }),
                ...(tailClasses.includes(type) ? { search: size.noise } : {}),
                stream: own,
              },
            ),
        );
        films.set(type, images);
      }
      const trainImages = await train.readImages([...train.films.keys()]);
      const { readable } = await judgeQuality(workshop, imageSizePx);
      const beside = workshop
        .phantom(imageSizePx)
        .balanced("beside generated films", settings.measures.diversityFilms);
      const scored = settings.measures.generatedPerClass * imageSizePx ** 2;
      const measured = new Map([...films].map(([type, all]) => [type, all.subarray(0, scored)]));
      const scores = yield* scoreFilms(measured, {
        extractor,
        judge,
        reference,
        tailClasses,
        diversityFilms: settings.measures.diversityFilms,
        ranges: await anatomyRanges(judge, trainImages, readable),
        realFilms: (type) =>
          beside.readImages(
            [...beside.films.keys()].filter((film) => beside.films[film]!.labels[0] === type),
          ),
      });
      const classifier = yield* bestMixture(workshop, {
        imageSizePx,
        seed,
        added: types.map((type) => ({ type, images: films.get(type)! })),
        mixtures: settings.measures.mixtures,
      });

      const isFirstSeed = size.methods[id]![0] === seed;
      for (const model of [extractor, judge, autoencoder, decoder]) await model.dispose();
      await denoisers?.model.dispose();
      await denoisers?.identityModel?.dispose();
      const { name, hash, dimensions } = extractor;
      return {
        summary: {
          method: id,
          seed,
          guidanceScale,
          tuning,
          measuredWith: {
            extractor: { name, hash, dimensions },
            judge: { name: judge.name, hash: judge.hash },
            films: {
              generatedPerClass: settings.measures.generatedPerClass,
              referencePerClass: settings.measures.referencePerClass,
              diversity: settings.measures.diversityFilms,
            },
          },
          tailMemorised: meanOf(
            scores.classes
              .filter(({ type }) => (tailClasses as readonly string[]).includes(type))
              .map(({ memorised }) => memorised),
          ),
          classes: scores.classes,
          anatomy: scores.anatomy,
          classifier: classifier.summary,
        },
        arrays: { ...scoreArrays(scores, tailClasses), ...testArrays(classifier.test) },
        ...(isFirstSeed
          ? { sheets: { [`${id}-${imageSizePx}.png`]: await sheetOf(films, imageSizePx) } }
          : {}),
      };
    },
  };
}

/** Statistics with their resamples, and the moments of the tail classes' features, in single precision. */
function scoreArrays(
  { statistics, moments, classes, lungImbalance }: FilmScores,
  tailClasses: readonly string[],
): Record<string, NumberArray> {
  const arrays: Record<string, NumberArray> = {};
  for (const name of STATISTICS) {
    const { value, replicates, samples } = statistics[name];
    const data = Float32Array.of(value, samples, ...Array.from(replicates));
    arrays[`statistic-${name}`] = { data, shape: [data.length] };
  }
  for (const [type, values] of Object.entries(lungImbalance)) {
    arrays[`lungs-${type}`] = { data: values, shape: [values.length] };
  }
  moments.forEach(({ mean, covariance }, at) => {
    const { type } = classes[at]!;
    if (!tailClasses.includes(type)) return;
    const columns = mean.length;
    arrays[`mean-${type}`] = { data: Float32Array.from(mean), shape: [columns] };
    // The upper triangle says it all.
    const triangle = Float32Array.from(
      Array.from({ length: columns }, (_, row) => covariance.getRow(row).slice(row)).flat(),
    );
    arrays[`covariance-${type}`] = { data: triangle, shape: [triangle.length] };
  });
  return arrays;
}

/** As many films of each type as distances and the classifier need, whichever asks for more. */
function filmsToDraw(workshop: Workshop, imageSizePx: number): number[] {
  const { measures, data } = workshop.settings;
  return workshop
    .trainingFilms(imageSizePx)
    .map((real) =>
      Math.max(
        measures.generatedPerClass,
        Math.min(measures.addedPerClass, data.maxPerClass - real),
      ),
    );
}

/** Draws films unless the work folder has them: a stage that was stopped goes on with the next class. */
async function* keptOrDrawn(
  { work }: Workshop,
  file: string,
  draw: () => AsyncGenerator<Doing, Float32Array, void>,
): AsyncGenerator<Doing, Float32Array, void> {
  const kept = await keptFilms(work, file);
  if (kept !== undefined) return kept["films"]!;
  const films = yield* draw();
  await keepFilms(work, file, { films });
  // As they will be read: a stage that was stopped must come to the same numbers.
  return asKept(films);
}

async function* remembered(
  { work }: Workshop,
  file: string,
  tune: () => AsyncGenerator<Doing, GuidanceTrial[], void>,
): AsyncGenerator<Doing, GuidanceTrial[], void> {
  const known = await work.readText(file);
  if (known !== undefined) return JSON.parse(known) as GuidanceTrial[];
  const found = yield* tune();
  await work.write(file, JSON.stringify(found));
  return found;
}

function sheetOf(
  films: ReadonlyMap<string, Float32Array>,
  imageSizePx: number,
): Promise<Uint8Array> {
  const row = SHEET_COLUMNS * imageSizePx ** 2;
  const shown = new Float32Array(films.size * row);
  [...films.values()].forEach((images, at) => {
    shown.set(images.subarray(0, row), at * row);
  });
  return encodePng(drawContactSheet(shown, { imageSizePx, columns: SHEET_COLUMNS, zoom: 1 }));
}
