export type { Key } from "./random.ts";
export { bits, foldIn, key, normal, permutation, randint, split, uniform } from "./random.ts";
