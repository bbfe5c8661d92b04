import type { ResidualPolicy } from "../causal/index.ts";
import type { Condition } from "../conditioning/index.ts";
import { foldIn, randint, type Key, type Runtime } from "../engine/index.ts";
import {
  generateFilms,
  optimizeFilmNoise,
  type AutoencoderModel,
  type FilmCodes,
  type FilmDecoder,
} from "../pipelines/index.ts";
import { splitJointCodes, streamCodes } from "../pipelines/code-streams.ts";
import { initialNoiseOf } from "../pipelines/diffusion-model.ts";
import { gaussianCodes } from "./gaussian-codes.ts";
import type { Denoisers } from "./models.ts";
import type { GeneratorMethod } from "./settings/methods.ts";
import type { Doing } from "./workshop.ts";

/** A trained generator: the method's settings with its networks. */
export interface Generator {
  readonly method: GeneratorMethod;
  readonly runtime: Runtime;
  readonly autoencoder: AutoencoderModel;
  readonly decoder: FilmDecoder;
  /** Left out where codes come from a normal distribution. */
  readonly denoisers?: Denoisers;
  /** The training films' codes and types. */
  readonly codes: FilmCodes;
  readonly types: readonly string[];
  /** Pixels of training films, by their numbers. */
  readonly readFilms: (films: readonly number[]) => Promise<Float32Array>;
  readonly guidanceScale: number;
  readonly samplerSteps: number;
}

export interface DrawOptions {
  readonly type: string;
  /** One a film. */
  readonly conditions: readonly Condition[];
  /** Searches for initial noise, where the method does; so many films at a time. */
  readonly search?: { readonly totalIterations: number; readonly batch: number };
  /** Equal streams give equal patients, and equal noise before any search, whatever the method. */
  readonly stream: Key;
}

/** Draws films of a class, shape [count, H, W]; tail classes with the method's search. */
export async function* drawFilms(
  generator: Generator,
  { type, conditions, search, stream }: DrawOptions,
): AsyncGenerator<Doing, Float32Array, void> {
  const { method, autoencoder, decoder, denoisers, codes, guidanceScale, samplerSteps } = generator;
  const count = conditions.length;
  const drawHealthy = () => healthyFilms(generator, foldIn(stream, "patients"), count);
  if (method.codes === "none") return generator.readFilms(drawHealthy().films);
  if (denoisers === undefined) {
    const rows = gaussianCodes(streamCodes("joint", codes, autoencoder.settings), {
      types: generator.types,
      type,
      stream: foldIn(stream, "codes"),
      count,
    });
    return decoder.decode(splitJointCodes(rows, autoencoder.settings));
  }
  const { model, identityModel } = denoisers;
  const shared = { decoder, model, guidanceScale, numInferenceSteps: samplerSteps };
  const healthy = method.patients === "train" ? drawHealthy() : undefined;
  let identities = healthy && rowsOf(codes.identity, healthy.films, codes.count);
  if (identityModel !== undefined && identities === undefined) {
    for await (const { step, totalSteps, latents } of identityModel.sample({
      conditions: conditions.map(() => ({ findings: [] })),
      numInferenceSteps: samplerSteps,
      stream: foldIn(stream, "identity"),
    })) {
      identities = latents;
      yield { doing: `drawing patients for ${type}`, step, totalSteps };
    }
  }
  const noise =
    search === undefined || method.search === undefined
      ? undefined
      : yield* searchedNoise(generator, { type, conditions, search, stream, identities });
  const takenLike =
    healthy?.films ??
    Array.from(randint(foldIn(stream, "acquisition"), count, { max: codes.count }));
  const acquisitions = rowsOf(codes.acquisition, takenLike, codes.count);
  let images = new Float32Array(0) as Float32Array;
  for await (const { step, totalSteps, films } of generateFilms({
    ...shared,
    conditions,
    ...(identities === undefined ? {} : { identities, acquisitions }),
    ...(noise === undefined ? {} : { initialNoise: noise }),
    stream,
  })) {
    if (films !== undefined) {
      images =
        healthy === undefined
          ? films.images
          : (
              await autoencoder.counterfactual(
                await generator.readFilms(healthy.films),
                films.codes.pathology,
                healthy.residual,
              )
            ).counterfactual;
    }
    yield { doing: `drawing ${type}`, step, totalSteps };
  }
  return images;
}

/**
 * Training films without a finding, with replacement, whose residual holds no lesion and is kept; where there are none, all
 * films, whose residual fades where they are changed.
 */
function healthyFilms(
  { types }: Generator,
  stream: Key,
  count: number,
): { readonly films: readonly number[]; readonly residual: ResidualPolicy } {
  const healthy = types.flatMap((type, film) => (type === "No Finding" ? [film] : []));
  const known = healthy.length > 0 ? healthy : [...types.keys()];
  return {
    films: Array.from(randint(stream, count, { max: known.length }), (draw) => known[draw]!),
    residual: healthy.length > 0 ? "kept" : "attenuated",
  };
}

/** Rows of a table of `count` rows, one after another. */
function rowsOf(table: Float32Array, rows: readonly number[], count: number): Float32Array {
  const width = table.length / count;
  const chosen = new Float32Array(rows.length * width);
  rows.forEach((row, at) => {
    chosen.set(table.subarray(row * width, (row + 1) * width), at * width);
  });
  return chosen;
}

/** The best initial noise for each film, batch by batch. */
async function* searchedNoise(
  {
    method,
    runtime,
    decoder,
    denoisers,
    codes,
    types,
    autoencoder,
    guidanceScale,
    samplerSteps,
  }: Generator,
  {
    type,
    conditions,
    search,
    stream,
    identities,
  }: DrawOptions & {
    readonly search: NonNullable<DrawOptions["search"]>;
    readonly identities: Float32Array | undefined;
  },
): AsyncGenerator<Doing, Float32Array, void> {
  const { model } = denoisers!;
  const { settings } = autoencoder;
  const rows = streamCodes(model.settings.stream, codes, settings);
  const own = types.flatMap((name, film) => (name === type ? [film] : []));
  const references = rowsOf(rows, own, codes.count);
  const count = conditions.length;
  const identityWidth = (identities?.length ?? 0) / count;
  const noise = new Float32Array(count * model.width);
  for (let begin = 0; begin < count; begin += search.batch) {
    const end = Math.min(count, begin + search.batch);
    for await (const { iteration, best } of optimizeFilmNoise({
      runtime,
      model,
      decoder,
      conditions: conditions.slice(begin, end),
      identities:
        identities?.subarray(begin * identityWidth, end * identityWidth) ?? new Float32Array(0),
      references,
      settings: {
        ...method.search!.settings,
        totalIterations: search.totalIterations,
        numInferenceSteps: samplerSteps,
        guidanceScale,
      },
      // The start is the noise that the films would have without a search.
      initialNoise: initialRows(stream, begin, end, model.width),
      stream: foldIn(foldIn(stream, "search"), begin),
      search: method.search!.kind,
    })) {
      noise.set(best.noise, begin * model.width);
      yield {
        doing: `searching noise for ${type}, iteration ${iteration}`,
        step: begin,
        totalSteps: count,
      };
    }
  }
  return noise;
}

// As `generateFilms` draws them.
function initialRows(stream: Key, begin: number, end: number, width: number): Float32Array {
  return initialNoiseOf(foldIn(stream, "pathology"), end, width).slice(begin * width);
}
