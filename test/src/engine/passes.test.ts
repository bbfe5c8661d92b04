import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime, explain, groupNorm, silu } from "#src/engine/index.ts";
import type { Graph } from "#src/engine/graph.ts";
import { countByOp, uniformFill } from "#src/engine/graph.ts";
import { shareCommonSubexpressions } from "#src/engine/passes/common-subexpressions.ts";
import { foldConstants } from "#src/engine/passes/fold-constants.ts";
import { fuseBias } from "#src/engine/passes/fuse-bias.ts";
import { optimize } from "#src/engine/passes/index.ts";
import { prune } from "#src/engine/passes/prune.ts";
import { simplify } from "#src/engine/passes/simplify.ts";
import { stateOrders } from "#src/engine/passes/state-orders.ts";
import type { TracedFunction } from "#src/engine/trace/trace.ts";
import { trace } from "#src/engine/trace/trace.ts";
import { noise } from "./agreement.ts";

const traced = (fn: TracedFunction, shape: number[] = [2, 3]): Graph =>
  trace(fn, { x: { shape, dtype: "float32" } }).graph;
const ops = (graph: Graph) => countByOp(graph);

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
