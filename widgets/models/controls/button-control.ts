import { Control } from "./control.ts";

/** A control that is clicked. */
export abstract class ButtonControl<Traits extends object> extends Control<Traits> {
  /** Calls back at each click, also while a cell awaits; the returned function ends it. */
  onClick(handler: () => void): () => void {
    return this.onMessage((content) => {
      if (isClick(content)) handler();
    });
  }

  /** Waits for the next click; a cell may await it. @throws {WidgetClosedError} */
  clicked({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.wait<undefined>(
      (done) =>
        this.onClick(() => {
          done(undefined);
        }),
      signal,
    );
  }

  /** As if a reader had clicked. */
  click(): void {
    this.receive({ event: "click" });
  }
}

function isClick(content: unknown): boolean {
  return (content as { readonly event?: unknown } | null)?.event === "click";
}
