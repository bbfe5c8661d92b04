/** Where one binary leaf stood: keys of objects and indices of lists, outermost first. */
export type BufferPath = readonly (string | number)[];

/** A value with its binary leaves taken out, as the widget protocol sends it. */
export interface SplitState {
  /** What is left: a binary leaf of an object is removed, of a list replaced by null. */
  readonly state: unknown;
  readonly bufferPaths: readonly BufferPath[];
  /** The leaf at the same place of `bufferPaths`; views of the caller's memory, not copies. */
  readonly buffers: readonly Uint8Array[];
}

/** Splits binary leaves (ArrayBuffer, typed arrays, DataView) off a JSON-like value, which stays as it is. */
export function removeBuffers(value: unknown): SplitState {
  const bufferPaths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const walk = (node: unknown, path: BufferPath): unknown => {
    const bytes = bytesOf(node);
    if (bytes !== undefined) {
      bufferPaths.push(path);
      buffers.push(bytes);
      return null;
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (!isPlainObject(node)) return node;
    const kept: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(node)) {
      const isBinary = bytesOf(item) !== undefined;
      const left = walk(item, [...path, key]);
      if (!isBinary && item !== undefined) kept[key] = left;
    }
    return kept;
  };
  const state = walk(value, []);
  return { state, bufferPaths, buffers };
}

/** Puts binary leaves back; returns a new value and leaves `state` as it is. */
export function putBuffers(
  state: unknown,
  bufferPaths: readonly BufferPath[],
  buffers: readonly Uint8Array[],
): unknown {
  if (bufferPaths.length !== buffers.length) {
    throw new RangeError(
      `putBuffers: ${bufferPaths.length} buffer paths but ${buffers.length} buffers; they must pair up.`,
    );
  }
  return bufferPaths.reduce(
    (whole, path, index) => withLeaf(whole, path, buffers[index]!, path),
    state,
  );
}

/** Whether two values look the same on the wire: same JSON, same bytes in the same places. */
export function isSameOnWire(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  const [a, b] = [removeBuffers(left), removeBuffers(right)];
  return (
    a.buffers.length === b.buffers.length &&
    JSON.stringify(a.bufferPaths) === JSON.stringify(b.bufferPaths) &&
    JSON.stringify(a.state) === JSON.stringify(b.state) &&
    a.buffers.every((bytes, index) => isSameBytes(bytes, b.buffers[index]!))
  );
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** A copy of `node` with `leaf` at `path`; what the path does not touch is shared, not copied. */
function withLeaf(
  node: unknown,
  [key, ...rest]: BufferPath,
  leaf: Uint8Array,
  wholePath: BufferPath,
): unknown {
  if (key === undefined) return leaf;
  if (typeof node !== "object" || node === null) throw pathError(wholePath);
  if (rest.length > 0 && !Object.hasOwn(node, key)) throw pathError(wholePath);
  const child = withLeaf((node as Record<string | number, unknown>)[key], rest, leaf, wholePath);
  if (!Array.isArray(node)) return { ...node, [key]: child };
  return node.map((item: unknown, index) => (index === Number(key) ? child : item));
}

function pathError(path: BufferPath): RangeError {
  return new RangeError(`putBuffers: there is no place ${JSON.stringify(path)} in the state.`);
}
