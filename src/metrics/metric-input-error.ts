/** Numbers that a metric cannot be computed from; `metric` and `argument` name the place. */
export class MetricInputError extends Error {
  override readonly name = "MetricInputError";
  readonly metric: string;
  readonly argument: string;

  constructor(metric: string, argument: string, problem: string) {
    super(`${metric}: ${argument} ${problem}`);
    this.metric = metric;
    this.argument = argument;
  }
}
