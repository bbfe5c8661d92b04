/** Something that answers `textDocument/…` requests of the language server protocol about files it was shown. */
export interface TypeChecker {
  /** Shows it the present text of a file; the file need not exist. */
  setText(fileName: string, text: string): Promise<void>;
  request<Result>(method: string, fileName: string, parameters?: object): Promise<Result>;
  /** Tells it that files on disk may have changed. */
  refresh(files: readonly string[]): Promise<void>;
  close(): void;
}

export interface TypeCheckerOptions {
  /** Folder of the project. */
  readonly dir: string;
  readonly log: (line: string) => void;
  /** Called when the checker is no more, unless `close` asked for that. */
  readonly onEnd: () => void;
}
