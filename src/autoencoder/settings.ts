/** The size of an autoencoder; part of every run's settings, because parameters only fit their own. */
export interface AutoencoderSettings {
  /** Height and width of a film; a multiple of 8. */
  readonly imageSizePx: number;
  /** Feature maps at half, quarter and eighth resolution; multiples of 8. */
  readonly channels: readonly [number, number, number];
  /**
   * The first and the last layer work on patches of so many pixels a side: 2 when left out. With 1 every map has twice the
   * resolution that is said of it here, for lesions of single pixels, and a step takes two and a half times as long.
   */
  readonly patchPx?: 1 | 2;
  /** Identity code: this many numbers at each place of the eighth-resolution map. */
  readonly identityChannels: number;
  /** All numbers of the pathology code: `pathologyChannels` at each place of the eighth-resolution map, then those of the whole film. */
  readonly pathologyWidth: number;
  readonly acquisitionWidth: number;
  /**
   * Films are brought to one exposure before they are encoded, and back after they are decoded; the first number of the acquisition
   * code is the exposure that was measured. Off when left out.
   */
  readonly evensExposure?: boolean;
  /**
   * So many numbers of the pathology code belong to each place of the eighth-resolution map: where a lesion
   * lies. Four of them are a 2x2 patch of one channel at a quarter of the resolution; a multiple of 4.
   */
  readonly pathologyChannels: number;
  /** How many further tokens of the interaction transformer the pathology code speaks through. */
  readonly pathologyTokens: number;
  readonly transformerBlocks: number;
  /** How many cell tokens (finding, side, zone, severity) the classifier heads know. */
  readonly numClasses: number;
}

/** Places in a row of the coarsest map, that of the identity code. */
export function placesPerSide({
  imageSizePx,
  patchPx = 2,
}: Pick<AutoencoderSettings, "imageSizePx" | "patchPx">): number {
  return imageSizePx / (4 * patchPx);
}

/**
 * How many numbers of the pathology code lie on the map; the others hold for the whole film.
 *
 * @throws RangeError when the code is too narrow for its map, or the channels make no 2x2 patches.
 */
export function pathologyMapWidth(
  settings: Pick<
    AutoencoderSettings,
    "imageSizePx" | "patchPx" | "pathologyChannels" | "pathologyWidth"
  >,
): number {
  const { imageSizePx, pathologyChannels, pathologyWidth } = settings;
  const width = pathologyChannels * placesPerSide(settings) ** 2;
  if (pathologyChannels % 4 !== 0 || pathologyWidth <= width) {
    throw new RangeError(
      `A pathology code of ${pathologyWidth} numbers, ${pathologyChannels} at each place, does not fit films of ${imageSizePx} px: choose pathologyChannels a multiple of 4, and a pathologyWidth above ${width}.`,
    );
  }
  return width;
}

/** What of an autoencoder's size may be chosen apart from the films. */
export type CodeSizes = Partial<
  Pick<AutoencoderSettings, "patchPx" | "pathologyChannels" | "identityChannels">
>;

/** Settings that train in minutes on two cores. */
export function defaultAutoencoderSettings(
  imageSizePx: number,
  numClasses: number,
  { patchPx, pathologyChannels = 4, identityChannels = 16 }: CodeSizes = {},
): AutoencoderSettings {
  const patch = patchPx === undefined ? {} : { patchPx };
  return {
    imageSizePx,
    channels: [24, 48, 96],
    ...patch,
    identityChannels,
    pathologyWidth: pathologyChannels * placesPerSide({ imageSizePx, ...patch }) ** 2 + 32,
    acquisitionWidth: 6,
    evensExposure: true,
    pathologyChannels,
    pathologyTokens: 4,
    transformerBlocks: 2,
    numClasses,
  };
}
