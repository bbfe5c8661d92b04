import { randomUUID } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import {
  CellSources,
  CellSyntaxError,
  compileCell,
  createCellSupport,
  findTsconfig,
  GeneratorRun,
  InterruptedError,
  moduleName,
  readMagics,
  readNotebookSettings,
  shadowName,
  supportName,
  compilerHelpers,
  type CompiledCell,
  type CompileOptions,
  type MagicSupport,
  type NotebookSettings,
  type RunInterruptible,
  type RunOutcome,
} from "../cells/index.ts";
import { CommRegistry } from "../comms/index.ts";
import {
  displayIdOf,
  mimeBundle,
  StreamBatch,
  type Display,
  type MimeBundle,
} from "../display/index.ts";
import {
  cellScriptMark,
  type CheckMode,
  type ErrorReply,
  type ExecuteOutcome,
  type FromUser,
  type Header,
  type JsonObject,
  type NativeStream,
  type ToUser,
  type UserExpression,
} from "../protocol/index.ts";
import { describeError, errorContent } from "./error-content.ts";
import { Inputs } from "./inputs.ts";
import type { ModuleLoading } from "./module-loading.ts";
import { createMagics, describeTimer, startTimer } from "./magics/index.ts";
import { createRunningCell, type RunningCell } from "./running-cell.ts";

export interface UserSessionOptions {
  readonly send: (message: FromUser) => void;
  readonly modules: ModuleLoading;
  readonly notebookDir: string;
  readonly runInterruptible: RunInterruptible;
  /** As `send`, but the message may wait for the one that follows at once. */
  readonly hold: (message: FromUser) => void;
  /** Told of a cell that is a module, by the URL of that. */
  readonly onModule?: (
    url: string,
    cell: { readonly label: string; readonly source: string },
  ) => void;
  /** See `InputsOptions`. */
  readonly waitForAnswer: (inputId: number) => string;
}

type ExecuteOrder = Extract<ToUser, { type: "execute" }>;
type CommOrder = Extract<ToUser, { type: "comm" }>;

interface Execution {
  readonly order: ExecuteOrder;
  readonly cell: RunningCell;
  readonly run: GeneratorRun;
  userExpressions: Record<string, UserExpression>;
}

interface InterruptOptions {
  /** Gives up cells that catch interrupts. */
  readonly force: boolean;
  readonly isNested?: boolean;
}

/** What every cell is given beside the notebook's variables. */
export const cellParameters: readonly string[] = [
  ...["console", "display", "progress", "input", "prompt", "signal", "babelHelpers", supportName],
];

/** How a cell is to run, beside its code. */
interface LoadedCell {
  readonly body: Generator<unknown, unknown>;
  readonly isTimed: boolean;
}

/** Runs cells and handles comm messages: the user process without its sockets. */
export class UserSession {
  readonly comms: CommRegistry<Header>;
  readonly #options: UserSessionOptions;
  readonly #sources = new CellSources();
  readonly #streams: StreamBatch<Header | undefined>;
  readonly #reserved: ReadonlySet<string>;
  readonly #shadowed = new Set<string>();
  readonly #sourceByLabel = new Map<string, string>();
  /** The notebook's names, and the global properties that hold them. */
  readonly #declared = new Map<string, string>();
  #settings: NotebookSettings | undefined;
  #scripts = 0;
  #newest: RunningCell | undefined;
  /** What runs now, by the id of its request: one of the main shell, and one of each subshell. */
  readonly #executions = new Map<string, Execution>();
  readonly #inputs: Inputs;
  /** The comm request whose handler is on the stack. */
  #commParent: Header | undefined;

