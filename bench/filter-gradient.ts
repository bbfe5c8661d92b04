// The ways to write a convolution's filter gradient in ONNX, beside the convolution itself, on one thread.
//   npx tsx bench/filter-gradient.ts
import ort from "onnxruntime-node";
import { convInfo } from "#src/engine/kernels/conv-info.ts";
import {
  filterGradient,
  shiftBoth,
  shiftGradient,
  shiftInput,
} from "#src/engine/kernels/filter-gradient.ts";
import { Lowering } from "#src/engine/onnx/lowering.ts";
import { key, normal } from "#src/engine/index.ts";

const ROUNDS = 15;

/** Median CPU milliseconds of one ONNX graph over inputs x and dy in NCHW. */
async function measure(
  shapes: { readonly x: readonly number[]; readonly dy: readonly number[] },
  result: readonly number[],
  build: (to: Lowering) => string,
): Promise<number> {
  const to = new Lowering();
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, dims] of Object.entries(shapes)) {
    to.builder.input(name, "float32", dims);
    const size = dims.reduce((a, b) => a * b, 1);
    feeds[name] = new ort.Tensor("float32", normal(key(1), size), dims);
  }
  to.builder.output("result", "float32", result, build(to));
  const session = await ort.InferenceSession.create(to.builder.encode(), {
    intraOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    await session.run(feeds);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  await session.release();
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

// batch, height = width, channels in, channels out, stride
const cases: readonly (readonly [number, number, number, number, number])[] = [
  [16, 64, 1, 32, 1],
  [16, 64, 32, 32, 1],
  [16, 64, 64, 32, 1],
  [16, 32, 64, 64, 1],
  [16, 32, 128, 64, 1],
  [16, 16, 128, 128, 1],
  [16, 8, 128, 128, 1],
  [16, 64, 32, 1, 1],
  [16, 64, 32, 64, 2],
];
const rows = [];
for (const [batch, size, from, into, strides] of cases) {
  const filter = [3, 3, from, into];
  const info = convInfo([batch, size, size, from], filter, { strides, pad: "same" });
  const [height, width] = [info.outHeight, info.outWidth];
  const shapes = { x: [batch, from, size, size], dy: [batch, into, height, width] };
  const time = (way: typeof filterGradient) =>
    measure(shapes, [into, from, 3, 3], (to) => way(to, "x", "dy", info));
  const gflop = (2 * batch * height * width * 9 * from * into) / 1e9;
  const chosen = await time(filterGradient);
  rows.push({
    case: `${size}x${size} ${from} -> ${into}${strides === 2 ? " strided" : ""}`,
    gflop: gflop.toFixed(2),
    chosen: chosen.toFixed(1),
    "GFLOP/s": ((1000 * gflop) / chosen).toFixed(0),
    shiftInput: (await time(shiftInput)).toFixed(1),
    shiftBoth: strides === 1 ? (await time(shiftBoth)).toFixed(1) : "-",
    shiftGradient: strides === 1 ? (await time(shiftGradient)).toFixed(1) : "-",
  });
}
console.table(rows);
