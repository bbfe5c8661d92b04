import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { readSafetensors, writeSafetensors } from "#src/formats/index.ts";
import { noise, useRuntime } from "./agreement.ts";

// Reads the format as huggingface/safetensors documents it: length of the header, header, data.
const READER = `
import array, json, struct, sys
raw = open(sys.argv[1], "rb").read()
size, = struct.unpack("<Q", raw[:8])
header = json.loads(raw[8:8 + size])
out = {}
for name, about in header.items():
    if name == "__metadata__": continue
    a, b = about["data_offsets"]
    values = array.array("f", raw[8 + size + a:8 + size + b])
    out[name] = {"dtype": about["dtype"], "shape": about["shape"], "values": list(values)}
print(json.dumps(out))
`;

describe("trained weights as safetensors", () => {
  const runtime = useRuntime();

  it("are read by Python as they are here, in the order that tf.js gives their axes", async function () {
    const filter = tf.variable(noise(1, [3, 2, 4, 5])) as unknown as tf.Variable<tf.Rank.R4>;
    const program = await runtime().compile(
      ({ x }) => {
        // A convolution makes the runtime store the filter in another order.
        const y = tf.conv2d(x as tf.Tensor4D, filter, 1, "same");
        filter.assign(tf.mul(filter, 2));
        return { y };
      },
      { inputs: { x: [1, 5, 5, 4] } },
    );
    await program.run({ x: new Float32Array(100) });
    const data = await runtime().readVariable(filter);
    const bytes = writeSafetensors({
      tensors: { filter: { data, shape: filter.shape } },
      metadata: {},
    });
    assert.deepEqual(readSafetensors(bytes).tensors["filter"]!.data, data);

    const folder = mkdtempSync(path.join(tmpdir(), "counterlab-weights-"));
    try {
      const file = path.join(folder, "weights.safetensors");
      writeFileSync(file, bytes);
      const text = execFileSync("python3", ["-c", READER, file], { encoding: "utf8" });
      const read = (
        JSON.parse(text) as Record<string, { dtype: string; shape: number[]; values: number[] }>
      )["filter"]!;
      assert.deepEqual([read.dtype, read.shape], ["F32", [3, 2, 4, 5]]);
      const expected = tf.mul(noise(1, [3, 2, 4, 5]), 2).dataSync<"float32">();
      assert.deepEqual(Float32Array.from(read.values), expected);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return this.skip();
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
