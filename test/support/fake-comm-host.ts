import type {
  Comm,
  CommHost,
  CommMessage,
  CommOpenOptions,
  CommSendOptions,
} from "#widgets/models/index.ts";

/** One message that the kernel side sent. */
export interface SentMessage {
  readonly kind: "open" | "message" | "close";
  readonly commId: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** A comm host without a kernel: keeps what was sent, and lets a test play the front end. */
export interface FakeCommHost extends CommHost {
  readonly sent: SentMessage[];
  /** Called for each message after it was kept. */
  onSend: (message: SentMessage) => void;
  /** Delivers a front end's message. */
  deliver(commId: string, data: unknown, buffers?: readonly Uint8Array[]): void;
  /** Opens a comm from the front end; returns its id. */
  openFromFrontEnd(targetName: string): string;
  closeFromFrontEnd(commId: string): void;
  /** What the host says of cells. */
  cell: string | undefined;
  discardCell(cellId: string): void;
}

export function fakeCommHost(): FakeCommHost {
  const handlers = new Map<string, (message: CommMessage) => void | Promise<void>>();
  const closers = new Map<string, (message: CommMessage) => void>();
  const targets = new Map<string, (comm: Comm, open: CommMessage) => void>();
  const discarders: ((cellId: string) => void)[] = [];
  let count = 0;
  const empty: CommMessage = { data: {}, metadata: {}, buffers: [] };

  const keep = (
    kind: SentMessage["kind"],
    commId: string,
    data: unknown,
    { metadata = {}, buffers = [] }: CommSendOptions = {},
  ): void => {
    // As on the wire: what is not JSON is lost, buffers are copied.
    const copy = JSON.parse(JSON.stringify(data ?? {})) as unknown;
    const copies = buffers.map((bytes) => bytes.slice());
    const message = { kind, commId, data: copy, metadata, buffers: copies };
    host.sent.push(message);
    host.onSend(message);
  };
  const comm = (commId: string, targetName: string): Comm => ({
    commId,
    targetName,
    send: (data, options) => {
      keep("message", commId, data, options);
    },
    close: (data) => {
      keep("close", commId, data);
    },
    onMessage: (handler) => void handlers.set(commId, handler),
    onClose: (handler) => void closers.set(commId, handler),
  });
  const host: FakeCommHost = {
    sent: [],
    onSend: () => {},
    cell: undefined,
    open(targetName, data, options: CommOpenOptions = {}) {
      const commId = options.commId ?? `comm-${(count += 1)}`;
      keep("open", commId, data, options);
      return comm(commId, targetName);
    },
    registerTarget: (targetName, handler) => void targets.set(targetName, handler),
    currentCell: () => host.cell,
    onCellDiscarded: (handler) => void discarders.push(handler),
    deliver(commId, data, buffers = []) {
      void handlers.get(commId)?.({ data, metadata: {}, buffers });
    },
    openFromFrontEnd(targetName) {
      const commId = `front-${(count += 1)}`;
      targets.get(targetName)?.(comm(commId, targetName), empty);
      return commId;
    },
    closeFromFrontEnd: (commId) => closers.get(commId)?.(empty),
    discardCell: (cellId) => {
      for (const handler of discarders) handler(cellId);
    },
  };
  return host;
}
