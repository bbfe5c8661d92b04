type Elements = Float32Array | Int32Array | Uint8Array;

/**
 * Reorders the elements of a row-major tensor so that axis j of the result is axis perm[j] of the source.
 *
 * @param shape The source's shape.
 */
export function permuteElements<Data extends Elements>(
  source: Data,
  shape: readonly number[],
  perm: readonly number[],
): Data {
  if (perm.every((axis, at) => axis === at)) return source.slice() as Data;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const dims = perm.map((axis) => shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const result = source.slice() as Data;
  const place = dims.map(() => 0);
  let from = 0;
  for (let at = 0; at < result.length; at++) {
    result[at] = source[from]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++place[axis]! < dims[axis]!) break;
      from -= steps[axis]! * dims[axis]!;
      place[axis] = 0;
    }
  }
  return result;
}