  constructor(options: UserSessionOptions) {
    this.#options = options;
    this.#reserved = new Set([...Object.getOwnPropertyNames(globalThis), ...cellParameters]);
    this.#inputs = new Inputs(options);
    this.#streams = new StreamBatch({
      immediate: 30,
      send: (parent, name, text) => {
        options.send({ type: "iopub", parent, msgType: "stream", content: { name, text } });
      },
    });
    this.comms = new CommRegistry<Header>({
      publish: ({ parent = this.#currentParent(), ...output }) => {
        this.#publish({ parent, ...output });
      },
      currentCell: () => this.#newest?.cellId,
    });
  }

  get sources(): CellSources {
    return this.#sources;
  }

  /** The notebook's names, and the global properties that hold them. */
  get declared(): ReadonlyMap<string, string> {
    return this.#declared;
  }

  /** Makes a name one of the notebook's; returns the global property that holds it. */
  declare(name: string): string {
    const isReserved = this.#reserved.has(name);
    const property = isReserved ? shadowName(name) : name;
    const shadowed = isReserved ? [name] : [];
    this.#bind({ names: [property], declared: new Map([[name, property]]), shadowed });
    return property;
  }

  /** Text of code that has no console of its own: it belongs to the newest cell. */
  write(name: NativeStream, text: string): void {
    this.#streams.write(this.#currentParent(), name, text);
  }

  flush(): void {
    this.#streams.flush();
  }

  currentDisplay(): Display {
    if (this.#newest === undefined) throw new Error("no cell has run yet");
    return this.#newest.display;
  }

  /** An error that no cell caught, e.g. in a timer. */
  reportUncaught(error: unknown, kind: string): void {
    this.write("stderr", `${kind}: ${describeError(error)}\n`);
  }

  execute(order: ExecuteOrder): void {
    const { parent, executionCount, cellId, request } = order;
    if (cellId !== undefined) this.comms.discardCell(cellId);
    const cell = createRunningCell(
      { parent, cellId, label: `Cell [${executionCount}]` },
      {
        streams: this.#streams,
        newDisplayId: randomUUID,
        publish: (to, msgType, content) => {
          this.#publish({ parent: to, msgType, content });
        },
      },
    );
    this.#newest = cell;
    this.#sourceByLabel.set(cell.label, request.code);
    let program: Generator<unknown, unknown>;
    const userExpressions: Record<string, UserExpression> = {};
    try {
      const loaded = this.#load(request.code, cell, order.check);
      program = this.#program(loaded, { order, cell, userExpressions });
    } catch (error) {
      this.#finish(order, cell, { status: "threw", error }, userExpressions);
      return;
    }
    const run = new GeneratorRun(program, {
      runInterruptible: this.#options.runInterruptible,
      onDone: (outcome) => {
        this.#finish(order, cell, outcome, userExpressions);
      },
    });
    this.#executions.set(parent.msg_id, { order, cell, run, userExpressions });
    run.start();
  }

  /** A cell was terminated before it ran, while it was compiled: ends it here. One that runs is ended by its run. */
  executeTerminated({ parent, executionCount, request }: ExecuteOrder): void {
    if (this.#executions.has(parent.msg_id)) return;
    const label = `Cell [${executionCount}]`;
    const outcome = this.#describe(new InterruptedError(), request.code, { label });
    this.#options.send({ type: "executed", msgId: parent.msg_id, outcome });
  }

  handleComm(order: CommOrder): void {
    const done = (): void => {
      this.#streams.flush();
      this.#options.send({ type: "comm_handled", msgId: order.parent.msg_id });
    };
    const failed = (error: unknown): void => {
      this.reportUncaught(error, "Error in a comm handler");
    };
    this.#commParent = order.parent;
    try {
      const pending = this.#options.runInterruptible(() => this.comms.handle(order));
      if (pending instanceof Promise) {
        pending.catch(failed).finally(done);
        return;
      }
    } catch (error) {
      failed(error);
    } finally {
      this.#commParent = undefined;
    }
    done();
  }

  /** A handler was terminated before it could end: ends it here. */
  commTerminated(order: CommOrder): void {
    this.#commParent = undefined;
    this.#options.send({ type: "comm_handled", msgId: order.parent.msg_id });
  }

  discardCells(cellIds: readonly string[]): void {
    for (const cellId of cellIds) this.comms.discardCell(cellId);
  }

  /** Stops the running cells where they await. `isNested` tells that one of them called this: the caller throws for it. */
  interrupt({ force, isNested = false }: InterruptOptions): void {
    for (const execution of [...this.#executions.values()]) {
      if (isNested && execution.run.isOnStack) execution.cell.stop.abort();
      else this.#stop(execution, force);
      this.#inputs.drop(execution.order.parent.msg_id);
    }
  }

  #stop({ order, cell, run, userExpressions }: Execution, force: boolean): void {
    cell.stop.abort();
    if (run.isSettled) {
      // Terminated while it reported its end.
      this.#finish(
        order,
        cell,
        { status: "threw", error: new InterruptedError() },
        userExpressions,
      );
    } else if (force) run.abandon();
    else run.interrupt();
  }

  answerInput(inputId: number, value: string): void {
    this.#inputs.answer(inputId, value);
  }

  #currentParent(): Header | undefined {
    return this.#commParent ?? this.#newest?.parent;
  }

  #load(source: string, cell: RunningCell, check: CheckMode): LoadedCell {
    const module = moduleName(source);
    if (module !== undefined)
      return { body: this.#define(module, { label: cell.label, source }), isTimed: false };
    const isKnownName = (name: string): boolean => this.#declared.has(name);
    const { code, cellMagic } = readMagics(source, { isKnownName });
    const compiled = compileMagicCell(source, code, {
      reserved: this.#reserved,
      shadowed: this.#shadowed,
      parameters: cellParameters,
      emitSettings: () => this.#emitSettings(),
    });
    const filename = path.join(this.#options.notebookDir, `cell-${++this.#scripts}.ts`);
    this.#sources.add(filename, { label: cell.label, source, maps: compiled.maps });
    if (compiled.hasImports) this.#options.modules.prepare();
    this.#bind(compiled);
    const script = new vm.Script(`${compiled.code}\n//# sourceMappingURL=${cellScriptMark}`, {
      filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    const start = script.runInThisContext() as (
      ...values: unknown[]
    ) => Generator<unknown, unknown>;
    const { parent } = cell;
    const input = async (text = "", { password = false } = {}): Promise<string> => {
      this.#prepareInput(cell);
      return this.#inputs.ask({ parent, prompt: text, password });
    };
    const prompt = (text = "", otherwise = "", { password = false } = {}): string => {
      this.#prepareInput(cell);
      const answer = this.#inputs.askBlocking({ parent, prompt: text, password });
      return answer === "" ? otherwise : answer;
    };
    const offered: Record<(typeof cellParameters)[number], () => unknown> = {
      console: () => cell.console,
      display: () => cell.display,
      progress: () => cell.progress,
      input: () => input,
      prompt: () => prompt,
      signal: () => cell.stop.signal,
      babelHelpers: () => compilerHelpers,
      [supportName]: () =>
        createCellSupport(
          this.#options.modules.importMeta,
          this.#magics(cell, { check, kept: compiled.declared }),
        ),
    };
    const body = start(...compiled.parameters.map((name) => offered[name]!()));
    return { body, isTimed: cellMagic?.name === "time" };
  }

  /** A cell that is a module declares nothing for the notebook; it runs at once, so that what is wrong with it shows here. */
  *#define(
    name: string,
    cell: { readonly label: string; readonly source: string },
  ): Generator<unknown, undefined> {
    const { source } = cell;
    const { modules, notebookDir, onModule } = this.#options;
    // Finds what is wrong with it now, in the cell, and not when it is imported.
    compileCell(source, { reserved: new Set(), shadowed: new Set(), parameters: [] });
    modules.prepare();
    const { href } = new URL(`${name}.ts`, pathToFileURL(path.join(notebookDir, path.sep)));
    onModule?.(href, cell);
    yield modules.define(name, source);
    yield import(href);
    return undefined;
  }

  #magics(
    { parent, display, stop }: RunningCell,
    { check, kept }: { readonly check: CheckMode; readonly kept: ReadonlyMap<string, string> },
  ): MagicSupport {
    return createMagics({
      ...{ display, signal: stop.signal, check },
      write: (name, text) => {
        this.#streams.write(parent, name, text);
      },
      variables: () => {
        const globals = globalThis as Record<string, unknown>;
        return new Map([...this.#declared].map(([name, property]) => [name, globals[property]]));
      },
      forgetVariables: () => {
        for (const [name, property] of this.#declared) {
          // What the cell itself declares is declared after `%reset`, wherever that stands.
          if (kept.has(name)) continue;
          Reflect.deleteProperty(globalThis, property);
          this.#declared.delete(name);
          this.#shadowed.delete(name);
        }
      },
    });
  }

  /** Settings of the notebook's tsconfig.json, read once, when the first cell asks. */
  #emitSettings(): NotebookSettings {
    this.#settings ??= readNotebookSettings(findTsconfig(this.#options.notebookDir));
    return this.#settings;
  }

  /** Makes the globals that the cell assigns; ones that exist keep their value until then. */
  #bind({
    names,
    shadowed,
    declared,
  }: Pick<CompiledCell, "names" | "shadowed" | "declared">): void {
    for (const [name, property] of declared) this.#declared.set(name, property);
    for (const name of shadowed) this.#shadowed.add(name);
    const globals = globalThis as Record<string, unknown>;
    for (const name of names) if (!Object.hasOwn(globals, name)) globals[name] = undefined;
  }

  /** The cell, then its result, then the user expressions: one program, so that all of it can be interrupted. */
  *#program(
    { body, isTimed }: LoadedCell,
    { order, cell, userExpressions }: Pick<Execution, "order" | "cell" | "userExpressions">,
  ): Generator<unknown, undefined> {
    const { request, executionCount } = order;
    const timer = isTimed ? startTimer() : undefined;
    const value = yield* body;
    if (timer !== undefined) this.#streams.write(cell.parent, "stdout", describeTimer(timer));
    if (value !== undefined && !request.silent) {
      const bundle = mimeBundle(value);
      const data = (bundle instanceof Promise ? yield bundle : bundle) as MimeBundle;
      yield* drain(cell.pending);
      const displayId = displayIdOf(value);
      if (displayId === undefined) {
        const content = { execution_count: executionCount, data, metadata: {} };
        const result = { parent: cell.parent, msgType: "execute_result", content } as const;
        // Most often nothing is left to do but to say that the cell has ended.
        const isLast =
          cell.pending.size === 0 && Object.keys(request.user_expressions).length === 0;
        this.#streams.flush();
        this.#options[isLast ? "hold" : "send"]({ type: "iopub", ...result });
      } else {
        // Front ends remember display ids of display_data alone, not of execute_result.
        cell.display(data, { raw: true, displayId });
      }
    }
    yield* drain(cell.pending);
    for (const [name, code] of Object.entries(request.user_expressions)) {
      userExpressions[name] = yield* this.#evaluate(code, cell);
    }
  }

  *#evaluate(code: string, cell: RunningCell): Generator<unknown, UserExpression> {
    try {
      const value = yield* this.#load(code, cell, "off").body;
      const bundle = mimeBundle(value);
      const data = (bundle instanceof Promise ? yield bundle : bundle) as MimeBundle;
      return { status: "ok", data, metadata: {} };
    } catch (error) {
      return this.#describe(error, code, cell);
    }
  }

  #finish(
    { parent, request }: ExecuteOrder,
    cell: RunningCell,
    outcome: RunOutcome,
    userExpressions: Readonly<Record<string, UserExpression>>,
  ): void {
    this.#inputs.drop(parent.msg_id);
    const result: ExecuteOutcome =
      outcome.status === "returned"
        ? { status: "ok", userExpressions }
        : this.#describe(outcome.error, request.code, cell);
    this.#streams.flush();
    this.#options.send({ type: "executed", msgId: parent.msg_id, outcome: result });
    this.#executions.delete(parent.msg_id);
  }

  #describe(error: unknown, source: string, { label }: Pick<RunningCell, "label">): ErrorReply {
    return errorContent(error, {
      label,
      source,
      sourceOf: (name) => (name === label ? source : this.#sourceByLabel.get(name)),
    });
  }

  /** What the cell printed stands above the question. @throws Error when there is nobody to ask */
  #prepareInput({ parent }: RunningCell): void {
    if (this.#executions.get(parent.msg_id)?.order.request.allow_stdin === false) {
      throw new Error("this front end cannot ask for input");
    }
    this.#streams.flush();
  }

  #publish(output: {
    readonly parent: Header | undefined;
    readonly msgType: string;
    readonly content: JsonObject;
    readonly metadata?: JsonObject;
    readonly buffers?: readonly Uint8Array[];
  }): void {
    this.#streams.flush();
    this.#options.send({ type: "iopub", ...output });
  }
}

/** Compiles a cell in which `code` stands for `source`. @throws CellSyntaxError in the user's words. */
function compileMagicCell(source: string, code: string, options: CompileOptions): CompiledCell {
  try {
    return compileCell(code, options);
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    const line = source.split("\n")[error.line - 1] ?? "";
    const isMagic = /^\s*[!%]/.test(line) && /`?await`?/.test(error.message);
    if (!isMagic) throw error;
    const message = "a shell line or magic can only stand in a function that is async";
    throw new CellSyntaxError(message, { line: error.line, column: /\S/.exec(line)!.index + 1 });
  }
}

function* drain(pending: Set<Promise<void>>): Generator<Promise<void>, void> {
  for (const promise of pending) {
    yield promise;
    pending.delete(promise);
  }
}
