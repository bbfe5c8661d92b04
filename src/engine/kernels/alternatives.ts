const OUTSIDE = "Compute it outside and pass the result as an input.";
const COMPLEX =
  "Complex numbers cannot be compiled: keep real and imaginary parts in two tensors, and write a transform as a matMul with its cosines and sines.";
const DATA_SHAPED =
  "The shape of its result depends on the data, and a program has fixed shapes: mask with tf.where or tf.mul instead, or compute it outside.";
const VOLUMES =
  "Volumes cannot be compiled yet: put slices into the batch and convolve or pool them in two dimensions.";
const SPARSE = "Sparse and ragged tensors cannot be compiled: use dense ones with a mask.";
const TEXT = "Text cannot be compiled: turn it into numbers outside.";
const BOXES =
  "It cannot be compiled: crop with tf.slice and tf.image.resizeBilinear, or do it outside, with the other preparation of images.";
const MORPHOLOGY =
  "It cannot be compiled: a flat structuring element is tf.maxPool with stride 1 (erosion: of the negative).";
const LOCAL =
  "It cannot be compiled: use groupNorm, or write it with tf.pad, tf.slice and tf.addN.";

/** What to use instead of each tf.js kernel that cannot be compiled. */
export const alternatives: Readonly<Record<string, string>> = {
  ...same("Complex ComplexAbs Real Imag FFT IFFT", COMPLEX),
  ...same("Unique NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 Where", DATA_SHAPED),
  ...same("Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2", VOLUMES),
  ...same("AvgPool3D AvgPool3DGrad MaxPool3D MaxPool3DGrad", VOLUMES),
  ...same("SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum", SPARSE),
  ...same("RaggedGather RaggedRange RaggedTensorToTensor", SPARSE),
  ...same("StaticRegexReplace StringNGrams StringSplit StringToHashBucketFast", TEXT),
  ...same("CropAndResize RotateWithOffset Transform", BOXES),
  ...same("Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput", MORPHOLOGY),
  ...same("LRN LRNGrad", LOCAL),
  ...same("LowerBound UpperBound", "Use tf.searchSorted."),
  ...same("Draw FromPixels", OUTSIDE),
  SparseToDense: "Use tf.scatterND.",
  MaxPoolWithArgmax: "Use tf.maxPool; its gradient finds the places itself.",
  Pool: "Use tf.avgPool or tf.maxPool.",
  LogicalXor: "Use tf.logicalXor, which is made of covered kernels.",
  LogSoftmax: "Use tf.logSoftmax, which is made of covered kernels.",
  BroadcastTo: "Use tf.broadcastTo, which is made of covered kernels.",
  MatrixBandPart: "Use tf.linalg.bandPart, which is made of covered kernels.",
  BroadcastArgs: "Shapes are fixed while compiling: use tf.broadcastTo.",
  Multinomial:
    "Randomness cannot be compiled: pass uniform noise as an input, and take tf.argMax of logits - log(-log(noise)).",
};

function same(names: string, advice: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, advice]));
}

/** What to use instead of a kernel that cannot be compiled. */
export function alternativeTo(kernel: string): string {
  return alternatives[kernel] ?? `Build the same from covered kernels, or: ${OUTSIDE}`;
}
