import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime } from "#src/engine/index.ts";
import type { TracedFunction } from "#src/engine/index.ts";
import { defaultCacheDir, GraphCache } from "#src/engine/runtimes/graph-cache.ts";
import { noise } from "./agreement.ts";

describe("the cache of compiled graphs", () => {
  let dir = "";
  beforeEach(() => {
    dir = path.join(mkdtempSync(path.join(tmpdir(), "counterlab-cache-")), "graphs");
  });
  afterEach(() => {
    rmSync(path.dirname(dir), { recursive: true });
  });
  const filter = noise(1, [3, 3, 32, 40]) as tf.Tensor4D;
  const x = noise(2, [2, 5, 5, 32]);

  /** Compiles and runs in a runtime of its own. */
  const result = async (graphCache: string | false, factor = 1) => {
    const runtime = await createRuntime({ device: "cpu", numThreads: 1, graphCache });
    const program = await runtime.compile(
      (given) => ({
        y: tf.mul(tf.relu(tf.conv2d(given["x"] as tf.Tensor4D, filter, 1, "same")), factor),
      }),
      { inputs: { x: [2, 5, 5, 32] } },
    );
    const { y } = await program.run({ x: x.dataSync<"float32">() });
    await runtime.dispose();
    return { data: [...y!.data], fromCache: program.statistics.fromCache };
  };

  it("gives the second start the graph of the first, with the same results", async () => {
    const [first, second] = [await result(dir), await result(dir)];
    assert.deepEqual([first.fromCache, second.fromCache], [false, true]);
    assert.deepEqual(second.data, first.data);
    assert.equal(readdirSync(dir).length, 1);
  });

  it("leaves small graphs alone", async () => {
    const runtime = await createRuntime({ device: "cpu", numThreads: 1, graphCache: dir });
    const program = await runtime.compile(({ x }) => ({ y: tf.neg(x!) }), { inputs: { x: [2] } });
    assert.equal(program.statistics.fromCache, false);
    assert.ok(!existsSync(dir));
    await runtime.dispose();
  });

  it("tells graphs apart, and is not used when switched off", async () => {
    await result(dir);
    assert.equal((await result(dir, 2)).fromCache, false);
    assert.equal((await result(false)).fromCache, false);
    assert.equal(readdirSync(dir).length, 2);
  });

  it("replaces a broken file instead of failing", async () => {
    const { data } = await result(dir);
    writeFileSync(path.join(dir, readdirSync(dir)[0]!), "broken");
    const again = await result(dir);
    assert.deepEqual(again, { data, fromCache: false });
    assert.equal((await result(dir)).fromCache, true);
  });

  it("takes a file for its own only: another graph's under its name is replaced", async () => {
    const first = await result(dir);
    const [own] = readdirSync(dir);
    await result(dir, 2);
    const other = readdirSync(dir).find((name) => name !== own)!;
    copyFileSync(path.join(dir, other), path.join(dir, own!));
    assert.deepEqual(await result(dir), first);
    assert.equal((await result(dir)).fromCache, true);
  });

  it("keeps what is used, up to 64 files", () => {
    const cache = new GraphCache(dir, []);
    const keys = Array.from({ length: 65 }, (_, at) => cache.keyOf(String(at)));
    for (const [at, key] of keys.entries()) {
      cache.write(key, Uint8Array.of(at));
      // Times of files are too coarse to tell by themselves which came first.
      if (at < 64) utimesSync(path.join(dir, `${key}.graph`), at + 1, at + 1);
      if (at === 63) assert.deepEqual([...cache.read(keys[0]!)!], [0]);
    }
    assert.equal(readdirSync(dir).length, 64);
    assert.deepEqual([...cache.read(keys[0]!)!], [0]);
    assert.equal(cache.read(keys[1]!), undefined);
  });

  describe("with a training step of a thousand nodes and more", () => {
    const depth = 50;
    const width = 4;
    let weights: readonly tf.Variable[] = [];
    beforeEach(() => {
      // Filters, which lie in another order in memory than tf.js has them.
      weights = Array.from({ length: depth }, (_, at) =>
        tf.variable(tf.mul(noise(at, [3, 3, width, width]), 0.2)),
      );
    });
    afterEach(() => {
      tf.dispose([...weights]);
    });
    const images = { x: [2, 4, 4, width] };

    /** Two steps of Adam in a runtime of its own, `factor` being part of the program. */
    const train = async (graphCache: string | false, factor = 0.1) => {
      const step: TracedFunction = ({ x }) => {
        const { value, grads } = tf.variableGrads(() => {
          let y = x as tf.Tensor4D;
          for (const weight of weights) {
            y = tf.tanh(tf.conv2d(y, weight as tf.Variable<tf.Rank.R4>, 1, "same"));
          }
          return tf.mean<tf.Scalar>(tf.square(y));
        });
        for (const weight of weights) {
          const gradient = grads[weight.name]!;
          const size = tf.sqrt(tf.add(tf.mean(tf.square(gradient)), 1e-8));
          weight.assign(tf.sub(weight, tf.mul(tf.div(gradient, size), factor)));
        }
        return { loss: value };
      };
      const runtime = await createRuntime({ device: "cpu", numThreads: 1, graphCache });
      const start = weights.map((weight) => weight.dataSync<"float32">().slice());
      const program = await runtime.compile(step, { inputs: images });
      const x = noise(3, images.x).dataSync<"float32">();
      const losses = [];
      for (let run = 0; run < 2; run++) losses.push((await program.run({ x }))["loss"]!.data[0]);
      const after = await Promise.all(weights.map((weight) => runtime.readVariable(weight)));
      await runtime.dispose();
      assert.notDeepEqual(after[0], start[0]);
      const { compileMs, fromCache, ...statistics } = program.statistics;
      assert.ok(compileMs.lower >= 0);
      return { losses, after, statistics, fromCache };
    };

    it("skips its passes and its lowering at the second start, for the same numbers", async () => {
      const [first, second] = [await train(dir), await train(dir)];
      assert.deepEqual([first.fromCache, second.fromCache], [false, true]);
      assert.deepEqual(second, { ...first, fromCache: true });
      assert.equal(readdirSync(dir).length, 1);
      const other = await train(dir, 0.2);
      assert.equal(other.fromCache, false);
      assert.notDeepEqual(other.losses, first.losses);
    });

    it("compiles it anew when the file is damaged anywhere", async () => {
      const first = await train(dir);
      const file = path.join(dir, readdirSync(dir)[0]!);
      const bytes = readFileSync(file);
      bytes[bytes.length - 100]! ^= 1;
      writeFileSync(file, bytes);
      assert.deepEqual(await train(dir), first);
      writeFileSync(file, bytes.subarray(0, 20));
      assert.deepEqual(await train(dir), first);
      assert.equal((await train(dir)).fromCache, true);
    });
  });

  it("works without a folder that can be written", async () => {
    const file = path.join(path.dirname(dir), "file");
    writeFileSync(file, "");
    assert.equal((await result(path.join(file, "graphs"))).fromCache, false);
  });

  it("lies in the user's cache folder", () => {
    assert.equal(
      defaultCacheDir({ XDG_CACHE_HOME: "/caches" }),
      path.join("/caches", "counterlab", "graphs"),
    );
  });
});
