import * as tf from "@tensorflow/tfjs-core";

/**
 * Classifier-free guidance: m = m_u + guidanceScale·(m_c − m_u). Ho and Salimans 2022 (arXiv:2207.12598), eq. 6, in the
 * form where 1 is off. Any prediction type may be guided: at one timestep all are linear in each other.
 *
 * @param guidanceScale A number, or a tensor that broadcasts.
 */
export function guide<T extends tf.Tensor>(
  conditional: T,
  unconditional: T,
  guidanceScale: number | tf.Tensor,
): T {
  return tf.add(unconditional, tf.mul(guidanceScale, tf.sub(conditional, unconditional)));
}
