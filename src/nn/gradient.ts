import * as tf from "@tensorflow/tfjs-core";

/** The identity forward, no gradient backward. */
export function stopGradient<T extends tf.Tensor>(input: T): T {
  return tf.customGrad((x) => ({
    value: tf.add(x as tf.Tensor, 0),
    gradFunc: (upstream: tf.Tensor) => tf.zerosLike(upstream),
  }))(input) as T;
}

/** The identity forward, −1 times the gradient backward. Ganin et al. 2016 (arXiv:1505.07818). */
export function reverseGradient<T extends tf.Tensor>(input: T): T {
  return tf.customGrad((x) => ({
    value: tf.add(x as tf.Tensor, 0),
    gradFunc: (upstream: tf.Tensor) => tf.neg(upstream),
  }))(input) as T;
}
