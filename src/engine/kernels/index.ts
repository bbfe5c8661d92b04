import { batchNormKernels } from "./batch-norm.ts";
import { binaryKernels } from "./binary.ts";
import { blockKernels } from "./blocks.ts";
import { convolutionKernels } from "./convolution.ts";
import { depthwiseKernels } from "./depthwise.ts";
import { gatherKernels } from "./gather.ts";
import { einsumKernels, indexingKernels } from "./indexing.ts";
import type { KernelTable } from "./kernel.ts";
import { matMulKernels } from "./mat-mul.ts";
import { poolingKernels } from "./pooling.ts";
import { reductionKernels } from "./reductions.ts";
import { resizeKernels } from "./resize.ts";
import { shapeKernels } from "./shape.ts";
import { unaryKernels } from "./unary.ts";

/** Every tf.js kernel that can be compiled, by its tf.js name. */
export const kernels: KernelTable = {
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...matMulKernels,
  ...shapeKernels,
  ...gatherKernels,
  ...convolutionKernels,
  ...depthwiseKernels,
  ...poolingKernels,
  ...resizeKernels,
  ...blockKernels,
  ...indexingKernels,
  ...einsumKernels,
  ...batchNormKernels,
};
