import type { FilmDataset, PhantomDataset } from "../data/index.ts";
import { foldIn, key, permutation, type Key, type Runtime } from "../engine/index.ts";
import type { AutoencoderModel, FilmCodes } from "./autoencoder-model.ts";
import { codeAttention } from "./code-attention.ts";
import { codeInformation } from "./code-information.ts";
import { filmFactors } from "./film-factors.ts";
import type { FilmDecoder } from "./film-decoder.ts";
import { interactionReport, type InteractionReport } from "./interaction-report.ts";
import { pathEffects } from "./path-effects.ts";

/** How far an analysis is. */
export interface InteractionProgress {
  readonly stage: "encoding" | "attention" | "information" | "paths";
  /** With the last stage. */
  readonly report?: InteractionReport;
}

/**
 * How a trained run's codes interact: what the transformer attends to, what each code tells of each factor, and what each way of the
 * pathology code to the film does. Yields after each stage.
 *
 * @param options `films`: for attention and information, 256 when omitted; `swaps`: for the ways, 64 when omitted; as many as the
 *   dataset has, if fewer.
 */
export async function* analyseInteractions({
  autoencoder,
  decoder,
  dataset,
  runtime,
  films: wantedFilms = 256,
  swaps: wantedSwaps = 64,
  stream = key(0),
}: {
  readonly autoencoder: AutoencoderModel;
  readonly decoder: FilmDecoder;
  /** Films that training has not seen. */
  readonly dataset: FilmDataset | PhantomDataset;
  readonly runtime: Runtime;
  readonly films?: number;
  readonly swaps?: number;
  readonly stream?: Key;
}): AsyncGenerator<InteractionProgress, void, void> {
  const order = [...permutation(foldIn(stream, "films"), dataset.films.length)];
  const indices = order.slice(0, wantedFilms);
  const images = await dataset.readImages(indices);
  const codes = await autoencoder.encode(images);
  yield { stage: "encoding" };
  const attention = await codeAttention(decoder, codes, runtime);
  yield { stage: "attention" };
  const information = codeInformation(codes, filmFactors(dataset, indices), {
    stream: foldIn(stream, "shuffle"),
  });
  yield { stage: "information" };
  const count = Math.min(wantedSwaps, indices.length);
  // Each film under the pathology of the next.
  const targetOf = (film: number) => indices[(film + 1) % indices.length]!;
  const width = codes.pathology.length / codes.count;
  const pathology = new Float32Array(count * width);
  for (let film = 0; film < count; film++) {
    const from = ((film + 1) % indices.length) * width;
    pathology.set(codes.pathology.subarray(from, from + width), film * width);
  }
  const exact =
    "truth" in dataset
      ? exactSwaps(
          dataset,
          Array.from({ length: count }, (_, film) => ({
            source: indices[film]!,
            target: targetOf(film),
          })),
        )
      : undefined;
  const paths = await pathEffects(
    { decoder, runtime },
    { source: firstCodes(codes, count), pathology, ...(exact === undefined ? {} : { exact }) },
  );
  const { imageSizePx } = dataset;
  yield {
    stage: "paths",
    report: interactionReport({ imageSizePx, attention, information, paths }),
  };
}

function firstCodes(codes: FilmCodes, count: number): FilmCodes {
  const part = (rows: Float32Array) => rows.slice(0, (rows.length / codes.count) * count);
  return {
    count,
    identity: part(codes.identity),
    pathology: part(codes.pathology),
    acquisition: part(codes.acquisition),
  };
}

function exactSwaps(
  dataset: PhantomDataset,
  pairs: readonly { readonly source: number; readonly target: number }[],
): { readonly films: Float32Array; readonly lesion: Uint8Array } {
  const pixels = dataset.imageSizePx ** 2;
  const films = new Float32Array(pairs.length * pixels);
  const lesion = new Uint8Array(pairs.length * pixels);
  pairs.forEach(({ source, target }, at) => {
    const { pathology } = dataset.truth(target);
    films.set(dataset.counterfactual(source, pathology), at * pixels);
    const other = dataset.lesionMask(source, pathology);
    lesion.set(
      dataset.lesionMask(source).map((own, pixel) => own | other[pixel]!),
      at * pixels,
    );
  });
  return { films, lesion };
}
