/** A device that does not exist or does not work here; `given` and `allowed` hold the names. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
  readonly given: string;
  readonly allowed: readonly string[];
  constructor(message: string, given: string, allowed: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.given = given;
    this.allowed = allowed;
  }
}

/** Something that a compiled function must not do; the message names the user's line. */
export class TraceError extends Error {
  override readonly name = "TraceError";
  /** "file:line:column" of the user's call, when the stack shows it. */
  readonly callSite: string | undefined;
  constructor(message: string, callSite: string | undefined, options?: ErrorOptions) {
    super(callSite === undefined ? message : `${message}\n  at ${callSite}`, options);
    this.callSite = callSite;
  }
}

/** A tf.js kernel, or a setting of one, that cannot be compiled; `kernel` is its tf.js name. */
export class UncoveredKernelError extends TraceError {
  readonly kernel: string;
  constructor(kernel: string, message: string, callSite: string | undefined) {
    super(message, callSite);
    this.kernel = kernel;
  }
}

/** Inputs of a run that do not fit the compiled program. */
export class RunInputError extends Error {
  override readonly name = "RunInputError";
}

/** The native runtime refused a graph or failed while running it. */
export class RuntimeFailure extends Error {
  override readonly name = "RuntimeFailure";
}
