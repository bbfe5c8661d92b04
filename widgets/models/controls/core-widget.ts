import { WidgetInputError } from "../errors.ts";
import { Widget, type StateChange, type WidgetOptions } from "../widget.ts";
import { snakeCase, type ControlSpec, type TraitSpec } from "./trait-spec.ts";
import { decodeTrait, encodeTrait, faultOf } from "./trait-value.ts";

/** Any widget that a container, a link or a layout may hold. */
export interface AnyWidget {
  readonly modelId: string;
  open(): void;
  toString(): string;
  wireState(): Readonly<Record<string, unknown>>;
}

/** What a constructor takes: any traits; layouts and styles also as plain properties. */
export type ControlOptions<Traits> = {
  readonly [Name in keyof Traits]?: Traits[Name] extends CoreWidget<infer Style>
    ? Traits[Name] | Partial<Style>
    : Traits[Name];
};

/** A widget whose state is described by the widget schema; each trait is a property of it. */
export abstract class CoreWidget<Traits extends object> extends Widget<Traits> {
  readonly #spec: ControlSpec;

  protected constructor(
    spec: ControlSpec,
    options: ControlOptions<Traits>,
    runtime: WidgetOptions | undefined,
  ) {
    checkNames(spec, options);
    super(spec.names, initialState(spec, options, runtime) as Traits, runtime);
    this.#spec = spec;
    for (const name of Object.keys(spec.traits)) {
      Object.defineProperty(this, name, {
        enumerable: true,
        get: () => this.state[name as keyof Traits],
        set: (value: Traits[keyof Traits]) => {
          this.set({ [name]: value } as unknown as Partial<Traits>);
        },
      });
    }
    this.set(given(options as Partial<Traits>, this.state));
  }

  override observe<Name extends keyof Traits>(
    name: Name,
    handler: (change: StateChange<Traits, Name>) => void,
  ): () => void {
    checkNames(this.#spec, { [name]: undefined });
    return super.observe(name, handler);
  }

  /** The control in one line: its name and what was changed in it. */
  override toString(): string {
    const { name, traits } = this.#spec;
    const shown = Object.entries(traits).flatMap(([trait, { type, initial }]) => {
      const value = this.state[trait as keyof Traits];
      if (
        trait === "optionsLabels" ||
        type === "widget" ||
        type === "bytes" ||
        type === "files" ||
        value === initial
      )
        return [];
      const text = JSON.stringify(value, (_key, part: unknown) =>
        isAnyWidget(part) ? part.toString() : part,
      ) as string | undefined;
      if (text === undefined || text === JSON.stringify(initial)) return [];
      return [`${trait}: ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`];
    });
    return `${name} { ${shown.join(", ")} }`.replace("{  }", "{}");
  }

  /** A message about this control. */
  protected fault(message: string): WidgetInputError {
    return new WidgetInputError(`${this.#spec.name}: ${message}`);
  }

  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    checkNames(this.#spec, patch);
    for (const [name, value] of Object.entries(patch)) {
      const allowed = faultOf(this.#spec.traits[name]!, value);
      if (allowed !== undefined) {
        throw this.fault(`${name} must be ${allowed}; it was given ${shortly(value)}.`);
      }
    }
    return patch;
  }

  override wireName(name: keyof Traits): string | undefined {
    const { wireName } = this.#trait(name);
    return wireName === undefined ? snakeCase(String(name)) : (wireName ?? undefined);
  }

  protected override encode(name: keyof Traits, value: unknown): unknown {
    return encodeTrait(this.#trait(name), value);
  }

  protected override accept<Name extends keyof Traits>(name: Name, value: unknown): Traits[Name] {
    return decodeTrait(this.#trait(name), value) as Traits[Name];
  }

  protected override echoed(names: readonly (keyof Traits)[]): readonly (keyof Traits)[] {
    // Uploads would go back as large as they came.
    return names.filter((name) => this.#trait(name).type !== "files");
  }

  #trait(name: keyof Traits): TraitSpec {
    return this.#spec.traits[String(name)]!;
  }
}

/** What was given for layouts and styles is in the state by now, as widgets. */
function given<Traits extends object>(options: Partial<Traits>, state: Traits): Partial<Traits> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const made = state[name as keyof Traits];
        return [name, isAnyWidget(made) ? made : value];
      }),
  ) as Partial<Traits>;
}

function initialState(
  { traits }: ControlSpec,
  options: object,
  runtime: WidgetOptions | undefined,
): Record<string, unknown> {
  const values = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(traits).map(([name, { initial, create }]) => {
      if (create === undefined) return [name, initial];
      const value = values[name] ?? {};
      return [
        name,
        typeof value === "object" && !isAnyWidget(value) ? create(value, runtime) : value,
      ];
    }),
  );
}

function checkNames({ name, traits }: ControlSpec, patch: object): void {
  const unknown = Object.keys(patch).filter((trait) => !Object.hasOwn(traits, trait));
  if (unknown.length === 0) return;
  throw new WidgetInputError(
    `${name} has no ${unknown.join(", ")}; it has ${Object.keys(traits).toSorted().join(", ")}.`,
  );
}

function isAnyWidget(value: unknown): value is AnyWidget {
  return typeof value === "object" && value !== null && "modelId" in value && "wireState" in value;
}

function shortly(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  if (value instanceof Date) return "an invalid Date";
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
