import { threefry2x32 } from "./threefry.ts";

/** The name of one random stream: two 32-bit words. Equal keys give equal numbers on every machine. */
export type Key = readonly [number, number];

// The second counter word starts with one of these, so that a key which is both drawn from and split
// never repeats a block: drawing, splitting and folding walk through disjoint counters.
const DRAW = 0;
const SPLIT = 1;
const FOLD_NUMBER = 2;
const FOLD_STRING = 3;

const TWO_POW_32 = 2 ** 32;

/**
 * Makes the key that a seed stands for.
 *
 * @param seed An integer from 0 to 2^53 - 1.
 */
export function key(seed: number): Key {
  requireCount("key", "seed", seed);
  return [seed >>> 0, Math.floor(seed / TWO_POW_32)];
}

/**
 * Splits a key into `count` independent keys. Drawing from `parent` itself afterwards is safe too.
 *
 * @param count How many; 2 when omitted.
 */
export function split(parent: Key, count = 2): Key[] {
  requireCount("split", "count", count);
  return Array.from({ length: count }, (_, index) => block(parent, SPLIT, index));
}

/**
 * Derives the key for one use: a step number, a film's name, a layer's name.
 *
 * @param data An integer from 0 to 2^53 - 1, or any text; 3 and "3" give different keys.
 */
export function foldIn(parent: Key, data: number | string): Key {
  if (typeof data === "number") {
    requireCount("foldIn", "data", data);
    return block(parent, FOLD_NUMBER, data);
  }
  let derived = block(parent, FOLD_STRING, data.length);
  const unit = (index: number) => (index < data.length ? data.charCodeAt(index) : 0);
  for (let at = 0; at < data.length; at += 4) {
    const low = unit(at) | (unit(at + 1) << 16);
    const high = unit(at + 2) | (unit(at + 3) << 16);
    derived = threefry2x32(derived, [low >>> 0, high >>> 0]);
  }
  return derived;
}

/** Draws `count` uniform 32-bit words. A shorter draw is the beginning of a longer one. */
export function bits(stream: Key, count: number): Uint32Array {
  requireCount("bits", "count", count);
  const words = new Uint32Array(count);
  for (let at = 0; at < count; at += 2) {
    const [first, second] = block(stream, DRAW, at / 2);
    words[at] = first;
    if (at + 1 < count) words[at + 1] = second;
  }
  return words;
}

/**
 * Draws uniform numbers from min (included) to max (left out): 24 random bits each, all that float32 holds.
 *
 * @param range `min` 0 and `max` 1 when omitted.
 */
export function uniform(
  stream: Key,
  count: number,
  { min = 0, max = 1 }: { readonly min?: number; readonly max?: number } = {},
): Float32Array {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max)) {
    throw new RangeError(`uniform: min ${min} and max ${max} must be finite, min below max.`);
  }
  const words = bits(stream, count);
  const highest = greatestFloat32Below(max);
  return Float32Array.from(words, (word) => {
    // Rounding to float32 could reach max itself.
    return Math.min(min + (word >>> 8) * 2 ** -24 * (max - min), highest);
  });
}

/** Draws standard normal numbers (Box and Muller 1958), each at most 6.7 away from 0. */
export function normal(stream: Key, count: number): Float32Array {
  const words = bits(stream, count + (count % 2));
  const values = new Float32Array(count);
  for (let at = 0; at < count; at += 2) {
    const radius = Math.sqrt(-2 * Math.log((words[at]! + 1) / TWO_POW_32));
    const angle = 2 * Math.PI * (words[at + 1]! / TWO_POW_32);
    values[at] = radius * Math.cos(angle);
    if (at + 1 < count) values[at + 1] = radius * Math.sin(angle);
  }
  return values;
}

/**
 * Draws whole numbers from min (included) to max (left out), every one equally likely to within 2^-21.
 *
 * @param range Bounds within int32; `min` is 0 when omitted.
 */
export function randint(
  stream: Key,
  count: number,
  { min = 0, max }: { readonly min?: number; readonly max: number },
): Int32Array {
  const isInt32 = (value: number) => value === (value | 0);
  if (!isInt32(min) || !(isInt32(max) || max === 2 ** 31) || min >= max) {
    throw new RangeError(
      `randint: min ${min} and max ${max} must be int32 integers, min below max.`,
    );
  }
  const fractions = fractions53(stream, count);
  return Int32Array.from(fractions, (fraction) => min + Math.floor(fraction * (max - min)));
}

/** Draws one of the orders of 0 .. count - 1 (Fisher and Yates), all equally likely. */
export function permutation(stream: Key, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const fractions = fractions53(stream, count);
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(fractions[last]! * (last + 1));
    const kept = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = kept;
  }
  return order;
}

// Uniform in [0, 1) with all 53 bits of a double.
function fractions53(stream: Key, count: number): Float64Array {
  const words = bits(stream, 2 * count);
  const fractions = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    fractions[at] = ((words[2 * at]! >>> 5) * 2 ** 26 + (words[2 * at + 1]! >>> 6)) * 2 ** -53;
  }
  return fractions;
}

function greatestFloat32Below(limit: number): number {
  const rounded = Math.fround(limit);
  if (rounded < limit) return rounded;
  if (rounded === 0) return -(2 ** -149);
  // One step towards lower values: down in magnitude when positive, up when negative.
  const words = new Int32Array(new Float32Array([rounded]).buffer);
  return new Float32Array(words.map((word) => word + (rounded > 0 ? -1 : 1)).buffer)[0]!;
}

function block(parent: Key, purpose: number, index: number): Key {
  const low = index >>> 0;
  const high = Math.floor(index / TWO_POW_32);
  return threefry2x32(parent, [low, ((purpose << 24) | high) >>> 0]);
}

function requireCount(name: string, argument: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name}: ${argument} is ${value}; give an integer from 0 to 2^53 - 1.`);
  }
}
