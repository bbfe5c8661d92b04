export { CONDITION_FIELDS, ConditionError } from "./condition.ts";
export type { Condition, ConditionFinding } from "./condition.ts";
export { conditionArray, conditionTokens, conditionVocabulary } from "./condition-vocabulary.ts";
export type { ConditionVocabulary } from "./condition-vocabulary.ts";
export { dropConditions } from "./drop-conditions.ts";
export type { ConditionDropout } from "./drop-conditions.ts";
export { encodeConditions } from "./encode-conditions.ts";
export { conditionSentence, createConditionEmbedder } from "./sentences.ts";
export type { SentenceEncoder } from "./sentences.ts";
