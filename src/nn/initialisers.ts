import { normal } from "../engine/index.ts";
import type { Initialiser } from "./parameters.ts";

const product = (values: readonly number[]) => values.reduce((total, value) => total * value, 1);

export const zeros: Initialiser = (shape) => new Float32Array(product(shape));

export const ones: Initialiser = (shape) => new Float32Array(product(shape)).fill(1);

/**
 * Normal values of standard deviation gain·√(1 / fanIn) (LeCun et al. 1998; gain √2 is He et al. 2015),
 * where fanIn is the product of all dimensions but the last.
 *
 * @param gain 1 when omitted.
 */
export function fanInNormal(gain = 1): Initialiser {
  return (shape, key) => {
    const scale = gain / Math.sqrt(Math.max(1, product(shape.slice(0, -1))));
    return normal(key, product(shape)).map((value) => value * scale);
  };
}

/** Normal values of a given standard deviation, for embeddings. */
export function scaledNormal(standardDeviation: number): Initialiser {
  return (shape, key) => normal(key, product(shape)).map((value) => value * standardDeviation);
}
