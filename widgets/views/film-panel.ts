import { element } from "./element.ts";

/** A large film with its caption and the patient's sides. */
export interface FilmPanel {
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** What the canvas lies in. */
  readonly well: HTMLElement;
  /** Captions it; `of` says more to readers who do not see it. */
  name(caption: string, of: string): void;
}

const sideTitles: Readonly<Record<string, string>> = { R: "Patient's right", L: "Patient's left" };

/** @param options `sides`: marks from image left to image right; the patient's right first when omitted. */
export function filmPanel({
  sides = ["R", "L"],
}: { readonly sides?: readonly string[] } = {}): FilmPanel {
  const canvas = element("canvas", { role: "img", width: 1, height: 1 });
  const caption = element("figcaption");
  const marks = sides.map((side) =>
    element(
      "span",
      { class: `cl-side cl-side-${side}`, title: sideTitles[side], "aria-hidden": "true" },
      side,
    ),
  );
  const well = element("div", { class: "cl-well" }, canvas, ...marks);
  return {
    ...{ canvas, well },
    node: element("figure", { class: "cl-panel" }, well, caption),
    name(text, of) {
      if (caption.textContent !== text) caption.textContent = text;
      canvas.setAttribute("aria-label", `${text}: ${of}`);
    },
  };
}
