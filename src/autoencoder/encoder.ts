import * as tf from "@tensorflow/tfjs-core";
import {
  conv2d,
  dense,
  groupNorm,
  resblock,
  silu,
  spaceToDepth,
  upsample,
  type ParameterScope,
} from "../nn/index.ts";
import { evenExposure, measureExposure } from "./exposure.ts";
import { pathologyMapWidth, type AutoencoderSettings } from "./settings.ts";

/** log σ² of a number that is measured. */
const SURE = -8;

/** A diagonal normal distribution over one code: N(mean, diag(exp(logVariance))). */
export interface Posterior<R extends tf.Rank> {
  readonly mean: tf.Tensor<R>;
  readonly logVariance: tf.Tensor<R>;
}

/** What the encoder says of a batch of films: where each code lies, and how surely. */
export interface Posteriors {
  /** Shape [B, H/8, W/8, identityChannels]. */
  readonly identity: Posterior<tf.Rank.R4>;
  /** Shape [B, pathologyWidth]. */
  readonly pathology: Posterior<tf.Rank.R2>;
  /** Shape [B, acquisitionWidth]. */
  readonly acquisition: Posterior<tf.Rank.R2>;
}

/**
 * q(codes | film): a convolutional trunk to an eighth of the resolution and one head for each code.
 *
 * @param images Films, shape [B, H, W, 1], 0 black to 1 white.
 */
export function encode(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  settings: AutoencoderSettings,
): Posteriors {
  const exposure = measureExposure(images);
  const even = settings.evensExposure === true ? evenExposure(images, exposure) : images;
  const { quarter, eighth: trunk } = encoderTrunk(parameters, even, settings);
  const identity = conv2d(
    parameters.at("identity"),
    silu(groupNorm(parameters.at("identityNorm"), trunk)),
    2 * settings.identityChannels,
    { kernelSize: 1 },
  );
  const [identityMean, identityLogVariance] = tf.split<tf.Tensor4D>(identity, 2, 3);
  const own = resblock(parameters.at("pathologyBlock"), trunk, trunk.shape[3]);
  const features = silu(groupNorm(parameters.at("pathologyNorm"), own));
  return {
    identity: posterior(identityMean!, identityLogVariance!),
    pathology: pathologyHead(parameters, { quarter, eighth: features }, settings),
    acquisition: acquisitionHead(parameters.at("acquisition"), features, { exposure, settings }),
  };
}

/** What the trunk says at a quarter and at an eighth of the resolution. */
interface TrunkFeatures {
  readonly quarter: tf.Tensor4D;
  readonly eighth: tf.Tensor4D;
}

/**
 * Each 2x2 patch becomes four channels (unless patches are single pixels), then two halvings with a residual block at each
 * resolution.
 */
function encoderTrunk(
  parameters: ParameterScope,
  images: tf.Tensor4D,
  { channels: [half, ...deeper], patchPx = 2 }: AutoencoderSettings,
): TrunkFeatures {
  const centred = tf.sub<tf.Tensor4D>(tf.mul(images, 2), 1);
  const patches = patchPx === 2 ? spaceToDepth(centred) : centred;
  let hidden = conv2d(parameters.at("stem"), patches, half);
  hidden = resblock(parameters.at("block1"), hidden, half);
  const [quarter, eighth] = deeper.map((width, index) => {
    const level = index + 2;
    hidden = conv2d(parameters.at(`down${level}`), silu(hidden), width, { stride: 2 });
    return (hidden = resblock(parameters.at(`block${level}`), hidden, width));
  });
  return { quarter: quarter!, eighth: eighth! };
}

/**
 * Where and what: one small map at a quarter of the resolution, and numbers of the whole film. The map is
 * kept as eighth-resolution places with four numbers each for every channel.
 */
function pathologyHead(
  parameters: ParameterScope,
  { quarter, eighth }: TrunkFeatures,
  settings: AutoencoderSettings,
): Posterior<tf.Rank.R2> {
  const depth = quarter.shape[3];
  const context = conv2d(parameters.at("pathologyContext"), eighth, depth, { kernelSize: 1 });
  const merged = resblock(
    parameters.at("pathologyMapBlock"),
    tf.add(quarter, upsample(context)),
    depth,
  );
  const normed = silu(groupNorm(parameters.at("pathologyMapNorm"), merged));
  const map = conv2d(parameters.at("pathologyMap"), normed, settings.pathologyChannels / 2, {
    kernelSize: 1,
  });
  const onMap = pathologyMapWidth(settings);
  const [mean, logVariance] = tf
    .split<tf.Tensor4D>(map, 2, 3)
    .map((half) => tf.reshape<tf.Rank.R2>(spaceToDepth(half), [-1, onMap]));
  const where = posterior(mean!, logVariance!);
  const what = flatHead(parameters.at("pathology"), eighth, settings.pathologyWidth - onMap);
  return {
    mean: tf.concat2d([where.mean, what.mean], 1),
    logVariance: tf.concat2d([where.logVariance, what.logVariance], 1),
  };
}

/** What was measured of the exposure, where films are evened, then what the network sees. */
function acquisitionHead(
  parameters: ParameterScope,
  features: tf.Tensor4D,
  {
    exposure,
    settings: { acquisitionWidth, evensExposure },
  }: { readonly exposure: tf.Tensor2D; readonly settings: AutoencoderSettings },
): Posterior<tf.Rank.R2> {
  if (evensExposure !== true) return flatHead(parameters, features, acquisitionWidth);
  const seen = flatHead(parameters, features, acquisitionWidth - 1);
  return {
    mean: tf.concat2d([exposure, seen.mean], 1),
    logVariance: tf.concat2d([tf.fill(exposure.shape, SURE), seen.logVariance], 1),
  };
}

function flatHead(
  parameters: ParameterScope,
  features: tf.Tensor4D,
  width: number,
): Posterior<tf.Rank.R2> {
  // Few channels but every place: where a lesion lies must reach the code.
  const narrow = silu(conv2d(parameters.at("narrow"), features, 32, { kernelSize: 1 }));
  const flat = tf.reshape<tf.Rank.R2>(narrow, [narrow.shape[0], -1]);
  const [mean, logVariance] = tf.split<tf.Tensor2D>(
    dense(parameters.at("dense"), flat, 2 * width),
    2,
    1,
  );
  return posterior(mean!, logVariance!);
}

function posterior<R extends tf.Rank>(mean: tf.Tensor<R>, logVariance: tf.Tensor<R>): Posterior<R> {
  // From a start at σ = 0.14 the decoder can read the codes at once; from 1 it long learns to ignore them.
  // Beyond the bounds exp() buys nothing and its gradient explodes.
  return { mean, logVariance: tf.clipByValue(tf.sub(logVariance, 4), -8, 4) };
}
