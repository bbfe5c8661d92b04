import { fileFromWire, wireFromFile, type UploadedFile } from "./uploaded-file.ts";
import type { TraitSpec, TraitType } from "./trait-spec.ts";
import {
  dateFromWire,
  datetimeFromWire,
  localDatetimeFromWire,
  timeFromWire,
  wireFromDate,
  wireFromDatetime,
  wireFromLocalDatetime,
  wireFromTime,
} from "./wire-dates.ts";

interface ValueRule {
  /** What is allowed, as it ends the sentence "value must be …". */
  readonly says: string;
  readonly isValid: (value: unknown) => boolean;
  readonly encode?: (value: never) => unknown;
  readonly decode?: (wire: never) => unknown;
}

const isDate = (value: unknown): boolean => value instanceof Date && !Number.isNaN(value.getTime());
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const rules: Readonly<Record<TraitType, ValueRule>> = {
  any: { says: "any value", isValid: () => true },
  bool: { says: "true or false", isValid: (value) => typeof value === "boolean" },
  // No `instanceof`: cells may hand over arrays of another realm.
  bytes: {
    says: "bytes (a Uint8Array)",
    isValid: (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer,
  },
  date: {
    says: "a valid Date",
    isValid: isDate,
    encode: wireFromDate,
    decode: dateFromWire,
  },
  datetime: {
    says: "a valid Date",
    isValid: isDate,
    encode: wireFromDatetime,
    decode: datetimeFromWire,
  },
  files: {
    says: "a list of uploaded files",
    isValid: (value) => Array.isArray(value),
    encode: (files: readonly UploadedFile[]) => files.map(wireFromFile),
    decode: (files: readonly never[]) => files.map(fileFromWire),
  },
  float: {
    says: "a finite number (JSON has no NaN and no Infinity)",
    isValid: (value) => Number.isFinite(value),
  },
  int: { says: "a whole number", isValid: (value) => Number.isSafeInteger(value) },
  list: { says: "a list", isValid: (value) => Array.isArray(value) },
  localDatetime: {
    says: "a valid Date",
    isValid: isDate,
    encode: wireFromLocalDatetime,
    decode: localDatetimeFromWire,
  },
  object: { says: "an object", isValid: isObject },
  string: { says: "a string", isValid: (value) => typeof value === "string" },
  time: {
    says: "a valid Date, of which the time of day counts",
    isValid: isDate,
    encode: wireFromTime,
    decode: timeFromWire,
  },
  widget: {
    says: "a widget",
    isValid: (value) => isObject(value) && "modelId" in value && "wireState" in value,
  },
};

/** What `value` would have to be, or `undefined` when it is that already. */
export function faultOf(spec: TraitSpec, value: unknown): string | undefined {
  if (value === null && spec.isNullable === true) return undefined;
  const { type, words, items, length } = spec;
  const ruleSays = type === "string" && words !== undefined ? "" : rules[type].says;
  const allowed = [
    length === undefined ? ruleSays : `a list of ${length} elements`,
    ...(words ?? []).map((word) => JSON.stringify(word)),
    ...(spec.isNullable === true ? ["null"] : []),
  ];
  const says = allowed.filter((text) => text !== "").join(", ");
  const isWord = words?.includes(value as string) === true;
  if (words !== undefined && type === "string") return isWord ? undefined : `one of ${says}`;
  if (isWord) return undefined;
  if (!rules[type].isValid(value)) return says;
  if (!Array.isArray(value)) return undefined;
  if (length !== undefined && value.length !== length) return says;
  if (items === undefined || value.every((item) => rules[items].isValid(item))) return undefined;
  return `a list in which each element is ${rules[items].says}`;
}

/** A trait's value as JSON, with bytes and widgets still inside. */
export function encodeTrait({ type }: TraitSpec, value: unknown): unknown {
  return value === null ? null : (rules[type].encode?.(value as never) ?? value);
}

/** The other way round. */
export function decodeTrait({ type }: TraitSpec, wire: unknown): unknown {
  return wire === null ? null : (rules[type].decode?.(wire as never) ?? wire);
}
