import { DirectionalLink, Link } from "./controls/core-controls.ts";
import { WidgetInputError } from "./errors.ts";
import type { Widget, WidgetOptions } from "./widget.ts";

/** One trait of one widget: `[slider, "value"]`. */
export type TraitOf<State extends object, Name extends keyof State> = readonly [
  widget: Widget<State>,
  name: Name,
];

/** A link that holds until it is ended. */
export interface TraitLink extends Disposable {
  unlink(): void;
}

export interface LinkTransform<From, To> {
  /** From the source's value to the target's. */
  readonly to: (value: From) => To;
  /** And back. */
  readonly from: (value: To) => From;
}

/**
 * Keeps traits of two widgets equal, by the kernel: the target takes the source's value now, and
 * each follows the other from then on. `transform` says how the values correspond when they differ.
 */
export function link<
  Source extends object,
  SourceName extends keyof Source,
  Target extends object,
  TargetName extends keyof Target,
>(
  source: TraitOf<Source, SourceName>,
  target: TraitOf<Target, TargetName> & SameValue<Source[SourceName], Target[TargetName]>,
  transform?: LinkTransform<Source[SourceName], Target[TargetName]>,
): TraitLink {
  const there = dlink(source, target, transform?.to);
  const back = follow(target, source, transform?.from);
  return linkOf(() => {
    there.unlink();
    back();
  });
}

/** As `link`, but only the target follows. */
export function dlink<
  Source extends object,
  SourceName extends keyof Source,
  Target extends object,
  TargetName extends keyof Target,
>(
  source: TraitOf<Source, SourceName>,
  target: TraitOf<Target, TargetName>,
  transform?: (value: Source[SourceName]) => Target[TargetName],
): TraitLink {
  const stop = follow(source, target, transform);
  pass(source, target, transform);
  return linkOf(stop);
}

/**
 * Keeps traits of two widgets equal in the front end: no way through the kernel, so that it also
 * works while the kernel is busy, and in pages without one.
 */
export function jslink<
  Source extends object,
  SourceName extends keyof Source,
  Target extends object,
  TargetName extends keyof Target,
>(
  source: TraitOf<Source, SourceName>,
  target: TraitOf<Target, TargetName>,
  runtime?: WidgetOptions,
): TraitLink {
  return frontEndLink(new Link({ source: onWire(source), target: onWire(target) }, runtime));
}

/** As `jslink`, but only the target follows. */
export function jsdlink<
  Source extends object,
  SourceName extends keyof Source,
  Target extends object,
  TargetName extends keyof Target,
>(
  source: TraitOf<Source, SourceName>,
  target: TraitOf<Target, TargetName>,
  runtime?: WidgetOptions,
): TraitLink {
  return frontEndLink(
    new DirectionalLink({ source: onWire(source), target: onWire(target) }, runtime),
  );
}

/** Without a transform, both traits must hold the same type of value. */
type SameValue<From, To> = From extends To ? unknown : never;

function frontEndLink(widget: Link | DirectionalLink): TraitLink {
  widget.open();
  return linkOf(() => {
    widget.close();
  });
}

function linkOf(unlink: () => void): TraitLink {
  return { unlink, [Symbol.dispose]: unlink };
}

/** Passes each change of `source` on. */
function follow<
  Source extends object,
  SourceName extends keyof Source,
  Target extends object,
  TargetName extends keyof Target,
>(
  [widget, name]: TraitOf<Source, SourceName>,
  target: TraitOf<Target, TargetName>,
  transform?: (value: Source[SourceName]) => Target[TargetName],
): () => void {
  return widget.observe(name, () => {
    pass([widget, name], target, transform);
  });
}

function pass<
  Source extends object,
  SourceName extends keyof Source,
  Target extends object,
  TargetName extends keyof Target,
>(
  [widget, name]: TraitOf<Source, SourceName>,
  [other, otherName]: TraitOf<Target, TargetName>,
  transform?: (value: Source[SourceName]) => Target[TargetName],
): void {
  const value = widget.state[name];
  const passed = transform === undefined ? value : transform(value);
  other.set({ [otherName]: passed } as unknown as Partial<Target>);
}

function onWire<State extends object, Name extends keyof State>([widget, name]: TraitOf<
  State,
  Name
>): readonly [widget: Widget<State>, trait: string] {
  const wireName = widget.wireName(name);
  if (wireName !== undefined) return [widget, wireName];
  throw new WidgetInputError(
    `jslink: "${String(name)}" stays in the kernel, the front end does not know it; link "index", or use link().`,
  );
}
