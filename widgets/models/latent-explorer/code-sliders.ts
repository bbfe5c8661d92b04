import { cutTable, spreadRows, type CodeTable } from "./code-table.ts";
import type { CodeGroup, SliderBasis, SliderSpec } from "./latent-explorer-protocol.ts";
import { groupCodesName } from "./group-codes-name.ts";
import { along, principalComponents } from "./principal-components.ts";

/** One slider: reads its value from a code and writes it there. */
export interface CodeSlider extends SliderSpec {
  read(code: Float32Array): number;
  /** Changes `code` so that it reads `value`. */
  write(code: Float32Array, value: number): void;
}

/** Rows that variances are estimated on. */
const mostFitted = 5000;
const mostDirections = 24;
/** Sliders reach this many standard deviations to either side. */
const reach = 3;

/**
 * The sliders of one group: along its principal components in standard deviations, or along its single codes in their
 * own units, those that vary most first. Directions in which nothing varies have none.
 */
export function groupSliders(
  table: CodeTable,
  group: CodeGroup,
  basis: SliderBasis,
): readonly CodeSlider[] {
  const fitted = cutTable(table, group, spreadRows(table.count, mostFitted));
  return basis === "directions"
    ? directionSliders(fitted, group)
    : singleCodeSliders(fitted, group);
}

function directionSliders(fitted: CodeTable, { name, from, width }: CodeGroup): CodeSlider[] {
  const { mean, directions, deviations, shares } = principalComponents(fitted, mostDirections);
  return directions.flatMap((direction, place): CodeSlider[] => {
    const deviation = deviations[place]!;
    // Below this share of the first one is rounding, not variation.
    if (!(deviation > 1e-6 * deviations[0]!)) return [];
    const read = (code: Float32Array): number => along(code, from, mean, direction) / deviation;
    return [
      {
        name: `${name} ${place + 1}`,
        detail: `${(100 * shares[place]!).toPrecision(2)} % of the variance`,
        ...{ low: -reach, high: reach, read },
        write(code, value) {
          const by = (value - read(code)) * deviation;
          for (let at = 0; at < width; at++) code[from + at]! += by * direction[at]!;
        },
      },
    ];
  });
}

function singleCodeSliders(
  { rows, count, width }: CodeTable,
  { name, from }: CodeGroup,
): CodeSlider[] {
  const sliders = Array.from({ length: width }, (_, place) => {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < count; row++) sum += rows[row * width + place]!;
    const mean = sum / count;
    for (let row = 0; row < count; row++) squares += (rows[row * width + place]! - mean) ** 2;
    const deviation = Math.sqrt(squares / Math.max(1, count - 1));
    return { place, mean, deviation };
  });
  return sliders
    .filter(({ deviation }) => deviation > 0)
    .toSorted((left, right) => right.deviation - left.deviation)
    .map(({ place, mean, deviation }) => ({
      name: `${groupCodesName({ name })} ${place + 1}`,
      detail: `standard deviation ${deviation.toPrecision(2)}`,
      low: mean - reach * deviation,
      high: mean + reach * deviation,
      read: (code) => code[from + place]!,
      write(code, value) {
        code[from + place] = value;
      },
    }));
}
