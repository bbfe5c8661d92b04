import { inspect, types } from "node:util";
import type { DebugVariable } from "../protocol/index.ts";

export type NamedValue = readonly [name: string, value: unknown];

export interface ChildrenRange {
  /** First child; 0 when omitted. */
  readonly start?: number | undefined;
  /** How many children; all when omitted or 0. */
  readonly count?: number | undefined;
}

/** What a reference stands for: a list of variables, or a part of a long list. */
type Inside =
  | { readonly kind: "list"; readonly entries: readonly NamedValue[] }
  | { readonly kind: "value"; readonly target: WeakRef<object> }
  | {
      readonly kind: "range";
      readonly target: WeakRef<object>;
      readonly start: number;
      readonly end: number;
    };

/** Longest text of a value, in characters. */
const longestValue = 200;
/** A longer list is shown in groups of at most this many. */
const longestList = 100;
/** An object shows at most this many properties. */
const mostProperties = 1000;

/** Values of the user process as a debugger shows them, level by level; running no code of theirs. */
export class VariableTree {
  readonly #inside = new Map<number, Inside>();
  readonly #references = new WeakMap<object, number>();
  readonly #ranges = new WeakMap<object, Map<string, number>>();
  /** References that are void when the code runs on. */
  readonly #passing: number[] = [];
  #last = 0;

  /** Keeps a list of variables, such as a scope, until `forgetLists`. */
  keepList(entries: readonly NamedValue[]): number {
    const reference = this.#add({ kind: "list", entries });
    this.#passing.push(reference);
    return reference;
  }

  forgetLists(): void {
    for (const reference of this.#passing.splice(0)) this.#inside.delete(reference);
  }

  /** What is inside a list or a value; nothing when it is gone. */
  children(reference: number, { start = 0, count = 0 }: ChildrenRange = {}): DebugVariable[] {
    const inside = this.#inside.get(reference);
    if (inside === undefined) return [];
    const all = this.#childrenOf(inside);
    return count > 0 ? all.slice(start, start + count) : all.slice(start);
  }

  variables(entries: readonly NamedValue[]): DebugVariable[] {
    return entries.map(([name, value]) => ({ ...this.variable(name, value), evaluateName: name }));
  }

  variable(name: string, value: unknown): DebugVariable {
    const type = typeName(value);
    return {
      name,
      value: shortText(value),
      ...(type === undefined ? {} : { type }),
      variablesReference: hasInside(value) ? this.#referenceOf(value) : 0,
    };
  }

  #childrenOf(inside: Inside): DebugVariable[] {
    if (inside.kind === "list") return this.variables(inside.entries);
    const target = inside.target.deref();
    if (target === undefined) return [];
    if (inside.kind === "range") return this.#elements(target, inside.start, inside.end);
    if (isList(target)) return this.#elements(target, 0, target.length);
    if (types.isMap(target) || types.isSet(target)) return this.#members(target);
    return this.#properties(target);
  }

  #elements(target: object, start: number, end: number): DebugVariable[] {
    const length = end - start;
    if (length > longestList) {
      const step = groupSize(length);
      const groups: DebugVariable[] = [];
      for (let first = start; first < end; first += step) {
        const last = Math.min(end, first + step);
        groups.push({
          name: `[${first} … ${last - 1}]`,
          value: "",
          variablesReference: this.#rangeOf(target, first, last),
        });
      }
      return groups;
    }
    const elements: DebugVariable[] = [];
    for (let index = start; index < end; index += 1) {
      elements.push(this.#property(target, String(index)));
    }
    return elements;
  }

