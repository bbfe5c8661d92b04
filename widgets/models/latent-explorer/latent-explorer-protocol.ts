// What the kernel side and the views of the latent explorer say to each other. Points, pictures and whatever
// follows a drag are messages, not state: state is saved with the notebook, and has to stay small.

export type MapKind = "pca" | "umap" | "axes";

export const mapKinds: readonly MapKind[] = ["pca", "umap", "axes"];

/** What a group's sliders move along: its principal components, or single codes. */
export type SliderBasis = "directions" | "codes";

/** Synced state, beside what every visible widget has. */
export interface LatentExplorerState {
  readonly title: string;
  readonly imageSizePx: number;
  readonly filmCount: number;
  readonly groups: readonly CodeGroup[];
  /** Names of the columns that films can be coloured by. */
  readonly columns: readonly string[];
  readonly map: MapKind;
  /** The group whose codes the map shows and moves; all codes when empty. */
  readonly mapGroup: string;
  /** The codes on the axes where the map is of two codes. */
  readonly axes: readonly [horizontal: number, vertical: number];
  /** A column's name; one colour when empty. */
  readonly colourBy: string;
  readonly sliderBasis: SliderBasis;
  /** Ends of the path, film indices. */
  readonly pathFrom: number | null;
  readonly pathTo: number | null;
  /** The group that the path changes; all codes when empty. */
  readonly pathGroup: string;
  /** What the kernel is at work on: "Fitting UMAP: 40 %"; empty when nothing. */
  readonly progress: string;
  /** Where the cursor rests on the map. */
  readonly position: readonly [x: number, y: number];
  readonly selectedCount: number;
  /** Counts the changes of the selection. */
  readonly selectionVersion: number;
}

export interface CodeGroup {
  readonly name: string;
  /** First of its codes in a row. */
  readonly from: number;
  readonly width: number;
}

export interface SliderSpec {
  readonly name: string;
  /** What is known of it: "34 % of the variance". */
  readonly detail: string;
  readonly low: number;
  readonly high: number;
}

/** Where someone wants to go. */
export type ExplorerTarget =
  | { readonly kind: "place"; readonly x: number; readonly y: number }
  | {
      readonly kind: "slider";
      readonly group: number;
      readonly slider: number;
      readonly value: number;
    }
  | { readonly kind: "film"; readonly film: number }
  | { readonly kind: "path"; readonly at: number }
  /** A cell of the neighbour grid that was drawn around code `version`. */
  | { readonly kind: "neighbour"; readonly version: number; readonly cell: number };

/** A set of small pictures around the code. */
export type Surrounding =
  | { readonly kind: "strip"; readonly group: number; readonly slider: number }
  | { readonly kind: "neighbours" }
  | { readonly kind: "path" };

export type SelectedRegion =
  | { readonly kind: "polygon"; readonly places: readonly number[] }
  | { readonly kind: "ring"; readonly x: number; readonly y: number; readonly radius: number }
  | { readonly kind: "films"; readonly films: readonly number[] }
  | { readonly kind: "colour"; readonly place: number };

export type SelectionMode = "replace" | "add" | "toggle";

/** View to kernel. */
export type LatentExplorerRequest =
  /** A view is there and knows nothing. */
  | { readonly type: "hello" }
  /**
   * Go there. Only the newest counts; the answer is a frame. Asking again says that the frame before is on the screen.
   */
  | {
      readonly type: "ask";
      readonly client: string;
      readonly sequence: number;
      readonly target: ExplorerTarget;
    }
  /** The pictures that the view misses around code `version`, most urgent first; replaces the list before. */
  | {
      readonly type: "surroundings";
      readonly version: number;
      readonly wants: readonly Surrounding[];
    }
  | { readonly type: "thumbnails"; readonly films: readonly number[] }
  | { readonly type: "select"; readonly region: SelectedRegion; readonly mode: SelectionMode }
  | { readonly type: "copy"; readonly client: string }
  /** Films whose name, or whose patient's, is like `text`. */
  | { readonly type: "find"; readonly client: string; readonly text: string }
  /** Every batch of pictures up to this one is on the screen. */
  | { readonly type: "drawn"; readonly sequence: number };

export interface NearestFilm {
  readonly film: number;
  readonly label: string;
  /** "finding: Effusion, severity: mild". */
  readonly facts: string;
  /** Distance of the codes. */
  readonly distance: number;
  /** Its place among the colours. */
  readonly colour: number;
}

/** Frames, with the film's bytes as first buffer and the sliders' values (Float32) as second. */
export interface ExplorerFrame {
  readonly type: "frame";
  /** The newest request of each client that this answers. */
  readonly answers: Readonly<Record<string, number>>;
  /** Counts the codes. */
  readonly version: number;
  readonly x: number;
  readonly y: number;
  readonly nearest: NearestFilm;
  /** Why the code could not be decoded; empty when it could. */
  readonly fault: string;
  readonly pathAt: number | null;
}

/** How films are coloured, with each one's colour (Uint16) as buffer. */
export interface ExplorerColours {
  readonly type: "colours";
  readonly column: string;
  /**
   * `categories`: a colour each, those from `names.length` on share one; `ordered`: a scale in steps; `scale`: 0 to 255 from
   * `low` to `high`, 256 unknown; `same`: too many to tell apart, so only those equal to the nearest film's stand out.
   */
  readonly kind: "none" | "categories" | "ordered" | "scale" | "same";
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** How many films have none of `names`. */
  readonly others: number;
  readonly low: number;
  readonly high: number;
}

/** Small pictures: `images` counts its buffers. */
export type SurroundingPictures = Surrounding & {
  readonly version: number;
  readonly steps: readonly number[];
  readonly images: number;
  readonly fault: string;
};

export interface Thumbnail {
  readonly film: number;
  readonly label: string;
  readonly facts: string;
}

/** Kernel to views. */
export type LatentExplorerUpdate =
  /** Buffers: x and y of all films, Uint16. */
  | { readonly type: "points"; readonly axisNames: readonly [string, string] }
  | ExplorerColours
  | { readonly type: "sliders"; readonly groups: readonly (readonly SliderSpec[])[] }
  /** Buffer: a bit for each film. */
  | { readonly type: "selection" }
  /** The path as places on the map, x and y in turn. */
  | { readonly type: "pathLine"; readonly places: readonly number[] }
  | ExplorerFrame
  /** Buffers: all images in turn. */
  | {
      readonly type: "pictures";
      readonly sequence: number;
      readonly sidePx: number;
      readonly pictures: readonly SurroundingPictures[];
    }
  /** Buffers: one film each, `sidePx` square; empty when it could not be read. */
  | { readonly type: "thumbnails"; readonly sidePx: number; readonly films: readonly Thumbnail[] }
  | { readonly type: "code"; readonly client: string; readonly text: string }
  /** The best first, few. */
  | {
      readonly type: "found";
      readonly client: string;
      readonly text: string;
      readonly films: readonly Thumbnail[];
    };

/** Pictures in a traversal strip, and along the path. */
export const stripLength = 7;
/** The neighbour grid has so many rows and columns. */
export const neighbourSide = 5;
