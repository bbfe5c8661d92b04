/** What a widget leaves behind in a notebook for readers without a kernel. */
export interface Picture {
  /** A complete PNG file. */
  readonly png: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The same in words, for screen readers and plain-text front ends. */
  readonly alt: string;
}
