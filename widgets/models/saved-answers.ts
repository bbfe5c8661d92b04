/** What a kernel told a widget's views beside its state, kept for a page without a kernel. */
export interface SavedAnswers {
  /** Base64, each once. */
  readonly buffers: readonly string[];
  readonly messages: readonly SavedAnswer[];
}

/** One message: its content, and which of `SavedAnswers.buffers` came with it. */
export interface SavedAnswer {
  readonly content: object;
  readonly buffers: readonly number[];
}

/** By the widget's model id. */
export type SavedAnswersById = Readonly<Record<string, SavedAnswers>>;
