import * as tf from "@tensorflow/tfjs-core";
import {
  conv2d,
  dense,
  groupNorm,
  layerNorm,
  scaledNormal,
  silu,
  stopGradient,
  zeros,
  type ParameterScope,
} from "../nn/index.ts";
import { codeWidth, type CodeLayout, type DenoiserSettings } from "./settings.ts";

/** What a denoiser is told besides latents and timestep; the same at every timestep, so it is worked out once. */
export interface DenoiserContext {
  /** Shape [B, contextWidth]. */
  readonly summary: tf.Tensor2D;
  /** The identity code's map, shape [B, places, places, channels], where there is one. */
  readonly identityMap?: tf.Tensor4D;
}

/**
 * Joins condition and identity code. No gradient reaches the identity code: the denoiser may read where the patient's lungs
 * lie, but not bend the code to carry pathology.
 *
 * @param condition Shape [B, contextWidth].
 * @param identity Scaled identity codes, shape [B, its width]; zeros stand for "not told". Asked for by the settings.
 */
export function denoiserContext(
  parameters: ParameterScope,
  condition: tf.Tensor2D,
  identity: tf.Tensor2D | undefined,
  settings: DenoiserSettings,
): DenoiserContext {
  const layout = settings.identity;
  if (layout === undefined) return { summary: condition };
  if (identity?.shape[1] !== codeWidth(layout)) {
    throw new RangeError(
      `denoiserContext: this denoiser wants identity codes of ${codeWidth(layout)} numbers, not ${identity?.shape[1] ?? 0}.`,
    );
  }
  const given = stopGradient(identity);
  const [map, whole] = splitCode(given, layout);
  const coarse =
    map === undefined ? [] : [flat(layout.places % 2 === 0 ? tf.avgPool(map, 2, 2, "same") : map)];
  const summary = dense(
    parameters.at("identity"),
    tf.concat([...coarse, ...(whole === undefined ? [] : [whole])], 1),
    settings.contextWidth,
  );
  const joined = tf.add<tf.Tensor2D>(condition, summary);
  return map === undefined ? { summary: joined } : { summary: joined, identityMap: map };
}

/**
 * The network m(x_t, t, context): residual blocks whose normalised inputs are scaled and shifted by timestep and context
 * (Peebles and Xie 2023, arXiv:2212.09748, section 3.2). Timestep and context enter each block by layers of their own, so
 * that over the steps of a sampler the context's share is computed once.
 *
 * @param latents Shape [B, code width].
 * @param timestep One number for all, or shape [B, 1].
 * @returns Shape [B, code width]; zero for a new network.
 */
export function denoise(
  parameters: ParameterScope,
  latents: tf.Tensor2D,
  timestep: number | tf.Tensor2D,
  context: DenoiserContext,
  settings: DenoiserSettings,
): tf.Tensor2D {
  const time = embedTimestep(parameters.at("time"), timestep, settings.contextWidth);
  return settings.form === "vector"
    ? denoiseVector(parameters, latents, { time, context: context.summary }, settings)
    : denoiseMap(parameters, latents, { time, context: context.summary }, context, settings);
}

interface Modulation {
  /** Shape [B, contextWidth], or [1, contextWidth] where all have one timestep. */
  readonly time: tf.Tensor2D;
  readonly context: tf.Tensor2D;
}

function denoiseVector(
  parameters: ParameterScope,
  latents: tf.Tensor2D,
  modulation: Modulation,
  { width, blocks }: Pick<DenoiserSettings, "width" | "blocks">,
): tf.Tensor2D {
  let hidden = dense(parameters.at("input"), latents, width);
  for (let block = 0; block < blocks; block++) {
    const scope = parameters.at(`block${block}`);
    const normed = layerNorm(scope.at("norm"), hidden);
    const [scale, shift] = modulate(scope.at("modulation"), modulation, width);
    const moved = tf.add<tf.Tensor2D>(tf.mul(normed, tf.add(scale, 1)), shift);
    const wide = silu(dense(scope.at("expand"), moved, width));
    hidden = tf.add(hidden, dense(scope.at("contract"), wide, width, { initialise: zeros }));
  }
  const normed = layerNorm(parameters.at("norm"), hidden);
  return dense(parameters.at("output"), normed, latents.shape[1], { initialise: zeros });
}

