import { z } from "zod";
import { FINDING_NAMES } from "./finding-names.ts";
import { PRESENCES, SEVERITIES, SIDES, ZONES, type ReportFinding } from "./report-findings.ts";
import { splitSections } from "./sections.ts";

/** What a language model must answer. */
export interface ModelReply {
  readonly findings: readonly ReportFinding[];
}

/** The reply's shape; every key is required, as strict JSON schema asks. */
export const MODEL_REPLY: z.ZodType<ModelReply> = z.object({
  findings: z.array(
    z.object({
      name: z.enum(FINDING_NAMES),
      presence: z.enum(PRESENCES),
      probability: z.number(),
      severity: z.enum(SEVERITIES).nullable(),
      side: z.enum(SIDES).nullable(),
      zone: z.enum(ZONES).nullable(),
      evidence: z.string(),
    }),
  ),
});

export interface ModelMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The instructions that go with every report. */
export const MODEL_INSTRUCTIONS: string = [
  "You label one chest X-ray report. Only use statements about the present image; ignore comparisons, indications and history.",
  `Answer with JSON only: {"findings": [{"name", "presence", "probability", "severity", "side", "zone", "evidence"}]}.`,
  `name: one of ${FINDING_NAMES.join(", ")}. Leave out findings that the report does not mention.`,
  "presence: positive (stated or probable), negative (denied or resolved) or uncertain (possible, cannot be excluded). probability: of presence, 0 to 1.",
  `severity: ${SEVERITIES.join(", ")} or null (trace and small are mild, large and marked are severe). side: the patient's, ${SIDES.join(", ")} or null. zone: ${ZONES.join(", ")} or null.`,
  "evidence: the words of the report that say so, copied exactly.",
].join("\n");

/** What is sent of a report: findings and impression, without indication, history and comparison. */
export function sendableText(text: string): string {
  return splitSections(text)
    .filter(({ kind }) => kind !== "ignored")
    .map(({ start, end }) => text.slice(start, end).trim())
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The messages that ask for one report's findings. */
export function messagesFor(text: string): ModelMessage[] {
  return [
    { role: "system", content: MODEL_INSTRUCTIONS },
    { role: "user", content: sendableText(text) },
  ];
}

/** The messages that ask to mend a reply, with what is wrong with it. */
export function repairMessages(
  text: string,
  reply: string,
  problems: readonly string[],
): ModelMessage[] {
  const request = `That answer cannot be used: ${problems.join("; ")}. Answer again with the corrected JSON only.`;
  return [
    ...messagesFor(text),
    { role: "assistant", content: reply },
    { role: "user", content: request },
  ];
}
