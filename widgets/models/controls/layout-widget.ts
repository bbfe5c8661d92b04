import { CoreWidget } from "./core-widget.ts";

/** CSS that front ends apply to a widget's outermost element. */
export abstract class LayoutWidget<Traits extends object> extends CoreWidget<Traits> {
  /** Changes some properties; the others stay as they are. */
  change(style: Partial<Traits>): void {
    this.set(style);
  }
}
