/** A frozen network that turns sentences into rows of length 1, as `SentenceEncoder` of src/conditioning. */
export interface OpenSentenceEncoder {
  readonly name: string;
  /** SHA-256 over its files, the first 16 hex digits. */
  readonly fingerprint: string;
  readonly width: number;
  embed(sentences: readonly string[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}
