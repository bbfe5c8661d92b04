/** What a cell ends with when the user stops it. */
export class InterruptedError extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("the cell was stopped");
  }
}
