import { foldIn, uniform, type Key } from "../engine/index.ts";
import type { Condition, ConditionFinding } from "./condition.ts";

export interface ConditionDropout {
  /** How often a whole condition becomes empty, for classifier-free guidance; 0.1 when omitted. */
  readonly condition?: number;
  /** How often each of severity, side, zone and view is left out alone, so that a prompt need not tell all; 0.1 when omitted. */
  readonly field?: number;
}

/** Leaves out conditions, and parts of them, at random. Ho and Salimans 2022 (arXiv:2207.12598), algorithm 1. */
export function dropConditions(
  conditions: readonly Condition[],
  stream: Key,
  { condition: whole = 0.1, field = 0.1 }: ConditionDropout = {},
): Condition[] {
  const dropsWhole = uniform(foldIn(stream, "condition"), conditions.length);
  return conditions.map(({ findings, view }, index) => {
    if (dropsWhole[index]! < whole) return { findings: [] };
    const key = foldIn(foldIn(stream, "field"), index);
    const draws = uniform(key, 1 + 3 * findings.length);
    const kept = findings.map(({ name, severity, side, zone }, slot): ConditionFinding => {
      const keeps = (at: number) => draws[1 + 3 * slot + at]! >= field;
      return {
        ...(name === undefined ? {} : { name }),
        ...(severity === undefined || !keeps(0) ? {} : { severity }),
        ...(side === undefined || !keeps(1) ? {} : { side }),
        ...(zone === undefined || !keeps(2) ? {} : { zone }),
      };
    });
    return {
      findings: kept,
      ...(view === undefined || draws[0]! < field ? {} : { view }),
    };
  });
}
