/** A stretch of text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// A full stop ends a sentence unless it stands within a number or after an abbreviation. Lists are cut at
// their numbers ("2. Small effusion") and bullets, which often lack the stop before them; a blank line cuts too.
const BOUNDARY =
  /(?<!\b(?:dr|mr|mrs|ms|vs|approx|no|st|e\.g|i\.e|cf|fig))[.?!](?=\s|$)|[.?!](?=[A-Z][a-z])|\n[ \t]*\n|\n(?=[ \t]*(?:[-*•]|\d+[.)])[ \t])|;|\s(?=\d{1,2}[.)]\s+[A-Z])/gi;

/** The sentences of text[start, end), trimmed, without list numbers and the closing stop. */
export function splitSentences(text: string, { start, end }: Span): Span[] {
  const spans: Span[] = [];
  const part = text.slice(start, end);
  let from = 0;
  for (const match of part.matchAll(BOUNDARY)) {
    push(spans, part, start, from, match.index);
    from = match.index + match[0].length;
  }
  push(spans, part, start, from, part.length);
  return spans;
}

function push(spans: Span[], part: string, offset: number, from: number, to: number): void {
  const raw = part.slice(from, to);
  const lead = /^(?:\s|[-*•]\s|\d{1,2}[.)](?=\s))*/.exec(raw)![0].length;
  const length = raw.trimEnd().length;
  if (/[a-z]/i.test(raw.slice(lead, length))) {
    spans.push({ start: offset + from + lead, end: offset + from + length });
  }
}
