import * as tf from "@tensorflow/tfjs-core";
import { frozen, stopGradient, type ParameterScope } from "../nn/index.ts";
import { filmCritic } from "./film-critic.ts";
import { binaryCrossEntropy, l1 } from "./losses.ts";

/** Films for the critic to learn from and to judge. */
export interface CriticFilms {
  /** Real films, shape [N, H, W, 1], and their cell tokens, [N, numClasses]. */
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor2D;
  /** Decodings, each [B, H, W, 1], that should equal the first B of `images`. */
  readonly decoded: readonly tf.Tensor4D[];
  /** Films decoded with another film's pathology, and the tokens of that, [B, numClasses]. */
  readonly crossed: tf.Tensor4D;
  readonly crossedLabels: tf.Tensor2D;
}

/**
 * What a critic that learns beside the autoencoder, from real films alone, adds to its losses.
 *
 * - `critic`: its own cross-entropy on real films.
 * - `effectiveness`: its cross-entropy on crossed films, against the tokens of the new pathology. Mean absolute
 *   error alone leaves small lesions blurred, and a blurred nodule looks like a consolidation.
 * - `featureMatching`: distance of decoded films from their targets in its feature maps, layer by layer.
 *   Larsen et al. 2016 (arXiv:1512.09300), eq. 7, with L1.
 *
 * The last two train the autoencoder, never the critic: one that learnt from decoded films would learn to
 * call a blur a nodule.
 */
export function criticLosses(
  parameters: ParameterScope,
  { images, labels, decoded, crossed, crossedLabels }: CriticFilms,
): Readonly<Record<"critic" | "effectiveness" | "featureMatching", tf.Scalar>> {
  const numClasses = labels.shape[1];
  const seen = filmCritic(parameters, images, numClasses);
  const judged = filmCritic(frozen(parameters), tf.concat([...decoded, crossed]), numClasses);
  const groups = crossed.shape[0];
  const firstCrossed = decoded.length * groups;
  const distances = judged.features.map((features, level) => {
    const target = stopGradient(tf.slice(seen.features[level]!, 0, groups));
    return l1(tf.slice(features, 0, firstCrossed), tf.concat(decoded.map(() => target)));
  });
  return {
    critic: binaryCrossEntropy(seen.logits, labels),
    effectiveness: binaryCrossEntropy(tf.slice(judged.logits, firstCrossed), crossedLabels),
    featureMatching: tf.addN(distances),
  };
}
