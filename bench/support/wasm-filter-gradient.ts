import * as tf from "@tensorflow/tfjs-core";

type T4 = tf.Tensor4D;
interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number;
  readonly filterShape: [number, number, number, number];
}

/**
 * Gives tfjs-wasm the kernel without which it cannot train a convolution. The gradient of a filter is itself a
 * convolution: of the images, channels and batch exchanged, with dy as the filter, dilated by the strides.
 */
export function registerWasmFilterGradient(): void {
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { x: T4; dy: T4 };
      const { strides, pad, filterShape } = attrs as unknown as Attributes;
      const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
      const { top, bottom, left, right } = info.padInfo;
      const asTensor = (tensor: T4) => tf.engine().makeTensorFromTensorInfo(tensor) as T4;
      return tf.tidy(() => {
        const padded = tf.pad(asTensor(x), [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
        const images = tf.transpose(padded, [3, 1, 2, 0]);
        const filter = tf.transpose(asTensor(dy), [1, 2, 0, 3]);
        const dilations: [number, number] = [info.strideHeight, info.strideWidth];
        const all = tf.conv2d(images, filter, 1, "valid", "NHWC", dilations);
        const [rows, columns, from, to] = filterShape;
        return tf.transpose(tf.slice(all, [0, 0, 0, 0], [from, rows, columns, to]), [1, 2, 0, 3]);
      });
    },
  });
}
