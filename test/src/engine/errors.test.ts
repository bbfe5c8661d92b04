import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { TracedFunction } from "#src/engine/index.ts";
import {
  createRuntime,
  DeviceError,
  RunInputError,
  TraceError,
  UncoveredKernelError,
} from "#src/engine/index.ts";
import { alternatives } from "#src/engine/kernels/alternatives.ts";
import { kernels } from "#src/engine/kernels/index.ts";
import { tfKernelNames } from "#src/engine/trace/tracing-kernels.ts";
import { useRuntime } from "./agreement.ts";

const here = /errors\.test\.ts:\d+:\d+/;

describe("what cannot be compiled", () => {
  const runtime = useRuntime();
  const compile = (fn: TracedFunction) => runtime().compile(fn, { inputs: { x: [2, 4, 4, 1] } });
  const refuses = async (
    fn: TracedFunction,
    message: RegExp,
    type: abstract new (...args: never[]) => Error = TraceError,
  ) => {
    await assert.rejects(compile(fn), (error: Error) => {
      assert.ok(error instanceof type, `${error.name}: ${error.message}`);
      assert.match(error.message, message);
      return true;
    });
    assert.equal(tf.getBackend(), "cpu", "tf.js is itself again");
  };

  it("reading a tensor's numbers is refused, with the line that reads", async () => {
    await refuses(({ x }) => ({ y: tf.mul(x!, x!.dataSync()[0]!) }), /cannot read the numbers/);
    await refuses(({ x }) => ({ y: tf.mul(x!, x!.dataSync()[0]!) }), here);
    await refuses(({ x }) => {
      x!.print();
      return { x: x! };
    }, here);
    await refuses(({ x }) => {
      void tf.mul(x!, 2).data();
      return { x: x! };
    }, /cannot read the numbers/);
  });

  it("reading a variable is refused too, reading a constant is not", async () => {
    const variable = tf.variable(tf.scalar(3));
    await refuses(({ x }) => ({ y: tf.mul(x!, variable.dataSync()[0]!) }), here);
    const constant = tf.scalar(3);
    const program = await compile(({ x }) => ({
      y: tf.mul(x!, constant.dataSync()[0]! + tf.scalar(1).dataSync()[0]!),
    }));
    const { y } = await program.run({ x: new Float32Array(32).fill(2) });
    assert.equal(y!.data[0], 8);
  });

  it("hidden randomness is refused, with the line and what to do", async () => {
    await refuses(({ x }) => ({ y: tf.add(x!, tf.randomNormal([1])) }), /Pass noise as an input/);
    await refuses(({ x }) => ({ y: tf.add(x!, Math.random()) }), here);
    await refuses(({ x }) => ({ y: tf.dropout(x!, 0.5) }), here);
    assert.ok(Math.random() < 1);
  });

  it("a kernel without lowering is refused by name, with the line and what to use instead", async () => {
    const fn: TracedFunction = ({ x }) => ({ y: tf.unique(tf.reshape(x!, [32])).values });
    await refuses(fn, /Unique .*depends on the data.*tf\.where/, UncoveredKernelError);
    await refuses(fn, here, UncoveredKernelError);
  });

  it("every kernel of tf.js is either covered or has something to use instead", () => {
    for (const name of tfKernelNames()) {
      assert.ok(name in kernels !== name in alternatives, name);
    }
  });

  it("a form that is not covered says which and what to use", async () => {
    await refuses(
      ({ x }) => ({
        y: tf.conv2d(
          tf.reshape<tf.Rank.R4>(x!, [2, 1, 4, 4]),
          tf.ones([3, 3, 1, 1]),
          1,
          "same",
          "NCHW",
        ),
      }),
      /write NHWC/,
      UncoveredKernelError,
    );
  });

  it("functions that return something else than tensors are refused", async () => {
    await refuses(
      (async ({ x }: Record<string, tf.Tensor>) => ({ x })) as never,
      /must be synchronous/,
    );
    await refuses((({ x }: Record<string, tf.Tensor>) => x) as never, /record of named tensors/);
    await refuses((() => ({ y: 3 })) as never, /"y" .* is not a tensor/);
  });

  it("an error in the function leaves variables and tf.js as they were", async () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    await assert.rejects(
      compile(() => {
        variable.assign(tf.tensor1d([8, 9]));
        throw new RangeError("mine");
      }),
      { name: "RangeError", message: "mine" },
    );
    assert.deepEqual([...variable.dataSync()], [1, 2]);
    assert.deepEqual([...tf.add(variable, 1).dataSync()], [2, 3]);
  });

  it("a variable made from an input is refused", async () => {
    await refuses(({ x }) => ({ y: tf.variable(tf.mul(x!, 2)) }), /starts from the input "x"/);
  });
});

describe("what a run refuses at the door", () => {
  const runtime = useRuntime();

  it("says which input is missing, unknown, of the wrong type or length", async () => {
    const program = await runtime().compile(
      ({ x, n }) => ({ y: tf.add(x!, tf.cast(n!, "float32")) }),
      { inputs: { x: [2, 3], n: { shape: [3], dtype: "int32" } } },
    );
    const [x, n] = [new Float32Array(6), new Int32Array(3)];
    const refuses = (given: object, message: RegExp) =>
      assert.rejects(program.run(given as never), (error: Error) => {
        assert.ok(error instanceof RunInputError);
        assert.match(error.message, message);
        return true;
      });
    await refuses({ x }, /"n" is missing; give a Int32Array of shape \[3\]/);
    await refuses({ x, n, z: x }, /no input "z"; this program takes x, n/);
    await refuses(
      { x, n: new Float32Array(3) },
      /"n" \(int32\) takes a Int32Array, not a Float32Array/,
    );
    await refuses({ x: new Float32Array(5), n }, /takes 6 numbers, 5 were given/);
    await refuses({ x: 1, n }, /one number, 6 are needed/);
  });

  it("names the devices when one is unknown, and the fix", async () => {
    await assert.rejects(createRuntime({ device: "tpu" as never }), (error: Error) => {
      assert.ok(error instanceof DeviceError);
      assert.equal(error.given, "tpu");
      assert.match(error.message, /no device "tpu".*auto, cpu, webgpu, cuda/);
      return true;
    });
    await assert.rejects(createRuntime({ numThreads: 0 }), /numThreads is 0/);
  });

  it("refuses shapes that are none, and runs after dispose()", async () => {
    await assert.rejects(
      runtime().compile(({ x }) => ({ x: x! }), { inputs: { x: [0, 3] } }),
      /"x" has shape \[0, 3\]/,
    );
    const own = await createRuntime({ device: "cpu" });
    const program = await own.compile(({ x }) => ({ y: tf.neg(x!) }), { inputs: { x: [1] } });
    await own.dispose();
    await assert.rejects(program.run({ x: 1 }), /has been disposed/);
  });
});
