import type { ReportSide, ReportZone, Severity } from "./report-findings.ts";

type WordTable<Value extends string> = readonly (readonly [Value, string])[];

/** Words of degree and size, ranges first: a range counts as its upper end. */
const SEVERITY_WORDS: WordTable<Severity> = [
  [
    "severe",
    "(?:moderate|medium)(?:ly)?(?:[- ]to[- ]|-|/| or )(?:large|severe(?:ly)?|marked(?:ly)?)",
  ],
  ["moderate", "(?:mild|small|slight|minimal)(?:ly)?(?:[- ]to[- ]|-|/| or )moderate(?:ly)?"],
  ["mild", "(?:borderline|minimal|trace|tiny|none)(?:ly)?[- ]to[- ](?:mild|small|minimal)(?:ly)?"],
  ["moderate", "moderate(?:ly)?|medium[- ]sized"],
  [
    "severe",
    "severe(?:ly)?|marked(?:ly)?|large|massive(?:ly)?|extensive(?:ly)?|huge|gross(?:ly)?|complete|substantial(?:ly)?|tension|advanced|pronounced|considerable|si[sz]e?able",
  ],
  [
    "mild",
    "mild(?:ly)?|minimal(?:ly)?|slight(?:ly)?|small|tiny|trace|minor|minute|subtle|faint(?:ly)?|early|minuscule|little|scant|punctate|sub-?centimeter",
  ],
];

const SIDE_WORDS: WordTable<ReportSide> = [
  [
    "bilateral",
    "bilateral(?:ly)?|both|bibasilar|bibasal|bi-?basilar|biapical|bi-?apical|bihilar|biperihilar|(?:left|right)(?: side)?,? (?:greater|worse|larger|more)(?: \\w+)? than(?: the)? (?:left|right)|(?:left|right) > (?:left|right)|left and right|right and left|either side|each side|(?<!(?:left|right) (?:\\w+ )?)(?:bases|apices|(?:upper|middle|lower) lobes|mid ?(?:dle)? ?lungs|lung zones|costophrenic (?:angles|sulci|recesses))|(?<!(?:left|right)(?:[- ]sided)? (?:pleural )?)effusions",
  ],
  ["left", "left(?:[- ]sided)?|lingular?"],
  ["right", "right(?:[- ]sided)?|(?<!left )middle lobe"],
];

const ZONE_WORDS: WordTable<ReportZone> = [
  [
    "diffuse",
    "diffuse(?:ly)?|scattered|throughout|multifocal|multilobar|widespread|generali[sz]ed",
  ],
  ["apical", "bi-?apical|apical|apex|apices"],
  ["basal", "bi-?basilar|bi-?basal|basilar|basal|bases?|retrocardiac|subpulmonic"],
  [
    "mid",
    "mid(?:dle)?(?:[- ]?(?:lung|zone|lobe))?s?|mid(?:lung|zone)s?|perihilar|central(?:ly)?|juxtahilar|infrahilar|suprahilar|lingular?",
  ],
  ["upper", "upper"],
  ["lower", "lower"],
];

export type Modifier =
  | {
      readonly start: number;
      readonly end: number;
      readonly kind: "severity";
      readonly value: Severity;
    }
  | {
      readonly start: number;
      readonly end: number;
      readonly kind: "side";
      readonly value: ReportSide;
    }
  | {
      readonly start: number;
      readonly end: number;
      readonly kind: "zone";
      readonly value: ReportZone;
    };

const TABLES = { severity: SEVERITY_WORDS, side: SIDE_WORDS, zone: ZONE_WORDS } as const;

const MATCHERS = (["severity", "side", "zone"] as const).map((kind) => {
  const table: WordTable<string> = TABLES[kind];
  // Longer phrases first within each table, by the order of rows: one group a row.
  const source = table.map(([, words]) => `(${words})`).join("|");
  return {
    kind,
    values: table.map(([value]) => value),
    pattern: new RegExp(`(?<![\\w-])(?:${source})(?![\\w])`, "g"),
  };
});

/** Severity, side and zone words of a lower-case text, in order. */
export function findModifiers(text: string): Modifier[] {
  const found: Modifier[] = [];
  for (const { kind, values, pattern } of MATCHERS) {
    for (const match of text.matchAll(pattern)) {
      const row =
        match.findIndex(
          (group, index) => index > 0 && (group as string | undefined) !== undefined,
        ) - 1;
      const start = match.index;
      found.push({ kind, value: values[row]!, start, end: start + match[0].length } as Modifier);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
