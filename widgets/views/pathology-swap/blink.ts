import { element } from "../element.ts";

/** Slower than three flashes a second (WCAG 2.3.1), fast enough to see what moves. */
const halfPeriodMs = 600;

/** Shows the film before the swap in place of the film after it, now and then. */
export interface Blink {
  readonly node: HTMLButtonElement;
  /** Whether the film before is to be shown now. */
  readonly showsBefore: boolean;
}

/**
 * A button that lets two films alternate in one place, where readers find small changes best. Who asked for less
 * motion changes films with each press instead.
 */
export function blink(changed: () => void, signal: AbortSignal): Blink {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let isOn = false;
  let showsBefore = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const node = element(
    "button",
    { type: "button", class: "cl-button", "aria-pressed": "false" },
    "Blink",
  );
  const show = (before: boolean): void => {
    showsBefore = before;
    changed();
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  node.addEventListener("click", () => {
    isOn = !isOn;
    node.setAttribute("aria-pressed", String(isOn));
    stop();
    show(isOn);
    if (!isOn || isStill.matches) return;
    timer = setInterval(() => {
      show(!showsBefore);
    }, halfPeriodMs);
  });
  signal.addEventListener("abort", stop);
  return {
    node,
    get showsBefore() {
      return showsBefore;
    },
  };
}
