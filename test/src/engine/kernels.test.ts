import { assertAgrees, useRuntime } from "./agreement.ts";
import { kernelCases } from "./kernel-cases.ts";

describe("compiled kernels agree with tf.js's cpu backend:", () => {
  const runtime = useRuntime();
  for (const [name, make] of Object.entries(kernelCases)) {
    it(name, async () => {
      const { fn, inputs, tolerance } = make();
      await assertAgrees(runtime(), fn, inputs, tolerance);
    });
  }
});
