/**
 * Something that the user gave cannot be used: a folder, a file, an option. One line says what and what
 * to do; the command line ends with status 2 on it.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  /** What the user can do about it. */
  readonly fix: string;

  constructor(problem: string, fix: string, cause?: unknown) {
    super(`${problem} ${fix}`, cause === undefined ? undefined : { cause });
    this.fix = fix;
  }
}
