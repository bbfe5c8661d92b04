import type { Condition } from "../conditioning/index.ts";

const HEALTHY = "No Finding";
const FIELDS = ["side", "zone", "severity"] as const;

/**
 * What a classifier sees in films, as conditions: of each film the likeliest finding, with the likeliest side, zone and severity
 * where it is sure enough that there is one.
 *
 * @param logits One number a cell token of `vocabulary` and film, row by row.
 */
export function recogniseFindings(
  logits: Float32Array,
  vocabulary: readonly string[],
): Condition[] {
  return Array.from({ length: logits.length / vocabulary.length }, (_, film) => {
    const row = logits.subarray(film * vocabulary.length, (film + 1) * vocabulary.length);
    const likeliest = (isMeant: (token: string) => boolean) =>
      vocabulary.reduce<{ readonly token: string; readonly logit: number } | undefined>(
        (best, token, at) =>
          isMeant(token) && row[at]! > (best?.logit ?? -Infinity)
            ? { token, logit: row[at]! }
            : best,
        undefined,
      );
    const name = likeliest((token) => !/^(side|zone|severity):/.test(token))?.token;
    if (name === undefined) return { findings: [] };
    if (name === HEALTHY) return { findings: [{ name }] };
    const place = FIELDS.flatMap((field) => {
      const found = likeliest((token) => token.startsWith(`${field}:`));
      return found !== undefined && found.logit > 0
        ? [[field, found.token.slice(field.length + 1)] as const]
        : [];
    });
    return { findings: [{ name, ...Object.fromEntries(place) }] };
  });
}
