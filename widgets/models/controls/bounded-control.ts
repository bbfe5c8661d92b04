import type { WidgetOptions } from "../widget.ts";
import { Control } from "./control.ts";
import type { ControlOptions } from "./core-widget.ts";
import type { ControlSpec } from "./trait-spec.ts";

interface Bounded {
  value: number;
  min: number;
  max: number;
}

/** A control of one number, kept between `min` and `max`. */
export abstract class BoundedControl<Traits extends Bounded> extends Control<Traits> {
  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const next = { ...this.state, ...super.settle(patch) };
    checkOrder(next, (message) => this.fault(message));
    const value = clamp(next.value, this.lowest(next), this.highest(next));
    return value === next.value ? patch : { ...patch, value };
  }

  /** The smallest value that `state` allows. */
  protected lowest({ min }: Traits): number {
    return min;
  }

  protected highest({ max }: Traits): number {
    return max;
  }
}

/** A control of one number between powers: base^min and base^max. */
export abstract class LogBoundedControl<
  Traits extends Bounded & { base: number },
> extends BoundedControl<Traits> {
  protected override lowest({ base, min }: Traits): number {
    return base ** min;
  }

  protected override highest({ base, max }: Traits): number {
    return base ** max;
  }
}

interface Range {
  value: readonly [lower: number, upper: number];
  min: number;
  max: number;
}

/** A control of a lower and an upper number, both kept between `min` and `max`. */
export abstract class RangeControl<Traits extends Range> extends Control<Traits> {
  protected constructor(
    spec: ControlSpec,
    options: ControlOptions<Traits>,
    runtime: WidgetOptions | undefined,
  ) {
    super(spec, options, runtime);
    if (options.value !== undefined) return;
    const { min, max } = this.state;
    const isWhole = spec.traits["min"]?.type === "int";
    // The middle half, rounded as ipywidgets does.
    const at = (share: number): number => {
      const place = (1 - share) * min + share * max;
      return isWhole ? Math.trunc(place) : place;
    };
    this.set({ value: [at(0.25), at(0.75)] } as unknown as Partial<Traits>);
  }

  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const next = { ...this.state, ...super.settle(patch) };
    checkOrder(next, (message) => this.fault(message));
    const [lower, upper] = next.value;
    if (lower > upper) {
      throw this.fault(
        `value must be [lower, upper]; it was given [${lower}, ${upper}]: swap the two.`,
      );
    }
    const value = [clamp(lower, next.min, next.max), clamp(upper, next.min, next.max)];
    return value[0] === lower && value[1] === upper ? patch : { ...patch, value };
  }
}

interface BoundedDate {
  value: Date | null;
  min: Date | null;
  max: Date | null;
}

/** A control of a date, kept between `min` and `max` where they are given. */
export abstract class DateControl<Traits extends BoundedDate> extends Control<Traits> {
  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const checked = Object.fromEntries(
      Object.entries(super.settle(patch)).map(([name, value]) => [
        name,
        // As it comes back from the wire: a day without a time, a time without a day.
        value instanceof Date
          ? this.accept(name as keyof Traits, this.encode(name as keyof Traits, value))
          : value,
      ]),
    ) as Partial<Traits>;
    const { value, min, max } = { ...this.state, ...checked } as BoundedDate;
    if (min !== null && max !== null && min > max) {
      throw this.fault(`min must not be after max; give an earlier min or a later max.`);
    }
    if (value !== null && min !== null && value < min) return { ...checked, value: min };
    if (value !== null && max !== null && value > max) return { ...checked, value: max };
    return checked;
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function checkOrder(
  { min, max }: { readonly min: number; readonly max: number },
  fault: (message: string) => Error,
): void {
  if (min > max) {
    throw fault(
      `min (${min}) must not be above max (${max}); give a smaller min or a larger max (both at once with set({ min, max })).`,
    );
  }
}
