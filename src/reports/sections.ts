export type SectionKind = "findings" | "impression" | "ignored";

/** A stretch of a report's text under one heading, the heading itself left out. */
export interface Section {
  readonly kind: SectionKind;
  readonly start: number;
  readonly end: number;
}

/** Headings by what their text is worth: only findings and impression speak of the present film. */
const HEADINGS: readonly (readonly [SectionKind, RegExp])[] = [
  [
    "findings",
    /(?:^|[^a-z])((?:findings?|results?|report|observations?|interpretation|wet read|addendum))\s*$/i,
  ],
  ["impression", /(?:^|[^a-z])((?:impressions?|conclusions?|opinion|summary|assessment))\s*$/i],
  [
    "ignored",
    /(?:^|[^a-z])((?:clinical )?(?:indications?|history|information|data|context|question|statement)|reason for (?:the )?(?:exam|examination|study|x-?ray|film)|(?:prior |previous )?(?:comparisons?|study|studies|films?)(?: studies| films?)?|techniques?|procedures?|exam(?:ination)?(?: type| date)?|views?|date|recommendations?|notifications?)\s*$/i,
  ],
];

const LONGEST_HEADING = 40;

/**
 * Cuts a report at its headings. Text before the first heading, or of a report without headings, counts
 * as findings; indication, history, comparison and technique speak of other times and are ignored.
 */
export function splitSections(text: string): Section[] {
  const sections: Section[] = [];
  let kind: SectionKind = "findings";
  let start = 0;
  const close = (end: number) => {
    if (end > start) sections.push({ kind, start, end });
  };
  for (let colon = text.indexOf(":"); colon !== -1; colon = text.indexOf(":", colon + 1)) {
    const from = Math.max(start, colon - LONGEST_HEADING);
    const heading = headingAtEnd(text.slice(from, colon), from === 0 || from === start);
    if (heading === undefined) continue;
    close(from + heading.index);
    kind = heading.kind;
    start = colon + 1;
  }
  close(text.length);
  return sections;
}

function headingAtEnd(
  before: string,
  isStart: boolean,
): { readonly kind: SectionKind; readonly index: number } | undefined {
  for (const [kind, pattern] of HEADINGS) {
    const match = pattern.exec(before);
    if (match === null) continue;
    const index = match.index + match[0].indexOf(match[1]!);
    const lead = before.slice(0, index);
    // "as in the findings: ..." is no heading: within a line a heading has a capital.
    const opensLine = /\n[ \t]*$/.test(lead) || (isStart && lead.trim() === "");
    if (opensLine || /^[A-Z]/.test(match[1]!)) return { kind, index };
  }
  return undefined;
}
