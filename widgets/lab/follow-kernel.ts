/** How the way to a notebook's kernel is: open, being tried again, given up; or the kernel that was there is no more. */
export type KernelLine = "connected" | "connecting" | "disconnected" | "ended";

/** Tells of changes until the returned function is called. */
export type FollowKernel = (from: object, tell: (line: KernelLine) => void) => () => void;

type Slot<Value> = (sender: unknown, value: Value) => void;

/** The part of Lumino's signals that we use. */
export interface Signal<Value> {
  connect(slot: Slot<Value>): unknown;
  disconnect(slot: Slot<Value>): unknown;
}

/** The part of JupyterLab's `ISessionContext` that we use. */
interface SessionContext {
  readonly statusChanged: Signal<string>;
  readonly connectionStatusChanged: Signal<KernelLine>;
  readonly kernelChanged: Signal<{ readonly oldValue: unknown }>;
}

/** Statuses after which no widget of the kernel is left. A restart that the server began is not told to widget managers. */
const endings: ReadonlySet<string> = new Set(["restarting", "autorestarting", "dead"]);

/** Follows the kernel of the notebook or console that a widget of JupyterLab's is in. */
export const followLabKernel: FollowKernel = (from, tell) => {
  const session = sessionOf(from);
  if (session === undefined) return () => undefined;
  const { statusChanged, connectionStatusChanged, kernelChanged } = session;
  const byStatus: Slot<string> = (_, status) => {
    if (endings.has(status)) tell("ended");
  };
  const byLine: Slot<KernelLine> = (_, line) => {
    tell(line);
  };
  const byKernel: Slot<{ readonly oldValue: unknown }> = (_, { oldValue }) => {
    if (oldValue !== null) tell("ended");
  };
  statusChanged.connect(byStatus);
  connectionStatusChanged.connect(byLine);
  kernelChanged.connect(byKernel);
  return () => {
    statusChanged.disconnect(byStatus);
    connectionStatusChanged.disconnect(byLine);
    kernelChanged.disconnect(byKernel);
  };
};

function sessionOf(from: object): SessionContext | undefined {
  for (let part: object | null = from; part !== null; part = parentOf(part)) {
    if ("sessionContext" in part) return part.sessionContext as SessionContext;
  }
  return undefined;
}

function parentOf(part: object): object | null {
  return (part as { readonly parent?: object | null }).parent ?? null;
}
