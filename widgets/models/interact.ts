import {
  Checkbox,
  Dropdown,
  FloatSlider,
  IntSlider,
  Output,
  Text,
  VBox,
} from "./controls/core-controls.ts";
import type { AnyWidget } from "./controls/core-widget.ts";
import { currentDisplayHost, jupyterDisplayKey, type MimeBundle } from "./display-host.ts";
import { WidgetInputError } from "./errors.ts";
import type { Widget, WidgetOptions } from "./widget.ts";

/** A control as `interact` takes it: a widget with a value, or an abbreviation of one. */
export type Abbreviation =
  | Widget<never>
  | boolean
  | number
  | string
  | readonly unknown[]
  | ReadonlyMap<string, unknown>
  | Readonly<Record<string, unknown>>;

/** Type of the argument that an abbreviation stands for. */
export type ArgumentOf<Short> =
  Short extends Widget<infer State>
    ? State extends { value: infer Value }
      ? Value
      : never
    : Short extends boolean
      ? boolean
      : Short extends number
        ? number
        : Short extends string
          ? string
          : Short extends readonly [number, number] | readonly [number, number, number]
            ? number
            : Short extends readonly (readonly [string, infer Value])[]
              ? Value
              : Short extends readonly (infer Value)[]
                ? Value
                : Short extends ReadonlyMap<string, infer Value>
                  ? Value
                  : Short extends Readonly<Record<string, infer Value>>
                    ? Value
                    : never;

export type ArgumentsOf<Shorts> = { readonly [Name in keyof Shorts]: ArgumentOf<Shorts[Name]> };

/** What `interact` made: shows its controls and below them the output of the function. */
export interface Interactive<Result> {
  /** The controls by the names of the arguments. */
  readonly controls: Readonly<Record<string, Widget<{ value: unknown }>>>;
  readonly output: Output;
  /** All of it, to be put into containers. */
  readonly box: VBox;
  /** What the function returned last; a promise's value when it has come. */
  readonly result: Awaited<Result> | undefined;
  /** Resolves when no call is under way or waiting. */
  settled(): Promise<void>;
  /** Calls the function again, with the values as they are. */
  update(): void;
}

/**
 * Calls `fn` with the values of controls, at once and after each change, and shows what it prints,
 * displays and returns, each time in place of the last. While a call still awaits, changes wait,
 * and only the newest values follow.
 *
 * | in `args` | control | argument |
 * |---|---|---|
 * | `[0, 10]`, `[0, 10, 2]`, `[0, 1, 0.1]` | slider with min, max, step | number |
 * | `5`, `0.5` | slider from -value to 3 × value | number |
 * | `true` | check box | boolean |
 * | `"text"` | text box | string |
 * | `["a", "b"]`, `[["A", 1], ["B", 2]]`, `{ A: 1, B: 2 }`, a Map | drop-down | the value |
 * | a control | itself | its value |
 */
export function interact<const Shorts extends Readonly<Record<string, Abbreviation>>, Result>(
  fn: (args: ArgumentsOf<Shorts>) => Result,
  args: Shorts,
  runtime?: WidgetOptions,
): Interactive<Result> {
  const controls = Object.fromEntries(
    Object.entries(args).map(([name, short]) => [name, controlOf(name, short, runtime)]),
  );
  const output = new Output({}, runtime);
  const children: AnyWidget[] = [...Object.values(controls), output];
  const box = new VBox({ children, domClasses: ["widget-interact"] }, runtime);
  let result: Awaited<Result> | undefined;
  let running: Promise<void> | undefined;
  let isStale = false;

  const call = (): Promise<void> | undefined => {
    const values = Object.fromEntries(
      Object.entries(controls).map(([name, control]) => [name, control.state.value]),
    );
    output.clear({ wait: true });
    const show = (value: unknown): void => {
      result = value as Awaited<Result>;
      if (value !== undefined) currentDisplayHost()?.show?.(value);
    };
    const finish = (): void => {
      output.endClear();
    };
    // What it throws stands in the output already.
    try {
      const pending = output.run(() => {
        const value: unknown = fn(values as ArgumentsOf<Shorts>);
        if (value instanceof Promise) return value.then(show);
        show(value);
        return undefined;
      });
      return pending?.then(finish, finish);
    } catch {
      return undefined;
    } finally {
      finish();
    }
  };
  const update = (): void => {
    if (running !== undefined) {
      isStale = true;
      return;
    }
    running = call()?.then(() => {
      running = undefined;
      if (!isStale) return;
      isStale = false;
      update();
    });
  };
  for (const control of Object.values(controls)) control.observe("value", update);
  update();

  const interactive: Interactive<Result> = {
    controls,
    output,
    box,
    get result() {
      return result;
    },
    async settled() {
      while (running !== undefined) await running;
    },
    update,
  };
  return Object.defineProperty(interactive, jupyterDisplayKey, {
    value: (): MimeBundle => box.mimeBundle(),
  });
}

type ValueWidget = Widget<{ value: unknown }>;

/** The control that an abbreviation stands for, as in ipywidgets. */
function controlOf(
  name: string,
  short: Abbreviation,
  runtime: WidgetOptions | undefined,
): ValueWidget {
  const description = name;
  const made = (control: unknown): ValueWidget => control as ValueWidget;
  if (typeof short === "boolean") return made(new Checkbox({ value: short, description }, runtime));
  if (typeof short === "string") return made(new Text({ value: short, description }, runtime));
  if (typeof short === "number") {
    const [min, max] = short === 0 ? [0, 1] : [-short, 3 * short].toSorted((a, b) => a - b);
    return made(slider([min!, max!], { value: short, description }, runtime));
  }
  if (isWidget(short)) return made(short);
  if (isRange(short)) {
    const [min, max, step] = short;
    if (min > max || (step !== undefined && step <= 0)) {
      throw new WidgetInputError(
        `interact: ${name} must be [min, max] or [min, max, step] with min below max and step above 0; it was given [${short.join(", ")}].`,
      );
    }
    const middle = (min + max) / 2;
    const isWhole = short.every(Number.isInteger);
    const steps = step === undefined ? middle : min + Math.floor((middle - min) / step) * step;
    return made(
      slider(short, { value: isWhole ? Math.floor(steps) : steps, description }, runtime),
    );
  }
  const options = short as readonly unknown[];
  if (Array.isArray(short) && short.length === 0) {
    throw new WidgetInputError(`interact: ${name} must not be an empty list; give its options.`);
  }
  return made(new Dropdown({ options, description }, runtime));
}

interface SliderStart {
  readonly value: number;
  readonly description: string;
}

function slider(
  range: readonly number[],
  start: SliderStart,
  runtime: WidgetOptions | undefined,
): IntSlider | FloatSlider {
  const [min, max, step] = range as [number, number, number?];
  const options = { ...start, min, max, ...(step === undefined ? {} : { step }) };
  const isWhole = [...range, start.value].every(Number.isInteger);
  return isWhole ? new IntSlider(options, runtime) : new FloatSlider(options, runtime);
}

function isRange(
  short: unknown,
): short is
  readonly [min: number, max: number] | readonly [min: number, max: number, step: number] {
  return (
    Array.isArray(short) &&
    (short.length === 2 || short.length === 3) &&
    short.every((part) => typeof part === "number")
  );
}

function isWidget(short: unknown): boolean {
  return typeof short === "object" && short !== null && "modelId" in short && "wireState" in short;
}
