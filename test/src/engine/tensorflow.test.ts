import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import type { Runtime } from "#src/engine/index.ts";
import { createRuntime, explain, findTfjs } from "#src/engine/index.ts";
import { flattenGraph } from "#src/engine/flatten-graph.ts";
import { optimize } from "#src/engine/passes/index.ts";
import { TFJS_PACKAGES } from "#src/engine/runtimes/find-tfjs.ts";
import { prepareProgram } from "#src/engine/runtimes/tfjs-program.ts";
import { trace } from "#src/engine/trace/trace.ts";
import { assertAgrees, assertClose, noise } from "./agreement.ts";
import { kernelCases } from "./kernel-cases.ts";
import { makeUNet } from "./whole-model.ts";

const plain = new URL("plain-tfjs.ts", import.meta.url).href;
// TensorFlow itself where the user has it: in this project, or named (docs/engine.md says how to get one).
const real = process.env["COUNTERLAB_TFJS_PACKAGE"] ?? findTfjs()?.module;
const packages = {
  "tf.js's plain backend": plain,
  ...(real === undefined ? {} : { TensorFlow: real }),
};

// What tf.js's own backends compute and tfjs-node 4.22 on TensorFlow 2.21 does not.
const refusals: Readonly<Record<string, RegExp>> = {
  "one-hot codes, look-ups by matrix of indices, segment sums, running sums and products":
    /segment_ids\[5\] = 4 is out of range/,
  "addressing by position": /has no kernel SearchSorted, DenseBincount, BitwiseAnd; use .* "cpu"/,
};

for (const [title, tfjsPackage] of Object.entries(packages)) {
  describe(`the device tensorflow, on ${title},`, () => {
    let runtime: Runtime;
    before(async function () {
      this.timeout(60_000);
      runtime = await createRuntime({ device: "tensorflow", tfjsPackage });
    });
    after(() => runtime.dispose());

    it("says what it computes with", () => {
      assert.equal(runtime.device, "tensorflow");
      assert.match(runtime.reason, /^as asked; /);
    });

    for (const [name, make] of Object.entries(kernelCases)) {
      const refusal = title === "TensorFlow" ? refusals[name] : undefined;
      it(`${refusal ? "refuses what TensorFlow lacks" : "agrees with tf.js's cpu backend"}: ${name}`, async () => {
        const { fn, inputs, tolerance } = make();
        const agrees = assertAgrees(runtime, fn, inputs, tolerance);
        await (refusal === undefined ? agrees : assert.rejects(agrees, refusal));
      });
    }

    it("trains a whole model as the cpu does, to 1e-4 of loss over three steps of Adam", async function () {
      this.timeout(60_000);
      const cpu = await createRuntime({ device: "cpu", numThreads: 1 });
      const images = noise(77, [1, 12, 12, 1]);
      const steps = await Promise.all(
        [cpu, runtime].map((each) => {
          const model = makeUNet();
          return each.compile(({ x }) => ({ loss: model.step(x!) }), {
            inputs: { x: images.shape },
          });
        }),
      );
      const given = { x: images.dataSync<"float32">() };
      for (let step = 0; step < 3; step++) {
        const [expected, actual] = await Promise.all(steps.map((program) => program.run(given)));
        assertClose(actual!["loss"]!.data, expected!["loss"]!.data, 1e-4, `loss of step ${step}`);
      }
      await cpu.dispose();
    });

    it("keeps variables between runs, in the order of the calls, and gives and takes their values", async () => {
      const weight = tf.variable(tf.tensor2d([[1, 2, 3]]));
      const program = await runtime.compile(
        ({ x }) => {
          weight.assign(tf.mul(weight, x!));
          return { sum: tf.sum(weight), x: x! };
        },
        { inputs: { x: [] } },
      );
      const runs = await Promise.all([program.run({ x: 2 }), program.run({ x: 3 })]);
      assert.deepEqual(
        runs.map(({ sum, x }) => [sum!.data[0], x!.data[0]]),
        [
          [12, 2],
          [36, 3],
        ],
      );
      assert.deepEqual([...weight.dataSync()], [1, 2, 3], "the eager value is the user's");
      assert.deepEqual([...(await runtime.readVariable(weight))], [6, 12, 18]);
      await runtime.writeVariable(weight, Float32Array.of(1, 1, 1));
      assert.equal((await program.run({ x: 5 }))["sum"]!.data[0], 15);
      await runtime.pullVariables([weight]);
      assert.deepEqual([...weight.dataSync()], [5, 5, 5]);
      weight.dispose();
      await runtime.compile(({ x }) => ({ y: tf.neg(x!) }), { inputs: { x: [] } });
      await assert.rejects(program.run({ x: 1 }), /variable of this program has been disposed/);
    });

    it("starts variables that the function makes from what it makes them of", async () => {
      let average: tf.Variable | undefined;
      const program = await runtime.compile(
        ({ x }) => {
          average ??= tf.variable(tf.fill([2], 8), false);
          average.assign(tf.add(tf.mul(average, 0.5), x!));
          return { average: tf.mul(average, 1) };
        },
        { inputs: { x: [2] } },
      );
      const { average: first } = await program.run({ x: Float32Array.of(0, 1) });
      assert.deepEqual([...first!.data], [4, 5]);
    });

    it("profiles by kernel and changes no variable in it", async () => {
      const weight = tf.variable(tf.scalar(3));
      const program = await runtime.compile(
        ({ x }) => {
          weight.assign(tf.mul(weight, 2));
          return { y: tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D) };
        },
        { inputs: { x: [64, 64] } },
      );
      const profile = await program.profile({ x: new Float32Array(64 * 64) });
      assert.deepEqual(profile.nodes.map(({ kernel }) => kernel).sort(), [
        "BatchMatMul",
        "Multiply",
      ]);
      assert.ok(profile.runMs > 0);
      assert.equal((await runtime.readVariable(weight))[0], 3);
      assert.doesNotMatch(explain(program, profile).toString(), /^onnx/m);
    });
  });
}

