import type { Mention } from "./mentions.ts";
import { findModifiers, type Modifier } from "./modifier-words.ts";
import { SEVERITIES, type ReportSide, type ReportZone, type Severity } from "./report-findings.ts";

/** The adjectives of one mention; null where it has none. */
export interface Attributes {
  readonly severity: Severity | null;
  readonly side: ReportSide | null;
  readonly zone: ReportZone | null;
}

/** Words that an adjective does not reach across to the noun after it. */
const BARRIER =
  /\b(?:is|are|was|were|has|have|in|at|on|within|along|over|overlying|near|with|without|to|from|by|for|than|adjacent|involving|of(?! the (?:left|right))|or|versus|vs|suggest\w*|represent\w*|reflect\w*|consistent|compatible|likely|probabl[ey]|otherwise|no|not|which|that|measur\w+|seen|noted|identified|present)\b|[,;:()/]/;
// "Small amount of fluid" is a small fluid.
const MEASURE_OF =
  /\b(?:amounts?|degree|areas?|volume|component|foc\w+|bands?|xxxx|enlargement|evidence|patch\w*|region|lines?|collapse) of\b/g;
const NOUN_OF = /\b\w+ of\b/g;
// "Mild, smooth thickening", "mild bibasilar, right greater than left, atelectasis": still one phrase.
const SAME_PHRASE_COMMA =
  /^,(?= [\w\s-]*$)|, (?=(?:mild|stable|left|right|bilateral|small|moderate|large|chronic|focal|patchy|subsegmental|calcified|dense|upper|lower|unchanged|persistent)\b)/g;
const COMPARED_SIDES =
  /,? (?:on the )?(?:left|right)(?: side)? (?:greater|worse|larger|more)(?: \w+)? than(?: the)? (?:left|right),?/g;
const PAST = /\b(?:previously|formerly|was|were|from (?:a )?(?:prior|previous)|in the past)\b/;
const LEAVES_SEVERITY =
  /\b(?:with|by|due|for|to|without|of|in the|at|and(?! (?:is|are|now|remains)))\b/;

/** Gives each severity, side and zone word of a lower-case sentence to the mention it belongs to. */
export function attachModifiers(sentence: string, mentions: readonly Mention[]): Attributes[] {
  const own: Modifier[][] = mentions.map(() => []);
  for (const modifier of findModifiers(sentence)) {
    const owner = ownerOf(modifier, sentence, mentions);
    if (owner !== undefined) own[owner]!.push(modifier);
  }
  const attributes = own.map(summarise);
  shareAlongLists(attributes, sentence, mentions);
  return attributes;
}

function ownerOf(
  modifier: Modifier,
  sentence: string,
  mentions: readonly Mention[],
): number | undefined {
  const inside = mentions.findIndex(
    ({ start, end }) => modifier.start >= start && modifier.end <= end,
  );
  if (inside !== -1) return inside;
  const next = mentions.findIndex(({ start }) => start >= modifier.end);
  const previous = (next === -1 ? mentions.length : next) - 1;
  if (next !== -1) {
    const between = sentence
      .slice(modifier.end, mentions[next]!.start)
      .replace(modifier.kind === "severity" ? NOUN_OF : MEASURE_OF, "")
      .replace(COMPARED_SIDES, "")
      .replace(SAME_PHRASE_COMMA, " ");
    if (!BARRIER.test(between)) return next;
  }
  if (previous >= 0) {
    const between = sentence.slice(mentions[previous]!.end, modifier.start);
    // "Previously large": the past's size.
    if (PAST.test(between)) return undefined;
    return modifier.kind === "severity" && LEAVES_SEVERITY.test(between) ? undefined : previous;
  }
  return modifier.kind === "severity" || next === -1 ? undefined : next;
}

function summarise(modifiers: readonly Modifier[]): Attributes {
  const severities = modifiers.flatMap((each) => (each.kind === "severity" ? [each.value] : []));
  const zone = modifiers.find((each) => each.kind === "zone");
  const sides = modifiers.flatMap((each) => (each.kind === "side" ? [each.value] : []));
  return {
    // "Small left and moderate right effusions": one of both sides, as large as the larger.
    severity:
      (new Set(sides).size > 1
        ? SEVERITIES.findLast((each) => severities.includes(each))
        : severities[0]) ?? null,
    side: joinSides(sides),
    zone: zone?.kind === "zone" ? zone.value : null,
  };
}

/** Left and right together are both. */
export function joinSides(sides: readonly ReportSide[]): ReportSide | null {
  const [first] = sides;
  if (first === undefined) return null;
  return sides.every((side) => side === first) ? first : "bilateral";
}

const LIST_JOINT =
  /^ of (?:the )?$|^[\s,]*(?:\/|and\/or|or|and|versus|vs\.?|,)?(?: (?!with\b)[\w-]+){0,2} *$/;
const APPOSITION =
  /\b(?:represent\w*|reflect\w*|likely|probabl[ey]|possibl[ey]|consistent with|compatible with|suggest\w*|due to|secondary to|xxxx|may be|either|favor\w*|concerning for|suspicious for|as|with)\b|,/;
const SHARES_NO_SEVERITY = /\b(?:and|with)\b(?!\/)/;

// "Mild bibasilar atelectasis or infiltrate", "left basilar opacity, likely atelectasis": one place, one
// size. "With" and "and" share the place only.
function shareAlongLists(
  attributes: Attributes[],
  sentence: string,
  mentions: readonly Mention[],
): void {
  for (let k = 1; k < mentions.length; k++) {
    const between = sentence.slice(mentions[k - 1]!.end, mentions[k]!.start);
    const isListed = LIST_JOINT.test(between);
    if (!isListed && !APPOSITION.test(between)) continue;
    const [before, after] = [attributes[k - 1]!, attributes[k]!];
    const isPlaced = after.side !== null || after.zone !== null;
    attributes[k] = {
      severity: after.severity ?? (SHARES_NO_SEVERITY.test(between) ? null : before.severity),
      side: after.side ?? before.side,
      zone: after.zone ?? (isPlaced ? null : before.zone),
    };
    if (isListed && before.side === null) {
      attributes[k - 1] = { ...before, side: after.side, zone: before.zone ?? after.zone };
    }
  }
}
