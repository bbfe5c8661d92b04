export { extractFindings } from "./extract-findings.ts";
export { FINDING_FROM_CHEXPERT, FINDING_NAMES, findingNameFrom } from "./finding-names.ts";
export type { FindingName } from "./finding-names.ts";
export { goldFromTable } from "./gold-table.ts";
export { goldFromCodes } from "./mesh-gold.ts";
export {
  MODEL_INSTRUCTIONS,
  MODEL_REPLY,
  messagesFor,
  repairMessages,
  sendableText,
} from "./model-contract.ts";
export type { ModelMessage, ModelReply } from "./model-contract.ts";
export { parseModelReply } from "./parse-model-reply.ts";
export type { ParsedReply } from "./parse-model-reply.ts";
export { PRESENCES, SEVERITIES, SIDES, ZONES } from "./report-findings.ts";
export type {
  Presence,
  ReportFinding,
  ReportFindings,
  ReportSide,
  ReportText,
  ReportZone,
  Severity,
} from "./report-findings.ts";
export { splitSections } from "./sections.ts";
export type { Section, SectionKind } from "./sections.ts";
export { scoreFindings } from "./score-findings.ts";
export type { Agreement, FindingsScore, GoldFindings, LabelScore } from "./score-findings.ts";
