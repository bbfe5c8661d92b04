import { element } from "../element.ts";

/** A slider over iterations with a button that plays them. */
export interface Scrubber {
  readonly node: HTMLElement;
  readonly iteration: number;
  /** @param newest The last iteration that there is; a reader at the end is taken along. */
  update(newest: number, words: (iteration: number) => string): void;
}

/** Time that each film is shown. */
const frameMs = 220;

export function scrubber(changed: () => void, signal: AbortSignal): Scrubber {
  const play = element("button", { type: "button", class: "cl-play", disabled: true }, "Play");
  const slider = element("input", {
    ...{ type: "range", min: 0, max: 0, step: 1, value: 0 },
    "aria-label": "Iteration shown",
  });
  const reading = element("output", { class: "cl-quiet", "aria-hidden": "true" });
  let newest = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const show = (iteration: number): void => {
    slider.value = String(iteration);
    changed();
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
  };
  play.addEventListener("click", () => {
    if (timer !== undefined) {
      stop();
      return;
    }
    if (Number(slider.value) >= newest) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => {
      if (Number(slider.value) >= newest) stop();
      else show(Number(slider.value) + 1);
    }, frameMs);
  });
  slider.addEventListener("input", () => {
    stop();
    changed();
  });
  signal.addEventListener("abort", stop);
  return {
    node: element("div", { class: "cl-scrubber" }, play, slider, reading),
    get iteration() {
      return Number(slider.value);
    },
    update(last, words) {
      const wasAtEnd = Number(slider.value) >= newest;
      newest = last;
      if (Number(slider.max) !== last) slider.max = String(last);
      if (wasAtEnd && timer === undefined) slider.value = String(last);
      play.disabled = last === 0;
      const text = words(Number(slider.value));
      slider.setAttribute("aria-valuetext", text);
      if (reading.value !== text) reading.value = text;
    },
  };
}
