import assert from "node:assert/strict";
import { FormatError } from "#src/formats/format-error.ts";
import { readNpy, writeNpy } from "#src/formats/npy.ts";
import { readNpz, writeNpz } from "#src/formats/npz.ts";

// Made with numpy 2.4.6:
//   def b(a): f = io.BytesIO(); np.save(f, a); return base64.b64encode(f.getvalue())
const HEADER = (description: string) =>
  Buffer.from("\x93NUMPY\x01\x00\x76\x00" + description.padEnd(117) + "\n", "latin1");
// b(np.arange(6, dtype='<f4').reshape(2, 3) / 2)
const FLOATS =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAPwAAgD8AAMA/AAAAQAAAIEA=";
// b(np.asfortranarray(np.arange(6, dtype='<i8').reshape(2, 3)))
const FORTRAN =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAMAAAAAAAAAAQAAAAAAAAAEAAAAAAAAAAIAAAAAAAAABQAAAAAAAAA=";
// b(np.array([1, -2, 300], dtype='>i2'))
const BIG_ENDIAN =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAf/+ASw=";
// f = io.BytesIO(); np.savez_compressed(f, images=np.arange(4, dtype='u1').reshape(1, 2, 2), labels=np.array([7], '<i4'))
const ARCHIVE =
  "UEsDBC0AAAAIAAAAIQBI2nZq//////////8KABQAaW1hZ2VzLm5weQEAEACEAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkahjoKRkCkqaNQq0Ae4GJgZGIGAFBLAwQtAAAACAAAACEAfUd5av//////////CgAUAGxhYmVscy5ucHkBABAAhAAAAAAAAABIAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoY6mjoKtQoUAC52BgYGAFBLAQItAy0AAAAIAAAAIQBI2nZqTAAAAIQAAAAKAAAAAAAAAAAAAACAAQAAAABpbWFnZXMubnB5UEsBAi0DLQAAAAgAAAAhAH1HeWpIAAAAhAAAAAoAAAAAAAAAAAAAAIABiAAAAGxhYmVscy5ucHlQSwUGAAAAAAIAAgBwAAAADAEAAAAA";
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

describe("npy", () => {
  it("reads what numpy wrote: floats, Fortran order, big endian, scalars and booleans", () => {
    assert.deepEqual(readNpy(bytes(FLOATS)), {
      data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5),
      shape: [2, 3],
    });
    assert.deepEqual(readNpy(bytes(FORTRAN)), {
      data: BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n),
      shape: [2, 3],
    });
    assert.deepEqual(readNpy(bytes(BIG_ENDIAN)), { data: Int16Array.of(1, -2, 300), shape: [3] });
    const scalar = Buffer.concat([
      HEADER("{'descr': '<f8', 'fortran_order': False, 'shape': (), }"),
      Buffer.from(Float64Array.of(3.5).buffer),
    ]);
    assert.deepEqual(readNpy(scalar), { data: Float64Array.of(3.5), shape: [] });
    const truth = Buffer.concat([
      HEADER("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }"),
      Buffer.of(1, 0),
    ]);
    assert.deepEqual(readNpy(truth), { data: Uint8Array.of(1, 0), shape: [2] });
  });

  it("writes the very bytes that numpy writes", () => {
    const array = { data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5), shape: [2, 3] };
    assert.deepEqual(writeNpy(array), bytes(FLOATS));
  });

  it("gives back every element type, shape and view that it wrote", () => {
    const arrays = [
      { data: Float64Array.of(1.5, -2), shape: [2] },
      { data: Int8Array.of(-1), shape: [1, 1] },
      { data: Uint16Array.of(65535, 1), shape: [2, 1] },
      { data: BigUint64Array.of(2n ** 64n - 1n), shape: [1] },
      { data: new Uint32Array(0), shape: [0, 4] },
      { data: Int32Array.of(9, 8, 7, 6).subarray(1, 3), shape: [2] },
    ];
    for (const array of arrays) assert.deepEqual(readNpy(writeNpy(array)), array);
  });

  it("reads bytes that lie inside a larger buffer", () => {
    const file = bytes(FLOATS);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    assert.deepEqual(readNpy(larger.subarray(3)), readNpy(file));
  });

  it("refuses other files, cut files, text arrays and shapes that do not fit", () => {
    assert.throws(() => readNpy(Uint8Array.of(1, 2, 3)), /do not begin as a \.npy file/);
    assert.throws(() => readNpy(bytes(FLOATS).subarray(0, 140)), /ends after 140 of 152 bytes/);
    const text = HEADER("{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }");
    assert.throws(() => readNpy(text), FormatError);
    assert.throws(() => readNpy(text), /<U2 is not supported\. Save it as/);
    const array = { data: new Float32Array(3), shape: [2, 2] };
    assert.throws(() => writeNpy(array), /\[2, 2\] does not hold 3/);
  });
});

describe("npz", () => {
  it("reads what numpy wrote", () => {
    assert.deepEqual(readNpz(bytes(ARCHIVE)), {
      images: { data: Uint8Array.of(0, 1, 2, 3), shape: [1, 2, 2] },
      labels: { data: Int32Array.of(7), shape: [1] },
    });
  });

  it("gives back what it wrote, and the same bytes each time", () => {
    const arrays = { a: { data: Float32Array.of(1, 2), shape: [2] } };
    assert.deepEqual(readNpz(writeNpz(arrays)), arrays);
    assert.deepEqual(writeNpz(arrays), writeNpz(arrays));
  });

  it("refuses what is no archive", () => {
    assert.throws(() => readNpz(bytes(FLOATS)), /no zip archive/);
  });
});
