import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime } from "#src/engine/index.ts";
import { noise, useRuntime } from "./agreement.ts";

describe("variables in compiled programs", () => {
  const runtime = useRuntime();

  it("are shared: what a training step assigns, an evaluation reads", async () => {
    const weight = tf.variable(tf.scalar(1));
    const train = await runtime().compile(() => {
      weight.assign(tf.mul(weight, 2));
      return { after: tf.mul(weight, 1) };
    });
    const evaluate = await runtime().compile(({ x }) => ({ y: tf.mul(x!, weight) }), {
      inputs: { x: [] },
    });
    assert.equal((await evaluate.run({ x: 10 }))["y"]!.data[0], 10);
    assert.equal((await train.run())["after"]!.data[0], 2);
    await train.run();
    assert.equal((await evaluate.run({ x: 10 }))["y"]!.data[0], 40);
    assert.equal(weight.dataSync()[0], 1, "the eager value is the user's");
    await runtime().pullVariables([weight]);
    assert.equal(weight.dataSync()[0], 4);
  });

  it("keep the order of calls when runs overlap", async () => {
    const counter = tf.variable(tf.scalar(0));
    const program = await runtime().compile(() => {
      counter.assign(tf.add(counter, 1));
      return { count: tf.mul(counter, 1) };
    });
    const runs = await Promise.all(Array.from({ length: 20 }, () => program.run()));
    assert.deepEqual(
      runs.map(({ count }) => count!.data[0]),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it("take over what the user assigns eagerly between two runs", async () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const program = await runtime().compile(() => {
      weight.assign(tf.mul(weight, 10));
      return { now: tf.mul(weight, 1) };
    });
    await program.run();
    weight.assign(tf.tensor1d([3, 4]));
    assert.deepEqual([...(await program.run())["now"]!.data], [30, 40]);
    await runtime().writeVariable(weight, Float32Array.of(5, 6));
    assert.deepEqual([...weight.dataSync()], [5, 6]);
    assert.deepEqual([...(await runtime().readVariable(weight))], [5, 6]);
    assert.deepEqual([...(await program.run())["now"]!.data], [50, 60]);
    assert.deepEqual([...(await runtime().readVariable(weight))], [50, 60]);
    await assert.rejects(
      runtime().writeVariable(weight, new Float32Array(3)),
      /takes 2 numbers, 3/,
    );
  });

  it("may swap values with each other and copy one another", async () => {
    const [a, b, copy] = [1, 2, 0].map((value) => tf.variable(tf.scalar(value))) as [
      tf.Variable,
      tf.Variable,
      tf.Variable,
    ];
    const program = await runtime().compile(() => {
      const before = tf.clone(a);
      a.assign(tf.clone(b));
      b.assign(before);
      copy.assign(a);
      return {};
    });
    await program.run();
    const values = async () =>
      Promise.all(
        [a, b, copy].map(async (variable) => (await runtime().readVariable(variable))[0]),
      );
    assert.deepEqual(await values(), [2, 1, 2]);
    await program.run();
    assert.deepEqual(await values(), [1, 2, 1]);
    assert.deepEqual([a.dataSync()[0], b.dataSync()[0], copy.dataSync()[0]], [1, 2, 0]);
  });

  it("made inside start from what the function makes them of, and live on", async () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    let average: tf.Variable | undefined;
    const program = await runtime().compile(() => {
      weight.assign(tf.add(weight, 1));
      average ??= tf.variable(tf.mul(weight, 10), false);
      average.assign(tf.add(tf.mul(average, 0.5), tf.mul(weight, 0.5)));
      return { average: tf.mul(average, 1) };
    });
    assert.deepEqual([...average!.dataSync()], [20, 30], "its first value: ten times weight + 1");
    assert.deepEqual([...(await program.run())["average"]!.data], [11, 16.5]);
    assert.deepEqual([...(await program.run())["average"]!.data], [7, 10.25]);
    assert.ok(runtime().variables.includes(average!));
  });

  it("lie as convolutions want them and read as tf.js has them", async () => {
    const values = noise(1, [3, 2, 4, 5]);
    const filter = tf.variable(values) as unknown as tf.Variable<tf.Rank.R4>;
    const program = await runtime().compile(
      ({ x }) => {
        const y = tf.conv2d(x as tf.Tensor4D, filter, 1, "same");
        filter.assign(tf.mul(filter, 2));
        return { y };
      },
      { inputs: { x: [1, 5, 5, 4] } },
    );
    const x = noise(2, [1, 5, 5, 4]);
    await program.run({ x: x.dataSync<"float32">() });
    assert.deepEqual(await runtime().readVariable(filter), tf.mul(values, 2).dataSync());
    await runtime().writeVariable(filter, values.dataSync<"float32">());
    const { y } = await program.run({ x: x.dataSync<"float32">() });
    const expected = tf.conv2d(x as tf.Tensor4D, values as tf.Tensor4D, 1, "same").dataSync();
    assert.ok(y!.data.every((value, at) => Math.abs(value - expected[at]!) < 1e-4));
  });

  it("made by an optimizer are named after the variable that they serve", async () => {
    const weight = tf.variable(tf.tensor1d([1, 2]), true, "layer/weight");
    const optimizer = tf.train.adam(0.1);
    const known = new Set(runtime().variables);
    await runtime().compile(() => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(weight)), [weight]);
      optimizer.applyGradients(grads as never);
      return { value };
    });
    const added = runtime().variables.filter((variable) => !known.has(variable));
    const names = added.map(({ name }) => name).filter((name) => name.startsWith("layer"));
    assert.deepEqual(names.sort(), ["layer/weight", "layer/weight/slot0", "layer/weight/slot1"]);
  });

  it("serve one optimizer in two programs of different batch sizes", async () => {
    const make = () => {
      const weight = tf.variable(tf.tensor2d([[1], [2]]));
      const optimizer = tf.train.adam(0.1);
      return (x: tf.Tensor) => {
        const { value, grads } = tf.variableGrads(() =>
          tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, weight))),
        );
        optimizer.applyGradients(grads as never);
        return value;
      };
    };
    const [compiled, eager] = [make(), make()];
    const batches = [noise(1, [4, 2]), noise(2, [3, 2]), noise(3, [4, 2])];
    const programs = await Promise.all([
      runtime().compile(({ x }) => ({ loss: compiled(x!) }), { inputs: { x: [4, 2] } }),
      runtime().compile(({ x }) => ({ loss: compiled(x!) }), { inputs: { x: [3, 2] } }),
    ]);
    for (const batch of batches) {
      const program = programs[batch.shape[0] === 4 ? 0 : 1];
      const { loss } = await program.run({ x: batch.dataSync<"float32">() });
      assert.ok(Math.abs(loss!.data[0]! - eager(batch).dataSync()[0]!) < 1e-5);
    }
  });
});

