import type { WidgetOptions } from "../widget.ts";
import { Control } from "./control.ts";
import type { AnyWidget, ControlOptions } from "./core-widget.ts";
import type { ControlSpec } from "./trait-spec.ts";

interface Parent {
  children: readonly AnyWidget[];
}

/** What the constructor of a container takes: its children alone, or all its options. */
export type ContainerInput<Traits> = readonly AnyWidget[] | ControlOptions<Traits>;

/** A control that shows other widgets. */
export abstract class Container<Traits extends Parent> extends Control<Traits> {
  protected constructor(
    spec: ControlSpec,
    input: ContainerInput<Traits>,
    runtime: WidgetOptions | undefined,
  ) {
    super(spec, optionsOf(input), runtime);
  }
}

interface Paged extends Parent {
  selectedIndex: number | null;
  titles: readonly string[];
}

/** A container of pages with titles, of which one is open, or none. */
export abstract class PagedContainer<Traits extends Paged> extends Container<Traits> {
  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const next: Paged = { ...this.state, ...super.settle(patch) };
    const count = next.children.length;
    const titles = Array.from({ length: count }, (_, place) => next.titles[place] ?? "");
    const index = this.indexAfter(next, "selectedIndex" in patch);
    return { ...patch, titles, selectedIndex: index };
  }

  /** The page that is open after a change; `isGiven` tells that the change names it. */
  protected indexAfter({ children, selectedIndex }: Paged, isGiven: boolean): number | null {
    if (selectedIndex === null || children[selectedIndex] !== undefined) return selectedIndex;
    if (!isGiven) return null;
    throw this.fault(
      `selectedIndex must be null or a place among the ${children.length} children, counted from 0; it was given ${selectedIndex}.`,
    );
  }
}

/** A container of pages of which one is open whenever there is any. */
export abstract class TabContainer<Traits extends Paged> extends PagedContainer<Traits> {
  protected override indexAfter(next: Paged, isGiven: boolean): number | null {
    const index = super.indexAfter(next, isGiven);
    if (index !== null || isGiven || next.children.length === 0) return index;
    return next.selectedIndex === null ? 0 : next.children.length - 1;
  }
}

function optionsOf<Traits>(input: ContainerInput<Traits>): ControlOptions<Traits> {
  return (Array.isArray(input) ? { children: input } : input) as ControlOptions<Traits>;
}
