/** The size of an autoencoder; part of every run's settings, because parameters only fit their own. */
export interface AutoencoderSettings {
  /** Height and width of a film; a multiple of 8. */
  readonly imageSizePx: number;
  /** Feature maps at half, quarter and eighth resolution; multiples of 8. */
  readonly channels: readonly [number, number, number];
  /** Identity code: this many numbers at each place of the eighth-resolution map. */
  readonly identityChannels: number;
  readonly pathologyWidth: number;
  readonly acquisitionWidth: number;
  /** The pathology code is laid out over the eighth-resolution map with this many numbers a place. */
  readonly pathologyChannels: number;
  /** How many further tokens of the interaction transformer the pathology code speaks through. */
  readonly pathologyTokens: number;
  readonly transformerBlocks: number;
  /** How many cell tokens (finding, side, zone, severity) the classifier heads know. */
  readonly numClasses: number;
}

/** Settings that train in minutes on two cores. */
export function defaultAutoencoderSettings(
  imageSizePx: number,
  numClasses: number,
): AutoencoderSettings {
  return {
    imageSizePx,
    channels: [24, 48, 96],
    identityChannels: 8,
    pathologyWidth: 64,
    acquisitionWidth: 6,
    pathologyChannels: 32,
    pathologyTokens: 4,
    transformerBlocks: 2,
    numClasses,
  };
}
