import * as tf from "@tensorflow/tfjs-core";
import { decode, defaultAutoencoderSettings, encode } from "#src/autoencoder/index.ts";
import { key, normal } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";

/** A decoder of small films as it starts, with codes to decode: what a notebook would export. */
export function smallDecoder(sizePx = 16): {
  readonly fn: (codes: Record<string, tf.Tensor>) => { image: tf.Tensor };
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly codes: Readonly<Record<string, Float32Array>>;
} {
  const settings = defaultAutoencoderSettings(sizePx, 4);
  const store = new ParameterStore(key(0));
  // Run once, which makes the parameters.
  const codesShape = tf.tidy(() => {
    const { identity, pathology, acquisition } = encode(
      store,
      tf.zeros([1, sizePx, sizePx, 1]),
      settings,
    );
    const codes = {
      identity: identity.mean,
      pathology: pathology.mean,
      acquisition: acquisition.mean,
    };
    decode(store.at("decoder"), codes, settings);
    return Object.entries(codes).map(([name, { shape }]) => [name, shape] as const);
  });
  return {
    fn: (codes) => ({ image: decode(store.at("decoder"), codes as never, settings) }),
    inputs: Object.fromEntries(codesShape),
    codes: Object.fromEntries(
      codesShape.map(([name, shape], index) => [
        name,
        normal(key(index), tf.util.sizeFromShape(shape)),
      ]),
    ),
  };
}
