/** A file could not be fetched; `fix` says what to do. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly fix: string;

  constructor(problem: string, fix: string, cause?: unknown) {
    super(`${problem} ${fix}`, cause === undefined ? undefined : { cause });
    this.fix = fix;
  }
}
