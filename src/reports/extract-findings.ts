import { FINDING_NAMES } from "./finding-names.ts";
import { findModifiers } from "./modifier-words.ts";
import { joinSides, type Attributes } from "./modifiers.ts";
import { readSentence, type Statement } from "./read-sentence.ts";
import type { ReportFinding, ReportFindings, ReportText, Severity } from "./report-findings.ts";
import { splitSections } from "./sections.ts";
import { splitSentences } from "./sentences.ts";

type Evidenced = Statement & { readonly evidence: string };

/**
 * Reads a report by rules: sections, sentences, terms, negation (NegEx: Chapman et al. 2001) and doubt by
 * clause, adjectives given to the finding beside them. Nothing leaves the machine.
 *
 * @example
 * ```ts
 * import { extractFindings } from "counterlab";
 *
 * const { findings } = extractFindings({
 *   report: "1",
 *   text: "Small left pleural effusion. No pneumothorax.",
 * });
 * for (const { name, presence, severity, side } of findings) {
 *   if (presence === "positive") console.log(name, severity, side); // Effusion mild left
 * }
 * ```
 */
export function extractFindings({ report, text }: ReportText): ReportFindings {
  const statements: Evidenced[] = [];
  for (const section of splitSections(text)) {
    if (section.kind === "ignored") continue;
    let previous = "";
    for (const { start, end } of splitSentences(text, section)) {
      const evidence = text.slice(start, end);
      for (const statement of readSentence(evidence)) {
        const before =
          statement.presence === "negative" ? {} : fromSentenceBefore(evidence, previous);
        statements.push({
          ...statement,
          severity: statement.severity ?? before.severity ?? null,
          side: statement.side ?? before.side ?? null,
          evidence,
        });
      }
      previous = evidence;
    }
  }
  const findings = FINDING_NAMES.flatMap((name) => {
    const about = statements.filter((statement) => statement.name === name);
    return about.length === 0 ? [] : [summarise(about)];
  });
  return { report, findings };
}

// A finding affirmed anywhere is there, and open if only doubted: "no effusion on the right" beside "small
// left effusion" denies nothing.
function summarise(about: readonly Evidenced[]): ReportFinding {
  const presence = (["positive", "uncertain", "negative"] as const).find((each) =>
    about.some((statement) => statement.presence === each),
  )!;
  const chosen = about.filter((statement) => statement.presence === presence);
  const isTold = ({ severity, side, zone }: Evidenced) =>
    Number(severity !== null) * 4 + Number(side !== null) * 2 + Number(zone !== null);
  const fullest = chosen.reduce((best, each) => (isTold(each) > isTold(best) ? each : best));
  // Where the affirming sentence names no place, the doubting one may ("possible nodule on the left").
  const placed = [chosen, about].find((some) => some.some(({ side }) => side !== null)) ?? [];
  const sides = placed.flatMap(({ side }) => (side === null ? [] : [side]));
  return {
    name: fullest.name,
    presence,
    probability: Math.max(...chosen.map(({ probability }) => probability)),
    severity: fullest.severity ?? (presence === "negative" ? null : severityAmong(about)),
    side: presence === "negative" ? null : (joinSides(sides) ?? impliedSide(chosen)),
    zone: fullest.zone ?? chosen.find(({ zone }) => zone !== null)?.zone ?? null,
    evidence: fullest.evidence,
  };
}

/** The first severity that anything but a denial gives. */
function severityAmong(about: readonly Evidenced[]): Severity | null {
  return about.find(({ severity }) => severity !== null)?.severity ?? null;
}

// "Basilar atelectasis" without a side is said of both bases.
function impliedSide(chosen: readonly Evidenced[]): "bilateral" | null {
  return chosen.some(
    ({ zone, evidence }) => zone === "basal" && /\b(?:basilar|basal)\b/i.test(evidence),
  )
    ? "bilateral"
    : null;
}

const POINTS_BACK = /^(?:the )?(?:appearances?|findings?|these|this)\b/i;
const PLACED_BESIDE = /\b(?:adjacent|surrounding|associated)\b/i;

/**
 * "Mild bibasilar opacities are present. The appearance suggests atelectasis": severity and side are the
 * sentence before's, where it has one only.
 */
function fromSentenceBefore(sentence: string, previous: string): Partial<Attributes> {
  const isSame = POINTS_BACK.test(sentence);
  if (!isSame && !PLACED_BESIDE.test(sentence)) return {};
  const modifiers = findModifiers(previous.toLowerCase());
  const sides = new Set(modifiers.flatMap((each) => (each.kind === "side" ? [each.value] : [])));
  const severities = new Set(
    modifiers.flatMap((each) => (each.kind === "severity" ? [each.value] : [])),
  );
  return {
    ...(sides.size === 1 ? { side: [...sides][0]! } : {}),
    ...(isSame && severities.size === 1 ? { severity: [...severities][0]! } : {}),
  };
}
