import type { ModelNames } from "../widget-module.ts";
import type { WidgetOptions } from "../widget.ts";

/** What kind of value a trait holds; decides how it is checked and how it is written on the wire. */
export type TraitType =
  | "any"
  | "bool"
  | "bytes"
  | "date"
  | "datetime"
  | "files"
  | "float"
  | "int"
  | "list"
  | "localDatetime"
  | "object"
  | "string"
  | "time"
  | "widget";

/** One synchronised value of a control, as the widget schema describes it. */
export interface TraitSpec {
  readonly type: TraitType;
  /** What a new control has; absent for what is made anew for each control. */
  readonly initial?: unknown;
  /** Makes the layout or style of a new control, from plain properties where given. */
  readonly create?: (options: object, runtime: WidgetOptions | undefined) => object;
  readonly isNullable?: true;
  /** The only strings allowed; beside numbers when `type` is a number. */
  readonly words?: readonly string[];
  /** Type of the elements of a list. */
  readonly items?: TraitType;
  /** How many elements a list has. */
  readonly length?: number;
  /** The name on the wire where it is not the trait's name in snake case; null keeps the value in the kernel. */
  readonly wireName?: string | null;
}

/** One control of the widget schema. */
export interface ControlSpec {
  /** Name of its class, for messages. */
  readonly name: string;
  readonly names: ModelNames;
  readonly traits: Readonly<Record<string, TraitSpec>>;
}

/** The widget protocol's spelling of a trait: readoutFormat -> readout_format. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
