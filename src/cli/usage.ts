import { parseArgs } from "node:util";

/** Where a command writes. */
export interface CommandIo {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly err: { write(text: string): unknown };
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Option = { readonly type: "string" } | { readonly type: "boolean"; readonly short?: string };
/** A command's options as given. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Reads a command's options; `undefined` when `--help` was asked for and answered.
 *
 * @param help What `--help` prints. Its lines "  --name VALUE  text" and "  --name  text" are the options that there are.
 * @throws UsageError for unknown options, missing values and words left over.
 */
export function parseOptions(
  args: readonly string[],
  help: string,
  io: CommandIo,
): Values | undefined {
  let values: Values;
  try {
    values = parseArgs({ args: [...args], options: optionsIn(help) }).values;
  } catch (error) {
    const [first] = (error as Error).message.split("\n");
    throw new UsageError(`${first!.replace(/\.? To specify.*$/, "")}. See --help.`);
  }
  if (values["help"] === true) {
    io.out.write(`${help}\n`);
    return undefined;
  }
  return values;
}

/** A whole number given as an option's text. */
export function integerOption(
  values: Values,
  name: string,
  { min, otherwise }: { readonly min: number; readonly otherwise: number },
): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) {
    throw new UsageError(
      `--${name} ${String(text)} is not a whole number from ${min} up. Give one, or leave it out for ${otherwise}.`,
    );
  }
  return value;
}

/** A number above zero given as an option's text. */
export function positiveOption(values: Values, name: string, otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) {
    throw new UsageError(
      `--${name} ${String(text)} is not a number above 0. Give one, or leave it out for ${otherwise}.`,
    );
  }
  return value;
}

/** A text option, or its default. */
export function textOption<T extends string | undefined>(
  values: Values,
  name: string,
  otherwise: T,
): string | T {
  const value = values[name];
  return typeof value === "string" ? value : otherwise;
}

/** The options that a help text lists: with a value after one space, or switches. */
export function optionsIn(help: string): Record<string, Option> {
  return Object.fromEntries(
    Array.from(help.matchAll(/^ {2}--([a-z-]+)( \S)?/gm), ([, name, value]) => [
      name!,
      value === undefined
        ? { type: "boolean", ...(name === "help" ? { short: "h" } : {}) }
        : { type: "string" },
    ]),
  );
}
