import type { WidgetOptions } from "../widget.ts";
import { Control } from "./control.ts";
import type { ControlOptions } from "./core-widget.ts";
import { optionPairs, type OptionPair, type SelectionOptions } from "./selection-options.ts";
import type { ControlSpec } from "./trait-spec.ts";

/** What the constructor of a selection takes. */
export type SelectionInput<Traits, Options> = Omit<ControlOptions<Traits>, "options"> & {
  readonly options?: Options;
};

interface Selected {
  options: SelectionOptions;
  readonly optionsLabels: readonly string[];
}

interface SelectedOne extends Selected {
  index: number | null;
  label: string | null;
  value: unknown;
}

interface SelectedMany extends Selected {
  index: readonly number[];
  label: readonly string[];
  value: readonly unknown[];
}

const settingNames = ["value", "label", "index"] as const;

/** A control that offers options; `index`, `label` and `value` always say the same. */
abstract class SelectionControl<Traits extends Selected> extends Control<Traits> {
  protected pairsOf({ options }: Selected): OptionPair[] {
    return optionPairs(options, (message) => this.fault(message));
  }

  /** Where the option stands that a patch names by its value, label or index. */
  protected find(
    pairs: readonly OptionPair[],
    by: (typeof settingNames)[number],
    sought: unknown,
  ): number {
    const index =
      by === "index"
        ? Number(sought)
        : pairs.findIndex(([label, value]) => Object.is(by === "label" ? label : value, sought));
    if (Number.isInteger(index) && pairs[index] !== undefined) return index;
    const labels = pairs.slice(0, 20).map(([label]) => JSON.stringify(label));
    const allowed =
      by === "index"
        ? `an index of the ${pairs.length} options, counted from 0`
        : `among the options (labels: ${labels.join(", ")}${pairs.length > 20 ? ", …" : ""})`;
    throw this.fault(`${by} must be ${allowed}; it was given ${String(sought)}.`);
  }
}

/** Offers options of which one is chosen, or none. */
export abstract class SingleSelection<Traits extends SelectedOne> extends SelectionControl<Traits> {
  protected constructor(
    spec: ControlSpec,
    options: ControlOptions<Traits>,
    runtime: WidgetOptions | undefined,
  ) {
    super(spec, options, runtime);
    const isChosen = settingNames.some((name) => options[name] !== undefined);
    if (!isChosen && this.state.optionsLabels.length > 0) {
      this.set({ index: 0 } as unknown as Partial<Traits>);
    }
  }

  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const checked: Partial<SelectedOne> = super.settle(patch);
    const pairs = this.pairsOf({ ...this.state, ...checked });
    const index = this.indexAfter(checked, pairs);
    const [label, value] = index === null ? [null, null] : pairs[index]!;
    const optionsLabels = pairs.map(([text]) => text);
    return { ...patch, optionsLabels, index, label, value };
  }

  /** Whether nothing at all may be chosen. */
  protected mayBeEmpty(): boolean {
    return true;
  }

  protected indexAfter(patch: Partial<SelectedOne>, pairs: readonly OptionPair[]): number | null {
    if (!this.mayBeEmpty() && pairs.length === 0) {
      throw this.fault(`options must not be empty; give a list of at least one value.`);
    }
    const by = settingNames.find((name) => patch[name] !== undefined);
    if (by !== undefined) {
      if (patch[by] !== null) return this.find(pairs, by, patch[by]);
      // `null` may be an option like others.
      const place = by === "value" ? pairs.findIndex(([, value]) => value === null) : -1;
      if (place === -1 && !this.mayBeEmpty()) throw this.fault(`${by} must not be null.`);
      return place === -1 ? null : place;
    }
    if (patch.options === undefined) return this.state.index;
    // As in ipywidgets: new options choose the first, unless nothing was chosen before.
    return this.state.index === null || pairs.length === 0 ? null : 0;
  }
}

/** Offers options of which one is always chosen. */
export abstract class NonemptySelection<
  Traits extends SelectedOne,
> extends SingleSelection<Traits> {
  protected override mayBeEmpty(): boolean {
    return false;
  }
}

/** Offers options of which any number may be chosen. */
export abstract class MultipleSelection<
  Traits extends SelectedMany,
> extends SelectionControl<Traits> {
  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const checked: Partial<SelectedMany> = super.settle(patch);
    const pairs = this.pairsOf({ ...this.state, ...checked });
    const index = this.indexAfter(checked, pairs);
    return {
      ...patch,
      optionsLabels: pairs.map(([label]) => label),
      index,
      label: kept(
        this.state.label,
        index.map((place) => pairs[place]![0]),
      ),
      value: kept(
        this.state.value,
        index.map((place) => pairs[place]![1]),
      ),
    };
  }

  protected indexAfter(patch: Partial<SelectedMany>, pairs: readonly OptionPair[]): number[] {
    const by = settingNames.find((name) => patch[name] !== undefined);
    if (by !== undefined) {
      const sought = patch[by];
      if (!Array.isArray(sought)) {
        throw this.fault(`${by} must be a list; it was given ${String(sought)}.`);
      }
      return sought.map((one) => this.find(pairs, by, one));
    }
    return patch.options === undefined ? [...this.state.index] : [];
  }
}

/** Offers options in an order, of which a first and a last are chosen. */
export abstract class RangeSelection<
  Traits extends SelectedMany,
> extends MultipleSelection<Traits> {
  protected override indexAfter(
    patch: Partial<SelectedMany>,
    pairs: readonly OptionPair[],
  ): number[] {
    if (pairs.length === 0) {
      throw this.fault(`options must not be empty; give a list of at least one value.`);
    }
    const index = super.indexAfter(patch, pairs);
    if (index.length === 0) return [0, 0];
    const [first, last] = index;
    if (index.length === 2 && first! <= last!) return index;
    throw this.fault(
      `value must be two of the options, the first not after the second; it was given places ${index.join(", ")}.`,
    );
  }
}

/** The list that was there before when nothing in it changed, so that observers are left alone. */
function kept(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const isSame =
    before.length === after.length && before.every((item, place) => Object.is(item, after[place]));
  return isSame ? before : after;
}