describe("a program for tf.js", () => {
  it("leaves no tensor behind but its results, also when a kernel throws", () => {
    const model = makeUNet();
    const { graph } = trace(({ x }) => ({ loss: model.step(x!) }), {
      x: { shape: [1, 12, 12, 1], dtype: "float32" },
    });
    const { work, states } = flattenGraph(optimize(graph, { fusesBias: false }));
    const given = new Map<string, tf.Tensor>([["input:x", noise(77, [1, 12, 12, 1])]]);
    for (const [at, { id, before }] of graph.states.entries()) {
      given.set(`state:${id}`, tf.mul(noise(at, before.shape), 0.01));
    }
    const tensors = () => tf.memory().numTensors;
    const atFirst = tensors();
    const program = prepareProgram(tf, work);
    const withConstants = tensors();
    const results = program.run(given);
    assert.equal(tensors() - withConstants, results.size);
    assert.equal(results.size, 1 + states.filter(({ after }) => after !== undefined).length);
    for (const tensor of results.values()) tensor.dispose();
    let count = 0;
    const stop = () => {
      if (++count === 200) throw new Error("in the midst");
    };
    assert.throws(() => program.run(given, stop), /in the midst/);
    assert.equal(tensors(), withConstants);
    program.dispose();
    assert.equal(tensors(), atFirst);
  });

  it("says which kernel its backend lacks", () => {
    const { graph } = trace(({ x }) => ({ y: tf.erf(x!) }), {
      x: { shape: [2], dtype: "float32" },
    });
    const { work } = flattenGraph(graph);
    const nodes = work.nodes.map((node) => (node.op === "Erf" ? { ...node, op: "Erfc" } : node));
    assert.throws(
      () => prepareProgram(tf, { ...work, nodes }),
      /"cpu" has no kernel Erfc; use the device "cpu"/,
    );
  });
});

describe("the packages with TensorFlow", () => {
  it("are optional: installing this package fetches neither", async () => {
    const root = new URL("../../../", import.meta.url);
    const read = async (name: string) =>
      JSON.parse(await readFile(new URL(name, root), "utf8")) as Record<string, object>;
    const { peerDependencies, peerDependenciesMeta } = await read("package.json");
    for (const name of TFJS_PACKAGES) {
      assert.ok(name in peerDependencies!);
      assert.deepEqual(peerDependenciesMeta![name as never], { optional: true });
      const { packages } = await read("package-lock.json");
      assert.ok(!(`node_modules/${name}` in packages!));
    }
  });
});

describe("the device tensorflow, where it cannot work,", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-tfjs-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("says which package is not there and how to get it", async () => {
    await assert.rejects(createRuntime({ device: "tensorflow", tfjsPackage: "no-such-tfjs" }), {
      name: "DeviceError",
      message:
        /"tensorflow" does not work here: no-such-tfjs is not installed.*npm install no-such-tfjs/,
    });
    if (findTfjs() !== undefined) return;
    await assert.rejects(createRuntime({ device: "tensorflow" }), {
      name: "DeviceError",
      message:
        /neither @tensorflow\/tfjs-node-gpu nor @tensorflow\/tfjs-node is installed.*npm install @tensorflow/,
    });
  });

  it("says why the package does not start", async () => {
    // As tfjs-node does when its binary was not built.
    const file = path.join(folder, "index.cjs");
    await writeFile(
      file,
      'throw new Error("The Node.js native addon module can not be found at path: x");',
    );
    await assert.rejects(
      createRuntime({ device: "tensorflow", tfjsPackage: pathToFileURL(file).href }),
      /index\.cjs does not start: The Node\.js native addon module can not be found/,
    );
  });

  it("gives a package that was written for Node 22 what later versions dropped", async () => {
    const file = path.join(folder, "old.cjs");
    const core = JSON.stringify(path.resolve("node_modules/@tensorflow/tfjs-core"));
    const backend = JSON.stringify(path.resolve("node_modules/@tensorflow/tfjs-backend-cpu"));
    await writeFile(
      file,
      `const util = require("util");
       require(${backend});
       if (!util.isArray([]) || !util.isNullOrUndefined(undefined) || util.isNullOrUndefined(0)) throw new Error("shim");
       const tf = (module.exports = require(${core}));
       const cpu = tf.engine().registryFactory.cpu, make = cpu.factory;
       cpu.factory = () => Object.assign(make(), { firstUse: false }); // no greeting`,
    );
    const runtime = await createRuntime({
      device: "tensorflow",
      tfjsPackage: pathToFileURL(file).href,
    });
    await runtime.dispose();
  });

  it("finds a package by its name in the project of the working directory, with its version", async () => {
    const home = path.join(folder, "node_modules", "some-tfjs");
    await mkdir(home, { recursive: true });
    await writeFile(
      path.join(home, "package.json"),
      '{ "name": "some-tfjs", "version": "4.22.0" }',
    );
    await writeFile(path.join(home, "index.js"), "");
    const before = process.cwd();
    process.chdir(folder);
    try {
      assert.equal(findTfjs("some-tfjs")?.title, "some-tfjs 4.22.0");
    } finally {
      process.chdir(before);
    }
  });
});
