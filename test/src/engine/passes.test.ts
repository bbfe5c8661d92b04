import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime, explain, groupNorm, silu } from "#src/engine/index.ts";
import type { Graph } from "#src/engine/graph.ts";
import { countByOp, uniformFill } from "#src/engine/graph.ts";
import { shareCommonSubexpressions } from "#src/engine/passes/common-subexpressions.ts";
import { foldConstants } from "#src/engine/passes/fold-constants.ts";
import { fuseBias } from "#src/engine/passes/fuse-bias.ts";
import { optimize } from "#src/engine/passes/index.ts";
import { packUpdates } from "#src/engine/passes/pack-updates.ts";
import { prune } from "#src/engine/passes/prune.ts";
import { simplify } from "#src/engine/passes/simplify.ts";
import { stateOrders } from "#src/engine/passes/state-orders.ts";
import type { TracedFunction } from "#src/engine/trace/trace.ts";
import { trace } from "#src/engine/trace/trace.ts";
import { noise } from "./agreement.ts";

const traced = (fn: TracedFunction, shape: number[] = [2, 3]): Graph =>
  trace(fn, { x: { shape, dtype: "float32" } }).graph;
const ops = (graph: Graph) => countByOp(graph);
const closeTo = (actual: Float32Array, expected: readonly number[]) => {
  const furthest = Math.max(...expected.map((value, at) => Math.abs(value - actual[at]!)));
  assert.ok(furthest < 1e-6, `${[...actual].join()} is not ${expected.join()}`);
};

