/** A graph, a mechanism or a question that makes no causal sense; `fix` says what would. */
export class CausalError extends Error {
  override readonly name = "CausalError";
  readonly fix: string;
  constructor(problem: string, fix: string) {
    super(`${problem} ${fix}`);
    this.fix = fix;
  }
}
