import { foldIn, uniform, type Key } from "../../engine/random.ts";
import {
  severityBin,
  type PhantomPathology,
  type SeverityBin,
  type Side,
  type Zone,
} from "./pathology.ts";
import {
  FINDING_PHRASES,
  HEDGES,
  NEGATIONS,
  NEUTRAL_SENTENCES,
  NORMAL_IMPRESSIONS,
  OPENINGS,
  RESOLVED,
  SEVERITY_WORDS,
  SIDE_WORDS,
  ZONE_WORDS,
  type ReportableFinding,
} from "./report-phrases.ts";

type KnownSeverity = Exclude<SeverityBin, "none">;

/** What a report says about one finding on the present film. */
export interface ReportedFinding {
  readonly finding: ReportableFinding;
  readonly presence: "positive" | "negative" | "uncertain";
  /** What the words say; "unspecified" where they leave it open, whatever the film shows. */
  readonly severity: KnownSeverity | "unspecified";
  readonly side: Exclude<Side, "none"> | "unspecified";
  readonly zone: Exclude<Zone, "none"> | "unspecified";
  /** The sentence that says so, an exact substring of the text. */
  readonly evidence: string;
}

/** A report in a radiologist's words, and what a careful reader takes from it. */
export interface PhantomReport {
  readonly text: string;
  readonly findings: readonly ReportedFinding[];
}

/**
 * Writes a report of one film: synonyms, negations, hedged mild findings, and comparisons with an
 * earlier film ("previously large", "has resolved") that a careless reader takes for the present.
 */
export function writeReport(stream: Key, pathology: PhantomPathology): PhantomReport {
  const choose = chooser(stream);
  const sentences: string[] = [choose(OPENINGS)];
  const findings: ReportedFinding[] = [];
  const isOpen = (finding: ReportableFinding) => findings.every((said) => said.finding !== finding);
  const say = (sentence: string, denies: readonly ReportableFinding[]) => {
    sentences.push(sentence);
    findings.push(...denies.map((finding) => negative(finding, sentence)));
  };
  let impression = choose(NORMAL_IMPRESSIONS);
  if (pathology.type !== "No Finding") {
    const described = describe(choose, pathology.type, pathology);
    sentences.push(described.sentence);
    findings.push(described.finding);
    impression = described.impression;
  }
  if (choose([true, false, false])) {
    const { finding, sentence } = choose(RESOLVED.filter((each) => isOpen(each.finding)));
    say(sentence, [finding]);
  }
  for (let negations = choose([1, 2, 2, 3]); negations > 0; negations--) {
    const { denies, sentence } = choose(NEGATIONS.filter((each) => each.denies.every(isOpen)));
    say(sentence, denies);
  }
  sentences.push(choose(NEUTRAL_SENTENCES));
  const body = sentences.filter((sentence) => sentence !== "").join(" ");
  return { text: `FINDINGS: ${body}\nIMPRESSION: ${impression}`, findings };
}

type Choose = <T>(options: readonly T[]) => T;

function chooser(stream: Key): Choose {
  const draws = uniform(foldIn(stream, "report"), 32);
  let used = 0;
  return (options) => options[Math.floor(draws[used++]! * options.length)]!;
}

interface Described {
  readonly sentence: string;
  readonly impression: string;
  readonly finding: ReportedFinding;
}

function describe(choose: Choose, type: ReportableFinding, pathology: PhantomPathology): Described {
  const severity = severityBin(pathology) as KnownSeverity;
  const { side, zone } = pathology;
  const form = choose(FINDING_PHRASES[type]);
  const isPlural = side === "bilateral" && form.bilateral !== null;
  const template = isPlural ? form.bilateral : form.phrase;
  const words = {
    severity: choose(SEVERITY_WORDS[type][severity]),
    side: choose(SIDE_WORDS[type][side] ?? [""]),
    zone: choose(ZONE_WORDS[type][zone] ?? [""]),
  };
  const finding = fill(template, words);
  const withArticle = form.counted && !isPlural ? `${article(finding)} ${finding}` : finding;
  const says = (name: keyof typeof words) => template.includes(`{${name}}`) && words[name] !== "";
  const isHedged = severity === "mild" && choose([true, false, false]);
  const sentence = isHedged
    ? fill(choose(HEDGES), {
        finding,
        "a finding": withArticle,
        "A finding": capitalise(withArticle),
      })
    : state(choose, {
        finding,
        withArticle,
        isPlural: isPlural && form.counted,
        // A past size is only told from the present one where the present one is given.
        past: says("severity") ? pastSeverity(choose, type, severity) : null,
      });
  return {
    sentence,
    impression: isHedged ? `Possible ${finding}.` : `${capitalise(finding)}.`,
    finding: {
      finding: type,
      presence: isHedged ? "uncertain" : "positive",
      severity: says("severity") ? severity : "unspecified",
      side: saidSide(template, side),
      zone: says("zone") && zone !== "none" ? zone : "unspecified",
      evidence: sentence,
    },
  };
}

function state(
  choose: Choose,
  {
    finding,
    withArticle,
    isPlural,
    past,
  }: {
    readonly finding: string;
    readonly withArticle: string;
    readonly isPlural: boolean;
    readonly past: string | null;
  },
): string {
  const verb = isPlural ? "are" : "is";
  const sentences = [
    `There ${verb} ${withArticle}.`,
    `${capitalise(withArticle)} ${verb} seen.`,
    `${capitalise(finding)}, unchanged from the prior study.`,
    `${capitalise(finding)}, new since the prior examination.`,
  ];
  if (past !== null) sentences.push(`${capitalise(finding)}, previously ${past}.`);
  return choose(sentences);
}

function pastSeverity(choose: Choose, type: ReportableFinding, present: KnownSeverity): string {
  const others = (["mild", "moderate", "severe"] as const).filter((bin) => bin !== present);
  return choose(SEVERITY_WORDS[type][choose(others)]);
}

function saidSide(template: string, side: Side): ReportedFinding["side"] {
  if (side === "none") return "unspecified";
  if (side === "bilateral") return /bilateral|both/.test(template) ? "bilateral" : "unspecified";
  return template.includes("{side}") ? side : "unspecified";
}

function negative(finding: ReportableFinding, evidence: string): ReportedFinding {
  return {
    finding,
    presence: "negative",
    severity: "unspecified",
    side: "unspecified",
    zone: "unspecified",
    evidence,
  };
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template
    .replace(/\{([^}]+)\}/g, (_, name: string) => words[name] ?? "")
    .replace(/ +/g, " ")
    .trim();
}

function article(phrase: string): string {
  return /^[aeiou]/.test(phrase) ? "an" : "a";
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
