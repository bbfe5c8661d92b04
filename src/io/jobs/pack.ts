/** Floats as text that JSON can hold, bit for bit: base64 of their bytes, little-endian. */
export function packFloats(values: Float32Array): string {
  return packBytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** The floats that `packFloats` packed. */
export function unpackFloats(text: string): Float32Array {
  const bytes = unpackBytes(text);
  if (bytes.length % 4 !== 0) throw new RangeError("unpackFloats: the text holds no whole floats.");
  return new Float32Array(bytes.buffer, 0, bytes.length / 4);
}

/** Bytes as text that JSON can hold: base64. */
export function packBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** The bytes that `packBytes` packed. */
export function unpackBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "base64"));
}