function denoiseMap(
  parameters: ParameterScope,
  latents: tf.Tensor2D,
  modulation: Modulation,
  { identityMap }: DenoiserContext,
  settings: DenoiserSettings,
): tf.Tensor2D {
  const { layout, width, blocks } = settings;
  const [map, whole] = splitCode(latents, layout);
  if (map === undefined) {
    throw new RangeError('denoise: a code without a map needs form "vector".');
  }
  const context =
    whole === undefined
      ? modulation.context
      : tf.add<tf.Tensor2D>(
          modulation.context,
          dense(parameters.at("whole"), whole, settings.contextWidth),
        );
  const position = parameters.get(
    "position",
    [layout.places, layout.places, width],
    scaledNormal(0.1),
  );
  let hidden = tf.add<tf.Tensor4D>(conv2d(parameters.at("input"), map, width), position);
  if (identityMap !== undefined) {
    hidden = tf.add(hidden, conv2d(parameters.at("identityMap"), identityMap, width));
  }
  for (let block = 0; block < blocks; block++) {
    const scope = parameters.at(`block${block}`);
    const first = silu(groupNorm(scope.at("norm1"), hidden));
    const normed = groupNorm(scope.at("norm2"), conv2d(scope.at("conv1"), first, width));
    const [scale, shift] = modulate(
      scope.at("modulation"),
      { time: modulation.time, context },
      width,
    );
    const everywhere = (row: tf.Tensor2D) => tf.reshape(row, [row.shape[0], 1, 1, width]);
    const moved = tf.add<tf.Tensor4D>(
      tf.mul(normed, tf.add(everywhere(scale), 1)),
      everywhere(shift),
    );
    hidden = tf.add(hidden, conv2d(scope.at("conv2"), silu(moved), width, { initialise: zeros }));
  }
  const normed = silu(groupNorm(parameters.at("norm"), hidden));
  const output = flat(
    conv2d(parameters.at("output"), normed, layout.channels, { initialise: zeros }),
  );
  if (whole === undefined) return output;
  const pooled = tf.mean<tf.Tensor2D>(normed, [1, 2]);
  const rest = denoiseVector(
    parameters.at("wholeNetwork"),
    whole,
    {
      time: modulation.time,
      context: tf.add(context, dense(parameters.at("pooled"), pooled, settings.contextWidth)),
    },
    { width: 4 * width, blocks: 2 },
  );
  return tf.concat2d([output, rest], 1);
}

/** Scale and shift of one block, each [B, width] (or [1, width] for what is common to all). */
function modulate(
  parameters: ParameterScope,
  { time, context }: Modulation,
  width: number,
): [tf.Tensor2D, tf.Tensor2D] {
  const both = tf.add<tf.Tensor2D>(
    dense(parameters.at("time"), time, 2 * width, { initialise: zeros }),
    dense(parameters.at("context"), silu(context), 2 * width, { initialise: zeros }),
  );
  const [scale, shift] = tf.split(both, 2, 1);
  return [scale as tf.Tensor2D, shift as tf.Tensor2D];
}

const TIMESTEP_FREQUENCIES = 32;

/** Sines and cosines of the timestep at frequencies from 1 to 1/10000, then two layers. Vaswani et al. 2017, section 3.5. */
function embedTimestep(
  parameters: ParameterScope,
  timestep: number | tf.Tensor2D,
  width: number,
): tf.Tensor2D {
  const frequencies = Array.from({ length: TIMESTEP_FREQUENCIES }, (_, at) =>
    Math.exp((-Math.log(10_000) * at) / (TIMESTEP_FREQUENCIES - 1)),
  );
  const column = typeof timestep === "number" ? tf.tensor2d([[timestep]]) : timestep;
  const angles = tf.mul<tf.Tensor2D>(column, tf.tensor2d([frequencies]));
  const waves = tf.concat2d([tf.sin(angles), tf.cos(angles)], 1);
  return silu(
    dense(parameters.at("output"), silu(dense(parameters.at("hidden"), waves, width)), width),
  );
}

/** The map, [B, places, places, channels], and the numbers of the whole film, [B, whole]; what a code lacks is left out. */
function splitCode(
  code: tf.Tensor2D,
  { places, channels, whole }: CodeLayout,
): [tf.Tensor4D | undefined, tf.Tensor2D | undefined] {
  const onMap = places ** 2 * channels;
  const [batch] = code.shape;
  return [
    onMap === 0
      ? undefined
      : tf.reshape(tf.slice(code, [0, 0], [batch, onMap]), [batch, places, places, channels]),
    whole === 0 ? undefined : tf.slice(code, [0, onMap], [batch, whole]),
  ];
}

function flat(map: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(map, [map.shape[0], -1]);
}
