/** MIME type of a live view, as front ends know it. */
export const widgetViewMimeType = "application/vnd.jupyter.widget-view+json";

/** MIME type by which our lab extension shows the picture at once and the live view when it can. */
export const snapshotMimeType = "application/vnd.counterlab.snapshot+json";

/** Content of `snapshotMimeType`; the picture itself is the bundle's `image/png`, and without one the words are shown. */
export interface Snapshot {
  readonly alt: string;
  /** The live widget, or null when there was none. */
  readonly modelId: string | null;
  /** Whether the words are those of when the widget was first shown, and are not replaced when it changes. */
  readonly isFirst?: boolean;
}
