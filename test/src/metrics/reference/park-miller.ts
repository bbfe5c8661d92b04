/** Uniform numbers of Park and Miller's generator: the same doubles as make_reference.py's. */
export function parkMiller(seed: number): () => number {
  let state = seed;
  return () => {
    state = (16807 * state) % 2147483647;
    return state / 2147483647;
  };
}

/** Nearly normal numbers: twelve uniform ones, added in order, less 6. */
export function nearlyNormal(next: () => number): () => number {
  return () => {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += next();
    return sum - 6;
  };
}