describe("a run", () => {
  it("treats denormal numbers as zero, on every thread", async () => {
    // In a process of its own: ONNX Runtime sets the calling thread up once a process, for its first session alone.
    const child = fileURLToPath(new URL("children/denormals.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", child]);
    assert.equal(stdout.trim(), "0");
  });

  it("says so when a variable of its program is gone", async () => {
    const runtime = await createRuntime({ device: "cpu" });
    const variable = tf.variable(tf.scalar(1));
    const program = await runtime.compile(({ x }) => ({ y: tf.mul(x!, variable) }), {
      inputs: { x: [] },
    });
    variable.dispose();
    await runtime.compile(({ x }) => ({ x: x! }), { inputs: { x: [] } });
    await assert.rejects(program.run({ x: 1 }), /variable of this program has been disposed/);
    await runtime.dispose();
  });

  it("leaves the event loop free", async () => {
    const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const program = await runtime.compile(
      ({ x }) => {
        let y = x as tf.Tensor2D;
        for (let layer = 0; layer < 40; layer++) y = tf.tanh(tf.matMul(y, x as tf.Tensor2D));
        return { y: tf.mean(y) };
      },
      { inputs: { x: [512, 512] } },
    );
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await program.run({ x: new Float32Array(512 * 512).fill(0.01) });
    clearInterval(timer);
    // 40 products of 512^3 take tens of milliseconds at the very least; a blocked loop would not tick once.
    assert.ok(ticks >= 3, `${ticks} ticks`);
    await runtime.dispose();
  });
});
