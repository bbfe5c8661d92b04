import { currentCaptureOutput, type CellOutput, type OutputSink } from "../output-capture.ts";
import { Control } from "./control.ts";

/** Front ends are told of new output at most this often. */
const intervalMs = 50;

interface Outputs {
  outputs: readonly CellOutput[];
}

/** A control that holds what code printed and displayed. */
export abstract class OutputControl<Traits extends Outputs> extends Control<Traits> {
  /** What is to be shown; the state follows within `intervalMs`. */
  #next: readonly CellOutput[] | undefined;
  #isClearing = false;
  #cancel: (() => void) | undefined;

  /**
   * Runs `body`; what it prints and displays appears here instead of under its cell, also what
   * comes after it awaited. An error it throws appears here too, and is thrown on.
   */
  run<Result>(body: () => Result): Result {
    const sink: OutputSink = {
      text: (stream, text) => {
        this.appendText(text, stream);
      },
      message: (msgType, content) => {
        this.#take(msgType, content);
      },
    };
    const failed = (error: unknown): never => {
      this.#append(errorOutput(error));
      this.flush();
      throw error;
    };
    let result: Result;
    try {
      result = currentCaptureOutput()(sink, body);
    } catch (error) {
      return failed(error);
    }
    if (!(result instanceof Promise)) {
      this.flush();
      return result;
    }
    return result.then((value: unknown) => {
      this.flush();
      return value;
    }, failed) as Result;
  }

  /** A function that does what `body` does, under `run`. */
  capture<Args extends readonly unknown[], Result>(
    body: (...args: Args) => Result,
  ): (...args: Args) => Result {
    return (...args) => this.run(() => body(...args));
  }

  /** Empties the output; with `wait`, when the next output comes, so that nothing flickers. */
  clear({ wait = false }: { readonly wait?: boolean } = {}): void {
    this.#isClearing = wait;
    if (wait) return;
    this.#next = [];
    this.flush();
  }

  /** Adds text as if it were printed. */
  appendText(text: string, stream: "stdout" | "stderr" = "stdout"): void {
    this.#append({ output_type: "stream", name: stream, text });
  }

  /** Sends what came since front ends were last told, at once. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#next !== undefined) {
      this.set({ outputs: this.#next } as unknown as Partial<Traits>);
    }
    this.#next = undefined;
  }

  /** Ends a `clear({ wait: true })` after which nothing came. */
  endClear(): void {
    if (this.#isClearing) this.clear();
  }

  #current(): readonly CellOutput[] {
    return this.#next ?? this.state.outputs;
  }

  #take(msgType: string, content: Readonly<Record<string, unknown>>): void {
    if (msgType === "clear_output") {
      this.clear({ wait: content["wait"] === true });
      return;
    }
    const { data, metadata, transient } = content;
    const id = displayIdOf(transient);
    const output = { output_type: "display_data", data, metadata: metadata ?? {} };
    if (msgType === "update_display_data") {
      this.#next = this.#current().map((shown) =>
        id !== undefined && this.#ids.get(shown) === id ? this.#named(output, id) : shown,
      );
      this.#later();
      return;
    }
    this.#append(this.#named(output, id));
  }

  /** Which outputs `display.update` replaces; ids are no part of the notebook format. */
  readonly #ids = new WeakMap<CellOutput, string>();

  #named(output: CellOutput, id: string | undefined): CellOutput {
    if (id !== undefined) this.#ids.set(output, id);
    return output;
  }

  #append(output: CellOutput): void {
    const before = this.#isClearing ? [] : this.#current();
    this.#isClearing = false;
    const last = before.at(-1);
    const isContinued =
      output.output_type === "stream" &&
      last?.output_type === "stream" &&
      last["name"] === output["name"];
    this.#next = isContinued
      ? [
          ...before.slice(0, -1),
          { ...last, text: `${String(last["text"])}${String(output["text"])}` },
        ]
      : [...before, output];
    this.#later();
  }

  #later(): void {
    this.#cancel ??= this.platform.later(intervalMs, () => {
      this.#cancel = undefined;
      this.flush();
    });
  }
}

function displayIdOf(transient: unknown): string | undefined {
  const id = (transient as { readonly display_id?: unknown } | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}

function errorOutput(error: unknown): CellOutput {
  const isError = error instanceof Error;
  const name = isError ? error.name : "Error";
  const message = isError ? error.message : String(error);
  return {
    output_type: "error",
    ename: name,
    evalue: message,
    traceback: ((isError ? error.stack : undefined) ?? `${name}: ${message}`).split("\n"),
  };
}