describe("passes", () => {
  it("prune drops what nothing depends on", () => {
    const graph = traced(({ x }) => {
      tf.exp(tf.log(x!));
      return { y: tf.neg(x!) };
    });
    assert.deepEqual(ops(graph), { Input: 1, Log: 1, Exp: 1, Neg: 1 });
    assert.deepEqual(ops(prune(graph)), { Input: 1, Neg: 1 });
  });

  it("foldConstants computes constants once, uniform ones as a single number", () => {
    const graph = traced(({ x }) => ({
      y: tf.add(x!, tf.mul(tf.fill([2, 3], 2), tf.scalar(3))),
      z: tf.sum(tf.tensor1d([1, 2, 4])),
    }));
    const folded = prune(foldConstants(graph));
    assert.equal(uniformFill(folded.outputs["z"]!), 7);
    assert.deepEqual(ops(folded), { Constant: 2, Input: 1, Add: 1 });
  });

  it("simplify drops what changes nothing and turns products with ones into broadcasts", () => {
    const graph = traced(({ x }) => ({
      same: tf.reshape(tf.clone(tf.add(tf.mul(x!, 1), 0)), [2, 3]),
      wide: tf.mul(tf.sum(x!, 1, true), tf.ones([2, 3])),
      square: tf.pow(x!, 2),
    }));
    const simple = prune(simplify(foldConstants(simplify(graph))));
    assert.equal(simple.outputs["same"], simple.inputs["x"]);
    assert.deepEqual(ops(simple), { Input: 1, Sum: 1, Broadcast: 1, Square: 1 });
  });

  it("shareCommonSubexpressions computes once, but tells infinities and signs of zero apart", () => {
    const graph = traced(({ x }) => ({
      y: tf.add(tf.exp(x!), tf.exp(x!)),
      a: tf.maximum(x!, -Infinity),
      b: tf.maximum(x!, Infinity),
    }));
    const shared = prune(shareCommonSubexpressions(prune(graph)));
    assert.deepEqual(ops(shared), { Constant: 2, Maximum: 2, Input: 1, Exp: 1, Add: 1 });
  });

  it("fuseBias merges a bias only where the bare convolution is not used", () => {
    const [filter, bias] = [noise(1, [3, 3, 2, 4]) as tf.Tensor4D, noise(2, [4])];
    const conv = (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter, 1, "same");
    const fused = traced(({ x }) => ({ y: tf.add(conv(x!), bias) }), [1, 4, 4, 2]);
    assert.equal(ops(prune(fuseBias(fused)))["Add"], undefined);
    const shared = traced(
      ({ x }) => {
        const bare = conv(x!);
        return { y: tf.add(bare, bias), bare };
      },
      [1, 4, 4, 2],
    );
    assert.equal(ops(prune(fuseBias(shared)))["Add"], 1);
  });

  describe("packUpdates", () => {
    const beta = 0.9;
    let vectors: readonly tf.Variable[] = [];
    let means: readonly tf.Variable[] = [];
    beforeEach(() => {
      const lengths = [3, 2, 5, 4, 3];
      vectors = lengths.map((length, at) => tf.variable(noise(at, [length])));
      means = lengths.map((length) => tf.variable(tf.zeros([length])));
    });
    afterEach(() => {
      tf.dispose([...vectors, ...means]);
    });
    /** A step of momentum on each vector, its gradient made of the others too. */
    const step: TracedFunction = ({ x }) => {
      const all = tf.sum(tf.concat(vectors.map((vector) => tf.square(vector))));
      for (const [at, vector] of vectors.entries()) {
        // Every second gradient is a sum, as that of a layer used twice.
        const tanh = tf.tanh(tf.mul(vector, all));
        const gradient = at % 2 === 0 ? tanh : tf.add(tanh, tf.sin(vector));
        const mean = tf.add(tf.mul(means[at]!, beta), tf.mul(gradient, 1 - beta));
        means[at]!.assign(mean);
        vector.assign(tf.sub(vector, tf.mul(mean, tf.sum(x!))));
      }
      return { all };
    };
    const optimized = (fn: TracedFunction) =>
      shareCommonSubexpressions(foldConstants(prune(traced(fn))));

    it("joins the updates of vectors that are computed alike, to the same numbers", async () => {
      const before = optimized(step);
      const after = prune(packUpdates(before));
      assert.deepEqual([ops(before)["Sub"], ops(before)["Tanh"]], [5, 5]);
      const { Sub, Tanh, SplitV } = ops(after);
      assert.deepEqual({ Sub, Tanh, SplitV }, { Sub: 1, Tanh: 5, SplitV: 2 });

      const expected = vectors.map((vector) => [...vector.dataSync<"float32">()]);
      const momenta: number[][] = [];
      const x = Float32Array.of(0.1, 0.2, 0.3, -0.1, 0, 0.05);
      const runtime = await createRuntime({ device: "cpu", numThreads: 1, graphCache: false });
      const program = await runtime.compile(step, { inputs: { x: [2, 3] } });
      assert.equal(program.statistics.live["Sub"], 1);
      const rate = x.reduce((sum, value) => sum + value, 0);
      for (let run = 0; run < 2; run++) {
        await program.run({ x });
        const all = expected.flat().reduce((sum, value) => sum + value ** 2, 0);
        for (const [at, values] of expected.entries()) {
          const moments = (momenta[at] ??= values.map(() => 0));
          for (const [place, value] of values.entries()) {
            const slope = Math.tanh(value * all) + (at % 2 === 0 ? 0 : Math.sin(value));
            moments[place] = beta * moments[place]! + (1 - beta) * slope;
            values[place] = value - moments[place] * rate;
          }
        }
      }
      for (const [at, vector] of vectors.entries()) {
        closeTo(await runtime.readVariable(vector), expected[at]!);
        closeTo(await runtime.readVariable(means[at]!), momenta[at]!);
      }
      await runtime.dispose();
    });

    it("leaves vectors alone that are updated one out of the other", () => {
      const chained = optimized(({ x }) => {
        let last: tf.Tensor = tf.sum(x!);
        for (const vector of vectors) {
          const next = tf.mul(tf.sub(vector, last), 0.5);
          vector.assign(next);
          last = tf.sum(next);
        }
        return {};
      });
      assert.deepEqual(ops(prune(packUpdates(chained))), ops(chained));
    });

    it("leaves vectors alone whose numbers differ, long ones, and fewer than four", () => {
      const rates = optimized(({ x }) => {
        for (const [at, vector] of vectors.entries())
          vector.assign(tf.mul(vector, tf.sum(tf.add(x!, at))));
        return {};
      });
      assert.deepEqual(ops(prune(packUpdates(rates))), ops(rates));
      const few = optimized(() => {
        for (const vector of vectors.slice(0, 3)) vector.assign(tf.mul(vector, 2));
        return {};
      });
      assert.deepEqual(ops(prune(packUpdates(few))), ops(few));
    });
  });

  it("stateOrders stores filters and their moments OIHW, dense weights as they are", () => {
    const filter = tf.variable(noise(1, [3, 3, 2, 4]) as tf.Tensor4D);
    const weight = tf.variable(noise(2, [4, 5]) as tf.Tensor2D);
    const optimizer = tf.train.adam(0.1);
    const { graph, variables } = trace(
      ({ x }) => {
        const loss = () => {
          const features = tf.mean(tf.conv2d(x as tf.Tensor4D, filter, 1, "same"), [1, 2]);
          return tf.mean<tf.Scalar>(tf.square(tf.matMul(features as tf.Tensor2D, weight)));
        };
        optimizer.applyGradients(tf.variableGrads(loss).grads as never);
        return {};
      },
      { x: { shape: [2, 5, 5, 2], dtype: "float32" } },
    );
    const orders = stateOrders(optimize(graph));
    for (const [id, variable] of variables.entries()) {
      assert.deepEqual(orders.get(id), variable.rank === 4 ? [3, 2, 0, 1] : undefined);
    }
    assert.equal(orders.size, 3);
    [filter, weight].forEach((variable) => {
      variable.dispose();
    });
    optimizer.dispose();
  });

  it("leave transpositions at the edges only: a chain of convolutions and norms has no other", async () => {
    const runtime = await createRuntime({ device: "cpu" });
    const filter = noise(1, [3, 3, 8, 8]) as tf.Tensor4D;
    const [gamma, beta] = [tf.ones<tf.Rank.R1>([8]), tf.zeros<tf.Rank.R1>([8])];
    const program = await runtime.compile(
      ({ x }) => {
        let y = x as tf.Tensor4D;
        for (let layer = 0; layer < 5; layer++) {
          y = tf.conv2d(silu(groupNorm(y, gamma, beta, { groups: 4 })), filter, 1, "same");
        }
        return { y };
      },
      { inputs: { x: [2, 6, 6, 8] } },
    );
    const { onnx } = program.statistics;
    // One for the input, one for the output, one for the constant filter.
    assert.equal(onnx["Transpose"], 3);
    assert.match(
      String(explain(program)),
      /^recorded: \d+ nodes .*\nlive: .*\nonnx: .*Conv 5.*\na run: .*\ncompiled in/,
    );
    await runtime.dispose();
  });
});
