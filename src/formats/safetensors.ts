import { elementCount, type ArrayData, type NumberArray } from "./array-types.ts";
import { FormatError } from "./format-error.ts";

/** Named arrays and the free text kept beside them. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, NumberArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

// Reads the elements of one type; half precision is widened to float32.
const READERS: Readonly<
  Record<string, { readonly sizeBytes: number; readonly read: (buffer: ArrayBuffer) => ArrayData }>
> = {
  BOOL: { sizeBytes: 1, read: (buffer) => new Uint8Array(buffer) },
  U8: { sizeBytes: 1, read: (buffer) => new Uint8Array(buffer) },
  I8: { sizeBytes: 1, read: (buffer) => new Int8Array(buffer) },
  I16: { sizeBytes: 2, read: (buffer) => new Int16Array(buffer) },
  U16: { sizeBytes: 2, read: (buffer) => new Uint16Array(buffer) },
  F16: { sizeBytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber) },
  BF16: {
    sizeBytes: 2,
    read: (buffer) =>
      new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
  },
  I32: { sizeBytes: 4, read: (buffer) => new Int32Array(buffer) },
  U32: { sizeBytes: 4, read: (buffer) => new Uint32Array(buffer) },
  F32: { sizeBytes: 4, read: (buffer) => new Float32Array(buffer) },
  F64: { sizeBytes: 8, read: (buffer) => new Float64Array(buffer) },
  I64: { sizeBytes: 8, read: (buffer) => new BigInt64Array(buffer) },
  U64: { sizeBytes: 8, read: (buffer) => new BigUint64Array(buffer) },
};

// The Python package's order: wider types first, so that every array is aligned.
const WRITE_ORDER = ["U64", "I64", "F64", "F32", "U32", "I32", "U16", "I16", "I8", "U8"];

/**
 * Reads a safetensors file (huggingface/safetensors, format of 0.3 and later).
 *
 * @throws FormatError for cut files, overlapping or gapped data, and element types without a home here.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, Entry> & {
    __metadata__?: Record<string, string>;
  };
  const tensors: Record<string, NumberArray> = {};
  let expectedStart = 0;
  const inFileOrder = Object.entries(entries).sort(
    ([, a], [, b]) =>
      a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of inFileOrder) {
    const reader = READERS[dtype];
    if (reader === undefined) {
      throw damaged(`tensor "${name}" has the unsupported type ${dtype}`, "Save it as F32.");
    }
    if (start !== expectedStart || end - start !== elementCount(shape) * reader.sizeBytes) {
      throw damaged(`tensor "${name}" does not fill bytes ${start} to ${end}`);
    }
    if (dataStart + end > bytes.length) {
      throw damaged(`the file ends after ${bytes.length} of ${dataStart + end} bytes`);
    }
    tensors[name] = {
      data: reader.read(new Uint8Array(bytes.subarray(dataStart + start, dataStart + end)).buffer),
      shape,
    };
    expectedStart = end;
  }
  if (dataStart + expectedStart !== bytes.length) {
    throw damaged(`${bytes.length - dataStart - expectedStart} bytes follow the last tensor`);
  }
  return { tensors, metadata };
}

/**
 * Writes a safetensors file: the same bytes as Python's `safetensors.numpy.save` for one metadata key.
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "counterlab";
 *
 * const codes = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
 * const bytes = writeSafetensors({ tensors: { codes }, metadata: { run: "first" } });
 * const { tensors, metadata } = readSafetensors(bytes);
 * console.log(tensors["codes"]!.shape, metadata["run"]); // [ 2, 2 ] first
 * ```
 */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const sorted = Object.entries(tensors)
    .map(([name, array]) => ({ name, array, dtype: dtypeOf(array.data) }))
    .sort(
      (a, b) =>
        WRITE_ORDER.indexOf(a.dtype) - WRITE_ORDER.indexOf(b.dtype) || (a.name < b.name ? -1 : 1),
    );
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header["__metadata__"] = metadata;
  let end = 0;
  for (const { name, array, dtype } of sorted) {
    if (elementCount(array.shape) !== array.data.length) {
      throw new RangeError(
        `writeSafetensors: "${name}" has shape [${array.shape.join(", ")}] but ${array.data.length} numbers.`,
      );
    }
    header[name] = {
      dtype,
      shape: array.shape,
      data_offsets: [end, (end += array.data.byteLength)],
    };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Padding with spaces keeps the data aligned to 8 bytes.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let at = 8 + headerLength;
  for (const { array } of sorted) {
    bytes.set(new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength), at);
    at += array.data.byteLength;
  }
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 10) throw damaged(`${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > bytes.length - 8) {
    throw damaged(`a header of ${headerLength} bytes does not fit into ${bytes.length}`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      bytes.subarray(8, 8 + headerLength),
    );
    return { header: JSON.parse(text) as Record<string, unknown>, dataStart: 8 + headerLength };
  } catch (cause) {
    throw damaged("the header is not JSON", undefined, cause);
  }
}

function damaged(
  problem: string,
  fix = "The file is damaged or of another kind: take the previous checkpoint or copy it again.",
  cause?: unknown,
): FormatError {
  return new FormatError("safetensors", problem, { fix, cause });
}

function dtypeOf(data: ArrayData): string {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Int8Array) return "I8";
  if (data instanceof Uint8Array) return "U8";
  if (data instanceof Int16Array) return "I16";
  if (data instanceof Uint16Array) return "U16";
  if (data instanceof Int32Array) return "I32";
  if (data instanceof Uint32Array) return "U32";
  return data instanceof BigInt64Array ? "I64" : "U64";
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
