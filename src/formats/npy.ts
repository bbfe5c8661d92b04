import { elementCount, type ArrayData, type NumberArray } from "./array-types.ts";
import { FormatError } from "./format-error.ts";

const MAGIC = "\x93NUMPY";

const READERS: Readonly<Record<string, (buffer: ArrayBuffer) => ArrayData>> = {
  f4: (buffer) => new Float32Array(buffer),
  f8: (buffer) => new Float64Array(buffer),
  i1: (buffer) => new Int8Array(buffer),
  u1: (buffer) => new Uint8Array(buffer),
  b1: (buffer) => new Uint8Array(buffer),
  i2: (buffer) => new Int16Array(buffer),
  u2: (buffer) => new Uint16Array(buffer),
  i4: (buffer) => new Int32Array(buffer),
  u4: (buffer) => new Uint32Array(buffer),
  i8: (buffer) => new BigInt64Array(buffer),
  u8: (buffer) => new BigUint64Array(buffer),
};

/**
 * Reads a NumPy .npy file, versions 1 to 3: either byte order, C or Fortran order (given back in C order).
 *
 * @throws FormatError for other bytes, other element types (objects, strings, complex) and cut files.
 */
export function readNpy(bytes: Uint8Array): NumberArray {
  const { descr, isFortran, shape, dataStart } = readHeader(bytes);
  const [, order, code, width] = /^([<>|=])([a-z])(\d+)$/.exec(descr) ?? [];
  const read = READERS[`${code}${width}`];
  if (read === undefined) {
    throw new FormatError("npy", `element type ${descr} is not supported`, {
      fix: "Save it as float32, float64, bool or an integer type (array.astype('float32')).",
    });
  }
  const sizeBytes = elementCount(shape) * Number(width);
  if (bytes.length < dataStart + sizeBytes) {
    throw new FormatError(
      "npy",
      `the file ends after ${bytes.length} of ${dataStart + sizeBytes} bytes`,
      { fix: "Copy it again." },
    );
  }
  // Copied, as data need not be aligned in the file; a Buffer's own slice would not copy.
  const content = new Uint8Array(bytes.subarray(dataStart, dataStart + sizeBytes));
  if (order === ">") reverseEach(content, Number(width));
  const data = read(content.buffer);
  return { data: isFortran ? fromFortranOrder(data, shape) : data, shape };
}

/** Writes a NumPy .npy file, version 1.0, little endian, C order. */
export function writeNpy({ data, shape }: NumberArray): Uint8Array {
  if (elementCount(shape) !== data.length) {
    throw new RangeError(
      `writeNpy: shape [${shape.join(", ")}] does not hold ${data.length} numbers.`,
    );
  }
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descriptionOf(data)}', 'fortran_order': False, 'shape': (${axes}), }`;
  // The data must start at a multiple of 64; the header ends with a line break.
  const headerLength = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerLength + data.byteLength);
  bytes.set(ascii(`${MAGIC}\x01\x00`));
  new DataView(bytes.buffer).setUint16(8, headerLength, true);
  bytes.set(ascii(`${dictionary.padEnd(headerLength - 1)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + headerLength);
  return bytes;
}

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly dataStart: number;
}

function readHeader(bytes: Uint8Array): Header {
  const latin1 = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (latin1(0, 6) !== MAGIC || bytes.length < 12) {
    throw new FormatError("npy", "the bytes do not begin as a .npy file", {
      fix: "Give a file written by numpy.save.",
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isVersion1 = bytes[6] === 1;
  const textStart = isVersion1 ? 10 : 12;
  const dataStart = textStart + (isVersion1 ? view.getUint16(8, true) : view.getUint32(8, true));
  const text = latin1(textStart, Math.min(dataStart, bytes.length));
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const axes = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || axes === undefined) {
    throw new FormatError("npy", `the header cannot be read: ${text.slice(0, 80).trim()}`, {
      fix: "Save one plain array with numpy.save (no structured types).",
    });
  }
  const shape = axes
    .split(",")
    .filter((axis) => axis.trim() !== "")
    .map(Number);
  return { descr, isFortran: order === "True", shape, dataStart };
}

function descriptionOf(data: ArrayData): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Int8Array) return "|i1";
  if (data instanceof Uint8Array) return "|u1";
  if (data instanceof Int16Array) return "<i2";
  if (data instanceof Uint16Array) return "<u2";
  if (data instanceof Int32Array) return "<i4";
  if (data instanceof Uint32Array) return "<u4";
  return data instanceof BigInt64Array ? "<i8" : "<u8";
}

function reverseEach(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function fromFortranOrder(data: ArrayData, shape: readonly number[]): ArrayData {
  const out = data.slice();
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  const at = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    out[i] = data[at.reduce((sum, index, axis) => sum + index * strides[axis]!, 0)]!;
    // Count up in C order: the last axis first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]! += 1;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
  return out;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
