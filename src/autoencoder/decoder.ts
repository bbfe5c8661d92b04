import * as tf from "@tensorflow/tfjs-core";
import {
  conv2d,
  dense,
  depthToSpace,
  groupNorm,
  resblock,
  scaledNormal,
  silu,
  transformerBlock,
  upsample,
  type ParameterScope,
} from "../nn/index.ts";
import { expose } from "./exposure.ts";
import { pathologyMapWidth, type AutoencoderSettings } from "./settings.ts";

/** One point for each code; shapes as in `Posteriors`. */
export interface Codes {
  readonly identity: tf.Tensor4D;
  readonly pathology: tf.Tensor2D;
  readonly acquisition: tf.Tensor2D;
}

/**
 * The ways on which the pathology code reaches the film: through its tokens in the transformer; added to every place; added where it
 * lies at an eighth of the resolution, before the transformer; and where it lies at a quarter, after it.
 */
export type PathologyPath = "tokens" | "everywhere" | "place" | "map";

export const PATHOLOGY_PATHS: readonly PathologyPath[] = ["tokens", "everywhere", "place", "map"];

/** For those who ask how the codes interact. */
export interface DecodeOptions {
  /** Another pathology code on single ways, shape [B, pathologyWidth] each: path-specific effects (Pearl 2001). */
  readonly pathologyBy?: Readonly<Partial<Record<PathologyPath, tf.Tensor2D>>>;
  /** Told each block's attention, shape [B, heads, N, N]; tokens in the order of `interact`. */
  readonly onAttention?: (weights: tf.Tensor4D) => void;
}

/**
 * p(film | codes): D(T([identity; pathology; acquisition])), where the interaction transformer T lets
 * every place of the identity map read the pathology. Nie et al. 2025 (arXiv:2504.14450), section III.
 *
 * @returns Films, shape [B, H, W, 1], 0 black to 1 white.
 */
export function decode(
  parameters: ParameterScope,
  codes: Codes,
  settings: AutoencoderSettings,
  options: DecodeOptions = {},
): tf.Tensor4D {
  const {
    channels: [half, quarter, eighth],
    patchPx = 2,
  } = settings;
  let hidden = interact(parameters.at("interaction"), codes, settings, options);
  hidden = resblock(parameters.at("block3"), hidden, eighth);
  for (const [index, width] of [quarter, half].entries()) {
    const level = 2 - index;
    hidden = conv2d(parameters.at(`up${level}`), upsample(hidden), width);
    if (level === 2) {
      const map = depthToSpace(pathologyMap(codes, settings, options.pathologyBy?.map));
      hidden = tf.add(hidden, conv2d(parameters.at("pathologyMap"), map, width));
    }
    hidden = resblock(parameters.at(`block${level}`), hidden, width);
  }
  const last = silu(groupNorm(parameters.at("norm"), hidden));
  const patches = conv2d(parameters.at("output"), last, patchPx ** 2);
  const even = tf.sigmoid<tf.Tensor4D>(patchPx === 1 ? patches : depthToSpace(patches));
  if (settings.evensExposure !== true) return even;
  return expose(even, tf.slice(codes.acquisition, [0, 0], [even.shape[0], 1]));
}

/** The part of the pathology code that lies on the map: shape [B, H/8, W/8, pathologyChannels]. */
function pathologyMap(
  codes: Codes,
  settings: AutoencoderSettings,
  pathology = codes.pathology,
): tf.Tensor4D {
  const [batch, height, width] = codes.identity.shape;
  const onMap = tf.slice(pathology, [0, 0], [batch, pathologyMapWidth(settings)]);
  return tf.reshape(onMap, [batch, height, width, settings.pathologyChannels]);
}

/**
 * The interaction transformer. One token for each place of the identity map, to which what the pathology
 * and the acquisition code say of that place is added; `pathologyTokens` more for the pathology code and
 * one for the acquisition code. The places' tokens come back as a map.
 *
 * @returns Shape [B, H/8, W/8, C].
 */
export function interact(
  parameters: ParameterScope,
  codes: Codes,
  settings: AutoencoderSettings,
  { pathologyBy = {}, onAttention }: DecodeOptions = {},
): tf.Tensor4D {
  const { identity, acquisition } = codes;
  const [batch, height, width] = identity.shape;
  const depth = settings.channels[2];
  const places = height * width;
  const count = places + settings.pathologyTokens + 1;
  const flat = tf.reshape(identity, [batch, places, settings.identityChannels]);
  const map = tf.reshape<tf.Rank.R3>(pathologyMap(codes, settings, pathologyBy.place), [
    batch,
    places,
    settings.pathologyChannels,
  ]);
  const wholeBy = (path: PathologyPath) =>
    tf.slice(pathologyBy[path] ?? codes.pathology, [0, pathologyMapWidth(settings)], [batch, -1]);
  const disease = dense(
    parameters.at("pathology"),
    wholeBy("tokens"),
    settings.pathologyTokens * depth,
  );
  const film = dense(parameters.at("acquisition"), acquisition, depth);
  const everywhere = tf.add(film, dense(parameters.at("whole"), wholeBy("everywhere"), depth));
  const here = tf.addN([
    dense(parameters.at("identity"), flat, depth),
    dense(parameters.at("place"), map, depth),
    tf.tile(tf.reshape<tf.Rank.R3>(everywhere, [batch, 1, depth]), [1, places, 1]),
  ]);
  const position = parameters.get("position", [count, depth], scaledNormal(0.1));
  let tokens = tf.add<tf.Tensor3D>(
    tf.concat(
      [
        here,
        tf.reshape(disease, [batch, settings.pathologyTokens, depth]),
        tf.reshape(film, [batch, 1, depth]),
      ],
      1,
    ),
    position,
  );
  for (let block = 0; block < settings.transformerBlocks; block++) {
    tokens = transformerBlock(parameters.at(`block${block}`), tokens, {
      ...(onAttention === undefined ? {} : { onWeights: onAttention }),
    });
  }
  const mapTokens = tf.slice(tokens, [0, 0, 0], [batch, places, depth]);
  return tf.reshape(mapTokens, [batch, height, width, depth]);
}
