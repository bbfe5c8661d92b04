import { Control } from "./control.ts";

const colorForm =
  /^(?:#[\da-f]{3,4}|#[\da-f]{6}|#[\da-f]{8}|[a-z]+|(?:rgb|hsl)a?\([\d\s.,%/+-]+\)|var\(--[^)]+\))$/i;

/** A control whose value is a CSS colour. */
export abstract class ColorControl<Traits extends { value: string }> extends Control<Traits> {
  protected override settle(patch: Partial<Traits>): Partial<Traits> {
    const { value } = super.settle(patch);
    if (value === undefined || colorForm.test(value)) return patch;
    throw this.fault(
      `value must be a CSS colour such as "steelblue", "#4682b4" or "rgb(70, 130, 180)"; it was given ${JSON.stringify(value)}.`,
    );
  }
}
