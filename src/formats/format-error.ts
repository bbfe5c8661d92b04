/** Bytes that are not what their format says: `format` names it, `fix` says what to do. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly format: string;
  readonly fix: string;

  constructor(
    format: string,
    problem: string,
    { fix, cause }: { readonly fix: string; readonly cause?: unknown },
  ) {
    super(`${format}: ${problem}. ${fix}`, cause === undefined ? undefined : { cause });
    this.format = format;
    this.fix = fix;
  }
}
