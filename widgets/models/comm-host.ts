/** What a kernel offers to widget models: the Jupyter comm channel, without saying how it is carried. */
export interface CommHost {
  /** Opens a channel to the front end; the `comm_open` message is on its way when this returns. */
  open(targetName: string, data: unknown, options?: CommOpenOptions): Comm;
  /** Answers `comm_open` messages that a front end sends for `targetName`. */
  registerTarget(targetName: string, handler: (comm: Comm, open: CommMessage) => void): void;
  /** The front end's id of the notebook cell that is running (or ran last); `undefined` when the front end names none. */
  currentCell?(): string | undefined;
  /** Calls `handler` with the id of each cell that is about to run again or was deleted: what it opened before is stale. */
  onCellDiscarded?(handler: (cellId: string) => void): void;
}

export interface CommOpenOptions {
  readonly commId?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Uint8Array[];
}

export interface CommSendOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly buffers?: readonly Uint8Array[];
}

export interface CommMessage {
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** One open channel; both ends may send until either closes it. */
export interface Comm {
  readonly commId: string;
  readonly targetName: string;
  send(data: unknown, options?: CommSendOptions): void;
  /** Closes the channel and tells the front end; a second call does nothing. */
  close(data?: unknown): void;
  /** One handler at a time; a second call replaces the first. */
  onMessage(handler: (message: CommMessage) => void | Promise<void>): void;
  onClose(handler: (message: CommMessage) => void): void;
}

/** Where the kernel leaves its comm host for widget models, whichever copy of this module they came from. */
export const commHostKey: unique symbol = Symbol.for("counterlab.commHost") as never;

/** The running kernel's comm host, or `undefined` outside a kernel (plain Node, tests, scripts). */
export function currentCommHost(): CommHost | undefined {
  return (globalThis as { [commHostKey]?: CommHost })[commHostKey];
}
