/** What is known of one film beside its pixels. */
export interface Film {
  /** Unique within its dataset: a file name, or the phantom's film number. */
  readonly id: string;
  readonly patient: string;
  /** Findings, as the dataset names them; an empty list means that nothing is known. */
  readonly labels: readonly string[];
  /**
   * The pathology cell: films with equal cells are "the same pathology" for group supervision.
   * Phantom: type, side, zone and severity bin; folders: the sorted label set.
   */
  readonly cell: string;
  /** View, sex, age and the like, as strings; absent columns are absent keys. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Greyscale films of one size, their labels, and a way to read their pixels. */
export interface FilmDataset {
  /** Short name for folders and titles: "phantom-v1", "nih". */
  readonly name: string;
  readonly imageSizePx: number;
  /** Every label that occurs, most frequent first. */
  readonly classes: readonly string[];
  readonly films: readonly Film[];
  /** A hash of what the dataset holds: equal fingerprints mean equal films in equal order. */
  readonly fingerprint: string;
  /**
   * Pixels of the films at `indices`, shape [B, H, W] row by row, 0 black to 1 white.
   * A film that cannot be read is never silently replaced: it is left out of `films` at opening.
   */
  readImages(indices: readonly number[]): Promise<Float32Array>;
}
