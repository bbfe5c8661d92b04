/** A training that ended before its last step, or that cannot do what it was asked; the message says why. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}
