/** A widget's state as a view sees it; the shape of anywidget's front-end module format (AFM). */
export interface ViewModel<State> {
  get<Name extends keyof State & string>(name: Name): State[Name];
  set<Name extends keyof State & string>(name: Name, value: State[Name]): void;
  /** Sends what was `set` to the kernel. */
  save_changes(): void;
  on(event: string, callback: (...values: never[]) => void): void;
  off(event: string, callback: (...values: never[]) => void): void;
  /** Sends a message that is not state. */
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
}

/** Binary data as the different front ends hand it over. */
export type BinaryData = ArrayBuffer | ArrayBufferView;

/**
 * Event of a model whose kernel can be reached again after its connection was lost: state is up to date, but messages that are not state
 * may have been missed.
 */
export const reconnectedEvent = "reconnected";

export interface InitializeContext<State> {
  readonly model: ViewModel<State>;
  /** Aborted when the model is gone. */
  readonly signal: AbortSignal;
}

export interface RenderContext<State, Shared> extends InitializeContext<State> {
  /** An empty element of the page; the view fills it. */
  readonly el: HTMLElement;
  /** What `initialize` made for all views of this model. */
  readonly shared?: Shared | undefined;
}

/** One widget's module: the same for JupyterLab, our own page, tests and exports. */
export interface WidgetFrontEnd<State, Shared> {
  /** Once for each model. */
  initialize(context: InitializeContext<State>): Shared;
  /** Once for each view; `signal` is aborted when the view is removed. */
  render(context: RenderContext<State, Shared>): void;
}

/** The bytes of binary data, whatever it came as; a view, not a copy. */
export function bytesFromBinary(binary: BinaryData): Uint8Array {
  return ArrayBuffer.isView(binary)
    ? new Uint8Array(binary.buffer, binary.byteOffset, binary.byteLength)
    : new Uint8Array(binary);
}
