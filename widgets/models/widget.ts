import { isSameOnWire, putBuffers, removeBuffers, type BufferPath } from "./buffers.ts";
import { currentCommHost, type Comm, type CommHost, type CommMessage } from "./comm-host.ts";
import { WidgetClosedError } from "./errors.ts";
import { machine, type Platform } from "./platform.ts";
import type { ModelNames } from "./widget-module.ts";
import { widgetRegistry, type LiveWidget, type WidgetRegistry } from "./widget-registry.ts";

/** Version of the widget messaging protocol that is spoken here; front ends check the major part. */
export const widgetProtocolVersion = "2.1.0";

export interface WidgetOptions {
  /** Where to open the channel; the running kernel's when omitted, none outside a kernel. */
  readonly commHost?: CommHost | undefined;
  readonly platform?: Platform;
}

/** One state value that changed. */
export interface StateChange<State, Name extends keyof State = keyof State> {
  readonly name: Name;
  readonly value: State[Name];
  readonly previous: State[Name];
}

const modelPrefix = "IPY_MODEL_";

/**
 * The kernel side of one widget: state that is kept equal in the kernel and in every front end
 * that shows it (Jupyter widget messaging protocol 2.1). It lives from `open` (its first display,
 * or its parent's) to `close`; outside a kernel it is a plain object that never opens.
 */
export abstract class Widget<State extends object> implements LiveWidget {
  readonly modelId: string;
  protected readonly platform: Platform;
  readonly #names: ModelNames;
  readonly #host: CommHost | undefined;
  readonly #stateHandlers = new Map<keyof State, Set<(change: StateChange<State>) => void>>();
  readonly #customHandlers = new Set<(content: unknown, buffers: readonly Uint8Array[]) => void>();
  #state: State;
  #comm: Comm | undefined;
  #registry: WidgetRegistry | undefined;
  #holdDepth = 0;
  #heldNames = new Set<keyof State>();
  /** What the front end sent and is being taken in: not sent back unless it comes out different. */
  #lock: Readonly<Record<string, unknown>> = {};
  readonly #waiting = new Set<(error: Error) => void>();

