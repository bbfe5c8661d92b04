/** One line of the doctor's. */
export interface Finding {
  readonly status: "ok" | "missing" | "note";
  readonly text: string;
  /** What to do about it. */
  readonly fix?: string;
}
