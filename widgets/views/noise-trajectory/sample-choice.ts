import { filmPixels, paintSquare } from "../../drawing/film-canvas.ts";
import { fullWindow, windowLookup } from "../../drawing/window-level.ts";
import { element } from "../element.ts";
import { uniqueId } from "../unique-id.ts";

/** Films of all samples, of which one is chosen: radio buttons, so arrow keys go from one to the next. */
export interface SampleChoice {
  readonly node: HTMLElement;
  update(
    samples: number,
    selected: number,
    sizePx: number,
    filmAt: (sample: number) => Uint8Array | undefined,
  ): void;
}

export function sampleChoice(choose: (sample: number) => void): SampleChoice {
  const name = uniqueId("cl-sample");
  const lookup = windowLookup(fullWindow);
  const films = element("div", { class: "cl-samples" });
  let items: readonly { radio: HTMLInputElement; canvas: HTMLCanvasElement }[] = [];
  const build = (samples: number): void => {
    items = Array.from({ length: samples }, (_, sample) => {
      const radio = element("input", { type: "radio", class: "cl-unseen", name, value: sample });
      radio.addEventListener("change", () => {
        choose(sample);
      });
      return { radio, canvas: element("canvas", { "aria-hidden": "true", width: 1, height: 1 }) };
    });
    films.replaceChildren(
      ...items.map(({ radio, canvas }, sample) =>
        element(
          "label",
          { class: "cl-sample" },
          radio,
          canvas,
          element("span", {}, `${sample + 1}`),
        ),
      ),
    );
  };
  return {
    node: element(
      "fieldset",
      { class: "cl-sample-choice" },
      element("legend", {}, "Sample"),
      films,
    ),
    update(samples, selected, sizePx, filmAt) {
      if (items.length !== samples) build(samples);
      items.forEach(({ radio, canvas }, sample) => {
        radio.checked = sample === selected;
        const film = filmAt(sample);
        canvas.hidden = film === undefined;
        if (film === undefined) return;
        const shownSizePx = canvas.clientWidth;
        paintSquare(canvas, filmPixels(film, lookup), sizePx, { isSmooth: true, shownSizePx });
      });
    },
  };
}