  #members(target: Map<unknown, unknown> | Set<unknown>): DebugVariable[] {
    const entries = types.isMap(target)
      ? [...Map.prototype.entries.call(target)].map(
          ([key, value]) => [shortText(key), value] as const,
        )
      : [...Set.prototype.values.call(target)].map(
          (value, index) => [String(index), value] as const,
        );
    return entries.slice(0, mostProperties).map(([name, value]) => this.variable(name, value));
  }

  #properties(target: object): DebugVariable[] {
    // What an error says is hidden from loops.
    const isShown = (key: string | symbol): boolean =>
      types.isNativeError(target) || Object.prototype.propertyIsEnumerable.call(target, key);
    return Reflect.ownKeys(target)
      .filter(isShown)
      .slice(0, mostProperties)
      .map((key) => this.#property(target, key));
  }

  #property(target: object, key: string | symbol): DebugVariable {
    const name = String(key);
    try {
      const property = Object.getOwnPropertyDescriptor(target, key);
      if (property === undefined) return { name, value: "", type: "empty", variablesReference: 0 };
      if (property.get === undefined && property.set === undefined) {
        return this.variable(name, property.value);
      }
      return { name, value: "(accessor)", type: "accessor", variablesReference: 0 };
    } catch (error) {
      // A name of a module that has not run yet.
      return { name, value: `(${String(error)})`, variablesReference: 0 };
    }
  }

  /** The same object has the same reference, so that an open branch stays open. */
  #referenceOf(value: object): number {
    const known = this.#references.get(value);
    if (known !== undefined) return known;
    const reference = this.#add({ kind: "value", target: new WeakRef(value) });
    this.#references.set(value, reference);
    return reference;
  }

  #rangeOf(target: object, start: number, end: number): number {
    const ranges = this.#ranges.get(target) ?? new Map<string, number>();
    this.#ranges.set(target, ranges);
    const key = `${start} ${end}`;
    const known = ranges.get(key);
    if (known !== undefined) return known;
    const reference = this.#add({ kind: "range", target: new WeakRef(target), start, end });
    ranges.set(key, reference);
    return reference;
  }

  #add(inside: Inside): number {
    this.#last += 1;
    this.#inside.set(this.#last, inside);
    return this.#last;
  }
}

/** Groups of a power of 100, so that no level is longer than 100. */
function groupSize(length: number): number {
  let size = longestList;
  while (length > size * longestList) size *= longestList;
  return size;
}

function isList(value: object): value is { readonly length: number } {
  return !types.isProxy(value) && (Array.isArray(value) || types.isTypedArray(value));
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function hasInside(value: unknown): value is object {
  if (!isObject(value) || types.isProxy(value)) return false;
  if (isList(value)) return value.length > 0;
  if (types.isMap(value) || types.isSet(value)) return value.size > 0;
  if (types.isDate(value) || types.isRegExp(value)) return false;
  // JupyterLab shows every function as one that can be opened.
  if (typeof value === "function" || types.isNativeError(value)) return true;
  // Not by `Object.keys`, which fails for a module that has not run yet.
  return Reflect.ownKeys(value).length > 0;
}

/**
 * The type of a value. For primitives these are the names that JupyterLab's variable tree knows: it shows their value, and of everything
 * else the type.
 */
export function typeName(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) ? "int" : "float";
    case "boolean":
      return "bool";
    case "string":
      return "str";
    case "object":
      return value === null ? undefined : className(value);
    case "function":
      return "function";
    default:
      // The tree shows the value where there is no type.
      return undefined;
  }
}

function className(value: object): string {
  if (types.isProxy(value)) return "Proxy";
  const name = constructorName(value) ?? "Object";
  if (isList(value)) return `${name}(${value.length})`;
  if (types.isMap(value) || types.isSet(value)) return `${name}(${value.size})`;
  return name;
}

function constructorName(value: object): string | undefined {
  let owner: object | null = value;
  while (owner !== null && !types.isProxy(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, "constructor");
    if (typeof property?.value === "function") {
      const { name } = property.value as { readonly name: unknown };
      return typeof name === "string" && name !== "" ? name : undefined;
    }
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return undefined;
}

function shortText(value: unknown): string {
  const text = inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    customInspect: false,
    maxArrayLength: 10,
    maxStringLength: longestValue,
    showProxy: true,
  });
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** A value in full, as the debug console shows it. */
export function longText(value: unknown): string {
  return typeof value === "string" ? inspect(value) : inspect(value, { maxStringLength: 10_000 });
}
