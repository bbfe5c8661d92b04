import type { ExceptionFilter, PlacedBreakpoint } from "./dap.ts";
import { DebugSession, type DebugSessionOptions } from "./debug-session.ts";
import type { Inspection } from "./inspection.ts";

export type DebuggedProcessOptions = Omit<DebugSessionOptions, "newFrameId">;

/** The process that runs the cells, as it is debugged: one session after the other where it is replaced, with the same breakpoints. */
export class DebuggedProcess {
  readonly #options: DebuggedProcessOptions;
  readonly #breakpoints = new Map<string, readonly PlacedBreakpoint[]>();
  #filters: readonly ExceptionFilter[] = [];
  #session: DebugSession | undefined;
  /** Resolves to the session when it is ready. */
  #opened: Promise<DebugSession> | undefined;
  #isStarted = false;
  /** How many requests look into a process that is not debugged. */
  #lookers = 0;
  #lastFrame = 0;

  constructor(options: DebuggedProcessOptions) {
    this.#options = options;
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  get isStopped(): boolean {
    return this.#session?.isStopped === true;
  }

  /** What is set, by path of the source. */
  get breakpoints(): ReadonlyMap<string, readonly PlacedBreakpoint[]> {
    return this.#breakpoints;
  }

  /** @throws InspectorError when the process ends meanwhile. */
  async start(): Promise<void> {
    this.#isStarted = true;
    try {
      await this.connected();
    } catch (error) {
      this.#isStarted = false;
      this.#forget();
      throw error;
    }
  }

  /** Lets the code run, and forgets the breakpoints. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#breakpoints.clear();
    this.#filters = [];
    const session = await this.settled();
    this.#forget();
    await session?.close();
  }

  async setBreakpoints(path: string, placed: readonly PlacedBreakpoint[]): Promise<void> {
    const session = await this.connected();
    if (placed.length === 0) this.#breakpoints.delete(path);
    else this.#breakpoints.set(path, placed);
    await session.setBreakpoints(path, placed);
  }

  async setExceptionFilters(filters: readonly ExceptionFilter[]): Promise<void> {
    this.#filters = filters;
    await (await this.connected()).setExceptionFilters(filters);
  }

  /** Lets stopped code run into the end that `signal` prepares for it. */
  async release(signal: () => void): Promise<void> {
    await this.#session?.release(signal);
  }

  /** Stops may happen again. */
  rearm(): void {
    this.#session?.rearm();
  }

  /** The process is no more: goes on with the one that replaced it. */
  async reconnect(): Promise<void> {
    this.#session?.end("the process that runs the cells ended");
    this.#forget();
    if (!this.#isStarted) return;
    this.#opened = this.#open();
    await this.settled();
  }

  /** The process is about to end. */
  end(): void {
    this.#session?.end("the kernel shut down");
    this.#isStarted = false;
  }

  /** The session, opened when there is none. */
  connected(): Promise<DebugSession> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** The session, if there is one, when it is ready. */
  async settled(): Promise<DebugSession | undefined> {
    return this.#opened?.catch(() => undefined);
  }

  /** Looks into the process: by the session that runs, or else by one for the moment. */
  async inspect<Result>(look: (inspection: Inspection) => Promise<Result>): Promise<Result> {
    this.#lookers += 1;
    const session = await this.connected();
    try {
      return await look(session.inspection);
    } finally {
      this.#lookers -= 1;
      if (!this.#isStarted && this.#lookers === 0) {
        this.#forget();
        await session.close();
      }
    }
  }

  async #open(): Promise<DebugSession> {
    const newFrameId = (): number => ++this.#lastFrame;
    const session = new DebugSession({ ...this.#options, newFrameId });
    this.#session = session;
    await session.enable();
    if (this.#filters.length > 0) await session.setExceptionFilters(this.#filters);
    for (const [path, placed] of this.#breakpoints) await session.setBreakpoints(path, placed);
    return session;
  }

  #forget(): void {
    this.#session = undefined;
    this.#opened = undefined;
  }
}
