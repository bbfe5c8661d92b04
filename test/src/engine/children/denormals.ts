// Prints how many of 200,000 halved denormal numbers are not zero after a compiled program, in a process of its own.
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime } from "#src/engine/index.ts";

const runtime = await createRuntime({ device: "cpu", numThreads: 2 });
const program = await runtime.compile(({ x }) => ({ y: tf.mul(x!, 0.5) }), {
  inputs: { x: [200_000] },
});
// 1e-39 is below the least normal float32, 1.18e-38: half of it would be 5e-40.
const { y } = await program.run({ x: new Float32Array(200_000).fill(1e-39) });
console.log(y!.data.filter((value) => value !== 0).length);
await runtime.dispose();