  protected constructor(names: ModelNames, state: State, options: WidgetOptions = {}) {
    this.platform = options.platform ?? machine();
    this.modelId = this.platform.newId();
    this.#names = names;
    this.#state = { ...state };
    this.#host = "commHost" in options ? options.commHost : currentCommHost();
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  /** Whether the channel to front ends is open. */
  get isLive(): boolean {
    return this.#comm !== undefined;
  }

  /** Changes some of the state: tells front ends in one message, then observers. */
  set(patch: Partial<State>): void {
    const changes = this.#assign(this.settle(patch));
    if (changes.length === 0) return;
    this.holdSync(() => {
      for (const { name } of changes) this.#heldNames.add(name);
    });
    this.#notify(changes);
  }

  /** Calls back after each change of `name`, from either side; the returned function ends it. */
  observe<Name extends keyof State>(
    name: Name,
    handler: (change: StateChange<State, Name>) => void,
  ): () => void {
    const handlers = this.#stateHandlers.get(name) ?? new Set();
    this.#stateHandlers.set(name, handlers);
    const entry = handler as unknown as (change: StateChange<State>) => void;
    handlers.add(entry);
    return () => void handlers.delete(entry);
  }

  /** Ends what `observe` began with the same handler. */
  unobserve<Name extends keyof State>(
    name: Name,
    handler: (change: StateChange<State, Name>) => void,
  ): void {
    this.#stateHandlers
      .get(name)
      ?.delete(handler as unknown as (change: StateChange<State>) => void);
  }

  /**
   * Waits for the next change of `name`, from either side, and resolves to the new value; a cell
   * may await it, because front ends are heard meanwhile.
   *
   * @throws {WidgetClosedError} When the widget is closed first.
   */
  changed<Name extends keyof State>(
    name: Name,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<State[Name]> {
    return this.wait(
      (done) =>
        this.observe(name, ({ value }) => {
          done(value);
        }),
      signal,
    );
  }

  /** Runs `body` and sends all that it changed as one message. */
  holdSync<Result>(body: () => Result): Result {
    this.#holdDepth += 1;
    try {
      return body();
    } finally {
      this.#holdDepth -= 1;
      if (this.#holdDepth === 0) this.#flush();
    }
  }

  /** Sends a message that is not state to every front end; dropped while not live. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    this.#comm?.send({ method: "custom", content }, { buffers });
  }

  /** Calls back for each message of a front end that is not state; the returned function ends it. */
  onMessage(handler: (content: unknown, buffers: readonly Uint8Array[]) => void): () => void {
    this.#customHandlers.add(handler);
    return () => void this.#customHandlers.delete(handler);
  }

  /** Opens the channel, children first; does nothing outside a kernel or when open. */
  open(): void {
    if (this.#comm !== undefined || this.#host === undefined) return;
    // Serialising opens the children: a front end must know them before it reads their names.
    const { state, bufferPaths, buffers } = removeBuffers(this.wireState());
    this.#comm = this.#host.open(
      "jupyter.widget",
      { state, buffer_paths: bufferPaths },
      { commId: this.modelId, metadata: { version: widgetProtocolVersion }, buffers },
    );
    this.#comm.onMessage((message) => {
      this.#receive(message);
    });
    this.#comm.onClose(() => {
      this.#forget();
    });
    this.#registry = widgetRegistry(this.#host);
    this.#registry.add(this);
  }

  /** Closes the channel and removes the views; showing the widget again opens it again. */
  close(): void {
    const comm = this.#comm;
    this.#forget();
    comm?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  wireState(): Readonly<Record<string, unknown>> {
    return { ...this.#names, ...this.#wire(Object.keys(this.#state) as (keyof State)[]) };
  }

  /** Waits until `listen` calls back; what `listen` returns ends the listening. */
  protected wait<Result>(
    listen: (done: (result: Result) => void) => () => void,
    signal?: AbortSignal,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const end = (): void => {
        stop();
        this.#waiting.delete(fail);
        signal?.removeEventListener("abort", abort);
      };
      const fail = (error: Error): void => {
        end();
        reject(error);
      };
      const abort = (): void => {
        fail(signal!.reason as Error);
      };
      const stop = listen((result) => {
        end();
        resolve(result);
      });
      this.#waiting.add(fail);
      signal?.addEventListener("abort", abort);
    });
  }

  /** Tells all who listen that a front end sent a message that is not state. */
  protected receive(content: unknown, buffers: readonly Uint8Array[] = []): void {
    for (const handler of [...this.#customHandlers]) {
      this.#guard("message handler", () => {
        handler(content, buffers);
      });
    }
  }

  /** What follows when the channel has closed, from either side. */
  protected closed(): void {
    // Nothing to release here; widgets with work under way stop it.
  }

  /**
   * Checks one value that a front end sent: returns what to keep (clamped, or with defaults), or
   * throws to refuse it. A front end that sent something else is corrected.
   */
  protected accept<Name extends keyof State>(_name: Name, value: unknown): State[Name] {
    return value as State[Name];
  }

  /** Adds to `patch` what changes with it, or corrects it; throws to refuse all of it. */
  protected settle(patch: Partial<State>): Partial<State> {
    return patch;
  }

  /** A state value's name on the wire; `undefined` when it stays in the kernel. */
  wireName(name: keyof State): string | undefined {
    return String(name);
  }

  /** A state value as JSON, with binary leaves and widgets still inside. */
  protected encode(_name: keyof State, value: unknown): unknown {
    return value;
  }

  /** Which of `names` are told to the other front ends as one of them sent them. */
  protected echoed(names: readonly (keyof State)[]): readonly (keyof State)[] {
    return names;
  }

  #assign(patch: Partial<State>): StateChange<State>[] {
    const changes: StateChange<State>[] = [];
    for (const name of Object.keys(patch) as (keyof State)[]) {
      const value = patch[name] as State[keyof State];
      const previous = this.#state[name];
      if (this.#isSame(name, value, previous)) continue;
      this.#state = { ...this.#state, [name]: value };
      changes.push({ name, value, previous });
    }
    return changes;
  }

  #isSame(name: keyof State, left: unknown, right: unknown): boolean {
    if (Object.is(left, right)) return true;
    if (this.wireName(name) === undefined) return false;
    return isSameOnWire(wireValue(this.encode(name, left)), wireValue(this.encode(name, right)));
  }

  #notify(changes: readonly StateChange<State>[]): void {
    for (const change of changes) {
      for (const handler of [...(this.#stateHandlers.get(change.name) ?? [])]) {
        this.#guard(`observer of ${String(change.name)}`, () => {
          handler(change);
        });
      }
    }
  }

  #flush(): void {
    const chosen = Object.fromEntries(
      Object.entries(this.#wire([...this.#heldNames])).filter(
        ([name, value]) => !(name in this.#lock) || !isSameOnWire(value, this.#lock[name]),
      ),
    );
    this.#heldNames = new Set();
    if (Object.keys(chosen).length > 0) this.#post("update", chosen);
  }

  #post(method: "update" | "echo_update", wire: Readonly<Record<string, unknown>>): void {
    const { state, bufferPaths, buffers } = removeBuffers(wire);
    this.#comm?.send({ method, state, buffer_paths: bufferPaths }, { buffers });
  }

  #receive({ data, buffers }: CommMessage): void {
    const message = (data ?? {}) as {
      method?: unknown;
      state?: unknown;
      buffer_paths?: readonly BufferPath[];
      content?: unknown;
    };
    switch (message.method) {
      case "update": {
        const paths = message.buffer_paths ?? [];
        this.#takeIn(putBuffers(message.state ?? {}, paths, buffers.slice(0, paths.length)));
        return;
      }
      case "request_state":
        this.#post("update", this.wireState());
        return;
      case "custom":
        this.receive(message.content, buffers);
        return;
      default:
        this.platform.warn(
          `Widget: a front end sent the unknown method "${String(message.method)}".`,
        );
    }
  }

  #takeIn(received: unknown): void {
    const names = new Map<string, keyof State>();
    for (const name of Object.keys(this.#state) as (keyof State)[]) {
      const wireName = this.wireName(name);
      if (wireName !== undefined) names.set(wireName, name);
    }
    const patch = Object.entries(received as object).filter(([name]) => names.has(name));
    if (patch.length === 0) return;
    const outerLock = this.#lock;
    this.#lock = Object.fromEntries(patch);
    try {
      const echoed = this.echoed(patch.map(([name]) => names.get(name)!));
      const echo = patch.filter(([name]) => echoed.includes(names.get(name)!));
      if (echo.length > 0) this.#post("echo_update", Object.fromEntries(echo));
      this.holdSync(() => {
        const accepted: Partial<State> = {};
        for (const [wireName, value] of patch) {
          const name = names.get(wireName)!;
          // Every received name is looked at again when the hold ends: a value that was refused,
          // clamped or changed by an observer then differs from the lock and goes back.
          this.#heldNames.add(name);
          this.#guard(`value of ${String(name)}`, () => {
            accepted[name] = this.accept(name, this.#resolve(value));
          });
        }
        this.#guard("new state", () => {
          const changes = this.#assign(this.settle(accepted));
          for (const { name } of changes) this.#heldNames.add(name);
          this.#notify(changes);
        });
      });
    } finally {
      this.#lock = outerLock;
    }
  }

  /** State as it goes over the wire: children opened and named by their ids. */
  #wire(names: readonly (keyof State)[]): Record<string, unknown> {
    const wire: Record<string, unknown> = {};
    for (const name of names) {
      const wireName = this.wireName(name);
      if (wireName === undefined) continue;
      wire[wireName] = wireValue(this.encode(name, this.#state[name]), openChild);
    }
    return wire;
  }

  #resolve(value: unknown): unknown {
    if (typeof value !== "string" || !value.startsWith(modelPrefix)) return value;
    return this.#registry?.find(value.slice(modelPrefix.length)) ?? value;
  }

  #forget(): void {
    if (this.#comm === undefined) return;
    this.#comm = undefined;
    this.#registry?.remove(this);
    const error = new WidgetClosedError(
      `${this.#names._model_name.replace(/Model$/, "")}: the widget was closed (its cell ran again, or close() was called), so the change that was waited for cannot come.`,
    );
    for (const fail of [...this.#waiting]) fail(error);
    this.closed();
  }

  #guard(what: string, body: () => void): void {
    try {
      body();
    } catch (cause) {
      this.platform.warn(`Widget ${this.#names._model_name}: the ${what} failed.`, cause);
    }
  }
}

type AnyWidget = Pick<Widget<object>, "modelId" | "open">;

function isWidget(value: object): value is AnyWidget {
  // By shape, not by class: two copies of this module may be loaded in one kernel.
  return "modelId" in value && "wireState" in value;
}

function openChild(widget: AnyWidget): void {
  widget.open();
}

/** `value` with widgets replaced by "IPY_MODEL_<id>", as front ends expect them. */
function wireValue(value: unknown, visit?: (widget: AnyWidget) => void): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof ArrayBuffer) return value;
  if (isWidget(value)) {
    visit?.(value);
    return modelPrefix + value.modelId;
  }
  if (Array.isArray(value)) return value.map((item) => wireValue(item, visit));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, wireValue(item, visit)]),
  );
}
