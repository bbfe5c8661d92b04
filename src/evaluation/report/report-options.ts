import type { Key } from "../../engine/index.ts";

/** What a report needs beside the results. */
export interface ReportOptions {
  /** What reproduces the report. */
  readonly command: string;
  readonly stream: Key;
  /** Class numbers of the test films at a film size. */
  readonly truthOf: (imageSizePx: number) => ArrayLike<number>;
}
