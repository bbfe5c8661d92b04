// What the kernel side and the views of the pathology swap say to each other: both sides are checked
// against the same shapes.

/** One cell: whose film, and whose pathology it is to show. */
export interface CellPlace {
  readonly identity: number;
  readonly pathology: number;
}

/** One film in the margin of the grid. */
export interface SourceFilm {
  readonly label: string;
  /** More about it for the read-out: "female, 61 years, PA". */
  readonly detail: string;
  /** 8-bit pixels; null when the source is a code or a class without a film of its own. */
  readonly film: Uint8Array | null;
  /** The column that is this film's own pathology; null when none is. */
  readonly pathology: number | null;
}

/** The film that a counterfactual is compared with. */
export type ComparedWith = "original" | "reconstruction" | "exact";

/** The pathology that an identity was given; null while it has its own. */
export type GivenPathology = number | null;

/** Ranges of the difference map that a reader can choose from, in intensity. */
export const differenceRanges: readonly number[] = [0.1, 0.25, 0.5, 1];

/** Synced state, beside what every visible widget has. */
export interface PathologySwapState {
  readonly title: string;
  readonly imageSizePx: number;
  readonly identities: readonly SourceFilm[];
  readonly pathologies: readonly SourceFilm[];
  /** Indices of the identities that are rows, ascending, at least one. */
  readonly shownRows: readonly number[];
  /** Indices of the pathologies that are columns, ascending, at least one. */
  readonly shownColumns: readonly number[];
  readonly selected: CellPlace;
  /** What each identity was given by swapping. */
  readonly given: readonly GivenPathology[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Ends of the severity sliders; null when the films have no severity to choose. */
  readonly severityRange: readonly [number, number] | null;
  /** Chosen severity of each pathology; 1 is the pathology film's own. */
  readonly severities: readonly number[];
  readonly comparedWith: ComparedWith;
  /** Intensity at which the difference map ends on either side. */
  readonly differenceRange: number;
  readonly windowCenter: number;
  readonly windowWidth: number;
  /** Whether films are interpolated; sharp pixels otherwise. */
  readonly isSmooth: boolean;
}

/** How far the counterfactual is from one film, in intensity (0 to 1). */
export interface Distance {
  readonly meanAbsolute: number;
  readonly largest: number;
}

/** A cell that is there; films are numbers of buffers of the same message. */
export interface ReadyCell extends CellPlace {
  readonly status: "ready";
  readonly image: number;
  readonly reconstruction: number | null;
  readonly exact: number | null;
  readonly severity: number;
  readonly fromOriginal: Distance;
  readonly fromReconstruction: Distance | null;
  readonly fromExact: Distance | null;
  /** How far the original is from the exact counterfactual: what leaving the film as it is would cost. */
  readonly originalFromExact: Distance | null;
}

export interface FailedCell extends CellPlace {
  readonly status: "failed";
  /** One short line. */
  readonly message: string;
  readonly severity: number;
}

/** Kernel to views. */
export type PathologySwapUpdate =
  | {
      readonly type: "cells";
      readonly sequence: number;
      readonly cells: readonly (ReadyCell | FailedCell)[];
    }
  /** All cells changed: a view keeps showing the old ones and asks for the new. */
  | { readonly type: "stale" }
  /** A file to save, its bytes in the message's buffer. */
  | {
      readonly type: "file";
      readonly name: string;
      readonly mimeType: string;
      /** Of the request: only the page that asked saves it. */
      readonly ticket: string;
    };

/** View to kernel. */
export type PathologySwapRequest =
  /** The cells that the view misses, most urgent first; replaces the list before. */
  | { readonly type: "want"; readonly cells: readonly CellPlace[] }
  /** Everything up to this batch is on the screen. */
  | { readonly type: "drawn"; readonly sequence: number }
  /** Try a failed cell once more. */
  | { readonly type: "retry"; readonly cell: CellPlace }
  /** Give an identity a pathology, or its own back (null). */
  | { readonly type: "give"; readonly identity: number; readonly pathology: GivenPathology }
  /** Two identities exchange what they have. */
  | { readonly type: "exchange"; readonly identities: readonly [number, number] }
  | { readonly type: "undo" | "redo" }
  /** Send the cell as a file. */
  | { readonly type: "export"; readonly cell: CellPlace; readonly ticket: string };
