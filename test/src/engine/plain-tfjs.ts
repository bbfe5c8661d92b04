// A package for the device "tensorflow" without TensorFlow: tf.js with its plain JavaScript backend.
import "#src/engine/eager.ts";
export * from "@tensorflow/tfjs-core";
