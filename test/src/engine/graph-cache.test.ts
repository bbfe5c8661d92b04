import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { createRuntime } from "#src/engine/index.ts";
import { defaultCacheDir } from "#src/engine/runtimes/graph-cache.ts";
import { noise } from "./agreement.ts";

describe("the cache of optimized graphs", () => {
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
