import {
  pathologyMapWidth,
  placesPerSide,
  type AutoencoderSettings,
} from "../autoencoder/index.ts";
import { codeWidth, type CodeLayout } from "../diffusion/index.ts";
import type { FilmCodes } from "./autoencoder-model.ts";

/**
 * What a diffusion model draws: the pathology code (given a condition and the identity code), the identity code (a new
 * patient), or all codes at once, which is the plain latent diffusion that the split is compared with.
 */
export type CodeStream = "pathology" | "identity" | "joint";

export const CODE_STREAMS: readonly CodeStream[] = ["pathology", "identity", "joint"];

/** How a stream's code lies in its flat vector. */
export function streamLayout(stream: CodeStream, settings: AutoencoderSettings): CodeLayout {
  const places = placesPerSide(settings);
  const { pathologyChannels, identityChannels, acquisitionWidth } = settings;
  const ofFilm = settings.pathologyWidth - pathologyMapWidth(settings);
  switch (stream) {
    case "pathology":
      return { places, channels: pathologyChannels, whole: ofFilm };
    case "identity":
      return { places, channels: identityChannels, whole: 0 };
    case "joint":
      return {
        places,
        channels: pathologyChannels + identityChannels,
        whole: ofFilm + acquisitionWidth,
      };
  }
}

/** The codes of a stream, row by row. */
export function streamCodes(
  stream: CodeStream,
  codes: FilmCodes,
  settings: AutoencoderSettings,
): Float32Array {
  if (stream !== "joint") return codes[stream];
  return joined(codes, settings).rows;
}

/** The way back from the joint stream. */
export function splitJointCodes(rows: Float32Array, settings: AutoencoderSettings): FilmCodes {
  const width = codeWidth(streamLayout("joint", settings));
  const count = rows.length / width;
  const blank: FilmCodes = {
    count,
    identity: new Float32Array(count * codeWidth(streamLayout("identity", settings))),
    pathology: new Float32Array(count * settings.pathologyWidth),
    acquisition: new Float32Array(count * settings.acquisitionWidth),
  };
  const { places } = joined(blank, settings);
  places.forEach(([part, from], at) => {
    const partWidth = blank[part].length / count;
    for (let row = 0; row < count; row++) {
      blank[part][row * partWidth + from] = rows[row * width + at]!;
    }
  });
  return blank;
}

type Part = "identity" | "pathology" | "acquisition";

/** Joint rows, and where each of their numbers comes from. */
function joined(
  codes: FilmCodes,
  settings: AutoencoderSettings,
): { readonly rows: Float32Array; readonly places: readonly (readonly [Part, number])[] } {
  const { pathologyChannels, identityChannels, pathologyWidth, acquisitionWidth } = settings;
  const count = placesPerSide(settings) ** 2;
  const range = (part: Part, begin: number, length: number) =>
    Array.from({ length }, (_, at) => [part, begin + at] as const);
  const places = [
    ...Array.from({ length: count }, (_, place) => [
      ...range("pathology", place * pathologyChannels, pathologyChannels),
      ...range("identity", place * identityChannels, identityChannels),
    ]).flat(),
    ...range("pathology", count * pathologyChannels, pathologyWidth - count * pathologyChannels),
    ...range("acquisition", 0, acquisitionWidth),
  ];
  const widths = {
    pathology: pathologyWidth,
    identity: count * identityChannels,
    acquisition: acquisitionWidth,
  };
  const rows = new Float32Array(codes.count * places.length);
  for (let row = 0; row < codes.count; row++) {
    places.forEach(([part, from], at) => {
      rows[row * places.length + at] = codes[part][row * widths[part] + from]!;
    });
  }
  return { rows, places };
}
