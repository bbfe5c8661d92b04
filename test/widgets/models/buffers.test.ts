import assert from "node:assert/strict";
import { isSameOnWire, putBuffers, removeBuffers } from "#widgets/models/buffers.ts";

describe("buffers of widget state", () => {
  it("removes binary leaves of objects and replaces those of lists by null", () => {
    const state = {
      label: "x",
      data: { pixels: Uint8Array.of(1, 2), width: 2 },
      list: [0, new Float32Array([1.5]), { deep: Uint8Array.of(9) }],
    };
    const split = removeBuffers(state);
    assert.deepEqual(split.state, { label: "x", data: { width: 2 }, list: [0, null, {}] });
    assert.deepEqual(split.bufferPaths, [
      ["data", "pixels"],
      ["list", 1],
      ["list", 2, "deep"],
    ]);
    assert.deepEqual(
      split.buffers.map((bytes) => [...bytes]),
      [[1, 2], [0, 0, 0xc0, 0x3f], [9]],
    );
    assert.equal(state.data.pixels.length, 2, "the state itself stays as it was");
  });

  it("puts back what it removed, through JSON", () => {
    const state = { a: { b: [{ c: Uint8Array.of(7, 8) }, 5] }, d: Uint8Array.of(), e: null };
    const split = removeBuffers(state);
    const sent = JSON.parse(JSON.stringify(split.state)) as unknown;
    assert.deepEqual(putBuffers(sent, split.bufferPaths, split.buffers), state);
  });

  it("takes exactly the bytes that a view covers", () => {
    const whole = Uint8Array.of(1, 2, 3, 4);
    assert.deepEqual([...removeBuffers({ part: whole.subarray(1, 3) }).buffers[0]!], [2, 3]);
    assert.deepEqual(
      [...removeBuffers({ part: new DataView(whole.buffer, 2) }).buffers[0]!],
      [3, 4],
    );
    assert.deepEqual([...removeBuffers({ part: whole.buffer }).buffers[0]!], [1, 2, 3, 4]);
  });

  it("refuses paths that lead nowhere, and never reaches a prototype", () => {
    const bytes = [Uint8Array.of(1)];
    assert.throws(() => putBuffers({ a: 1 }, [["b", "c"]], bytes), /no place \["b","c"\]/);
    assert.throws(() => putBuffers({}, [["__proto__", "polluted"]], bytes), RangeError);
    assert.throws(() => putBuffers({}, [["a"]], []), /1 buffer paths but 0 buffers/);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("compares values as the wire sees them", () => {
    assert.ok(isSameOnWire({ a: [1, Uint8Array.of(1)] }, { a: [1, Uint8Array.of(1)] }));
    assert.ok(!isSameOnWire({ a: Uint8Array.of(1) }, { a: Uint8Array.of(2) }));
    assert.ok(!isSameOnWire({ a: Uint8Array.of(1) }, { b: Uint8Array.of(1) }));
    assert.ok(!isSameOnWire([1, 2], [2, 1]));
  });
});
