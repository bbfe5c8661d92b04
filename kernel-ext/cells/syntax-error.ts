/** A cell that cannot be parsed; positions are 1-based and refer to the cell as the user wrote it. */
export class CellSyntaxError extends SyntaxError {
  override readonly name = "SyntaxError";
  readonly line: number;
  readonly column: number;

  constructor(
    message: string,
    { line, column }: { readonly line: number; readonly column: number },
  ) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** 1-based line and column of a UTF-16 offset. */
export function positionAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}
