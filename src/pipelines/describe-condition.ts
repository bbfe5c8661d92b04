import type { Condition } from "../conditioning/index.ts";

/** A condition in words: "severe left upper Nodule"; several findings are joined by "and". */
export function describeCondition({ findings }: Condition): string {
  if (findings.length === 0) return "anything";
  return findings
    .map(({ severity, side, zone, name }) =>
      [severity, side, zone, name ?? "finding"].filter((word) => word !== undefined).join(" "),
    )
    .join(" and ");
}
