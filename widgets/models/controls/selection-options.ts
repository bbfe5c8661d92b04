/** What a selection offers: values, [label, value] pairs, an object or a Map of labels and values. */
export type SelectionOptions<Value = unknown> =
  | readonly Value[]
  | readonly (readonly [label: string, value: Value])[]
  | ReadonlyMap<string, Value>
  | Readonly<Record<string, Value>>;

/** Type of the values among `Options`. */
export type OptionValue<Options> = Options extends readonly (readonly [string, infer Value])[]
  ? Value
  : Options extends readonly (infer Value)[]
    ? Value
    : Options extends ReadonlyMap<string, infer Value>
      ? Value
      : Options extends Readonly<Record<string, infer Value>>
        ? Value
        : unknown;

export type OptionPair = readonly [label: string, value: unknown];

/** Options as [label, value] pairs; values without a label are labelled by their text. */
export function optionPairs(options: unknown, fault: (message: string) => Error): OptionPair[] {
  if (options instanceof Map) return [...(options as ReadonlyMap<string, unknown>)];
  if (typeof options !== "object" || options === null) {
    throw fault(
      `options must be a list of values or of [label, value] pairs, an object or a Map; it was given ${String(options)}.`,
    );
  }
  if (!Array.isArray(options)) return Object.entries(options);
  const list = options as readonly unknown[];
  if (list.every(isPair)) return [...list];
  return list.map((value) => {
    const text = textOf(value);
    if (typeof value === "object" && value !== null && text.startsWith("[object ")) {
      throw fault(
        "options that are objects have no text to show; give [label, value] pairs, or an object of label: value.",
      );
    }
    return [text, value];
  });
}

function textOf(value: unknown): string {
  return typeof value === "object" && value !== null
    ? (value as { toString(): string }).toString()
    : String(value);
}

function isPair(option: unknown): option is OptionPair {
  return Array.isArray(option) && option.length === 2 && typeof option[0] === "string";
}
