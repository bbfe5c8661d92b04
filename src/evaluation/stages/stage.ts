import type { NumberArray } from "../../formats/index.ts";
import type { Doing, Workshop } from "../workshop.ts";

/** What a stage leaves behind for good; small. */
export interface StageResult {
  /** Becomes `stages/NAME.json`. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** Becomes `stages/NAME.npz`. */
  readonly arrays?: Readonly<Record<string, NumberArray>>;
  /** PNG files by name, for `sheets/`. */
  readonly sheets?: Readonly<Record<string, Uint8Array>>;
}

/** A part of a suite, of an hour at most, that is done or not. */
export interface Stage {
  /** Names its files; unique in the suite. */
  readonly name: string;
  /** Stages that must be done before. */
  readonly needs: readonly string[];
  run(workshop: Workshop): AsyncGenerator<Doing, StageResult, void>;
}
