/** The typed arrays that array files hold. */
export type ArrayData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Numbers and their shape, the last axis running fastest. */
export interface NumberArray<Data extends ArrayData = ArrayData> {
  readonly data: Data;
  readonly shape: readonly number[];
}

/** Number of elements of a shape; 1 for a scalar's []. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
