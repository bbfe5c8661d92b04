import type { Key } from "../engine/index.ts";

/** How a variable comes about, V := f(causes, U), and the way back to its noise U. Given, or learned. */
export interface Mechanism<Causes, Value, Noise> {
  readonly predict: (causes: Causes, noise: Noise) => Value | Promise<Value>;
  /** The noise with which `predict` gives `value`. */
  readonly abduct: (causes: Causes, value: Value) => Noise | Promise<Noise>;
  /** Draws fresh noise; needed only where films are drawn and not seen. */
  readonly draw?: (stream: Key) => Noise | Promise<Noise>;
}

/** A variable without causes: its noise is its value. */
export function root<Value>(
  draw?: (stream: Key) => Value | Promise<Value>,
): Mechanism<unknown, Value, Value> {
  return {
    predict: (_, noise) => noise,
    abduct: (_, value) => value,
    ...(draw === undefined ? {} : { draw }),
  };
}

/** A variable that its causes fix: it has no noise, and abduction has nothing to find. */
export function fixed<Causes, Value>(
  predict: (causes: Causes) => Value | Promise<Value>,
): Mechanism<Causes, Value, undefined> {
  return { predict: (causes) => predict(causes), abduct: () => undefined, draw: () => undefined };
}

/** V := f(causes) + U, on numbers. */
export function additive<Causes>(
  predict: (causes: Causes) => number,
  draw?: (stream: Key) => number,
): Mechanism<Causes, number, number> {
  return {
    predict: (causes, noise) => predict(causes) + noise,
    abduct: (causes, value) => value - predict(causes),
    ...(draw === undefined ? {} : { draw }),
  };
}
