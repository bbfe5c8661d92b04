/** Parts what is named at the front from the options behind it. */
export function splitTarget(args: readonly string[]): {
  readonly target: string | undefined;
  readonly options: readonly string[];
} {
  const [first, ...rest] = args;
  return first === undefined || first.startsWith("-")
    ? { target: undefined, options: args }
    : { target: first, options: rest };
}
