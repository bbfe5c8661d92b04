import assert from "node:assert/strict";
import { readSafetensors, writeSafetensors } from "#src/formats/safetensors.ts";

// Made with the Python package safetensors 0.6.2:
//   save({"weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 2, "steps": np.array([7], dtype=np.int64),
//         "mask": np.array([1, 0, 1], dtype=np.uint8)}, metadata={"format": "pt"})
const FILE =
  "0AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJzdGVwcyI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzAsOF19LCJ3ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzgsMzJdfSwibWFzayI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzVdfX0gBwAAAAAAAAAAAAAAAAAAPwAAgD8AAMA/AAAAQAAAIEABAAE=";
//   save({"b": np.array([True]), "h": np.array([1.5, -2], dtype=np.float16)})
const HALF =
  "cAAAAAAAAAB7ImgiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlswLDRdfSwiYiI6eyJkdHlwZSI6IkJPT0wiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls0LDVdfX0gICAgAD4AwAE=";
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

const content = {
  tensors: {
    weight: { data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5), shape: [2, 3] },
    steps: { data: BigInt64Array.of(7n), shape: [1] },
    mask: { data: Uint8Array.of(1, 0, 1), shape: [3] },
  },
  metadata: { format: "pt" },
};

describe("safetensors", () => {
  it("reads what the Python package wrote", () => {
    assert.deepEqual(readSafetensors(bytes(FILE)), content);
  });

  it("widens half precision", () => {
    const { h, b } = readSafetensors(bytes(HALF)).tensors;
    assert.deepEqual(h, { data: Float32Array.of(1.5, -2), shape: [2] });
    assert.deepEqual(b, { data: Uint8Array.of(1), shape: [1] });
  });

  it("writes the very bytes that the Python package writes", () => {
    assert.deepEqual(writeSafetensors(content), bytes(FILE));
  });

  it("pads the header to 8 bytes and gives back what it wrote", () => {
    for (const name of ["a", "ab", "abc", "über", "layer.0/weight"]) {
      const one = {
        tensors: { [name]: { data: Float64Array.of(1, 2), shape: [2] } },
        metadata: {},
      };
      const written = writeSafetensors(one);
      assert.equal((written.length - 16) % 8, 0);
      assert.deepEqual(readSafetensors(written), one);
    }
    const nothing = { tensors: {}, metadata: {} };
    assert.deepEqual(readSafetensors(writeSafetensors(nothing)), nothing);
  });

  it("refuses cut, padded and foreign files with one line that says what to do", () => {
    const file = bytes(FILE);
    assert.throws(() => readSafetensors(file.subarray(0, 240)), /ends after 240 of 248 bytes/);
    assert.throws(() => readSafetensors(Buffer.concat([file, Buffer.of(0)])), /1 bytes follow/);
    assert.throws(() => readSafetensors(file.subarray(0, 4)), /too few/);
    assert.throws(() => readSafetensors(Buffer.from("not a tensor file at all")), /does not fit/);
    const broken = Uint8Array.from(file);
    broken[9] = 0xff;
    assert.throws(() => readSafetensors(broken), /header is not JSON.*previous checkpoint/);
  });

  it("refuses arrays whose shape does not fit", () => {
    const tensors = { x: { data: new Float32Array(3), shape: [2] } };
    assert.throws(() => writeSafetensors({ tensors, metadata: {} }), /"x" has shape \[2\] but 3/);
  });
});
