import type {
  SliderBasis,
  SliderSpec,
  Surrounding,
} from "../../models/latent-explorer/latent-explorer-protocol.ts";
import { element, setAttribute } from "../element.ts";
import { button, choice, field, type ExplorerScene, type ScenePart } from "./explorer-scene.ts";
import { filmStrip, type FilmStrip } from "./film-strip.ts";

const shownAtFirst = 4;
const shownMore = 4;

interface SliderRow {
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  readonly readout: HTMLElement;
  readonly strip: FilmStrip;
  readonly spec: SliderSpec;
  readonly surrounding: Extract<Surrounding, { kind: "strip" }>;
  /** Its place among the values of a frame. */
  readonly place: number;
}

/** Sliders for the codes, each group for itself, over strips of what each would show. */
export function codeSlidersPanel(scene: ExplorerScene): ScenePart {
  const { store } = scene;
  const groups = scene.get("groups");
  const basis = choice<SliderBasis>(
    [
      ["directions", "principal directions"],
      ["codes", "single codes"],
    ],
    (sliderBasis) => {
      scene.change({ sliderBasis });
    },
  );
  const shown = groups.map(() => shownAtFirst);
  const bodies = groups.map(() => element("div", { class: "cl-lx-sliders" }));
  const more = groups.map((group, place) =>
    button(`More ${group.name} sliders`, () => {
      shown[place]! += shownMore;
      built = undefined;
      update();
    }),
  );
  const node = element(
    "section",
    { class: "cl-lx-codes", "aria-label": "Codes" },
    element("div", { class: "cl-lx-tools" }, field("Sliders along", basis)),
    element(
      "div",
      { class: "cl-lx-columns" },
      ...groups.map(({ name }, place) =>
        element(
          "fieldset",
          { class: "cl-lx-group-box" },
          element("legend", {}, name),
          bodies[place]!,
          more[place]!,
        ),
      ),
    ),
  );
  let rows: SliderRow[] = [];
  let built: unknown;

  const build = (): void => {
    if (built === store.sliders) return;
    built = store.sliders;
    let place = 0;
    rows = store.sliders.flatMap((sliders, group) => {
      const start = place;
      place += sliders.length;
      const made = sliders
        .slice(0, shown[group])
        .map((spec, slider) =>
          sliderRow(scene, spec, { kind: "strip", group, slider }, start + slider),
        );
      bodies[group]!.replaceChildren(...made.map((row) => row.node));
      const left = sliders.length - made.length;
      more[group]!.hidden = left <= 0;
      more[group]!.textContent = `More (${left})`;
      return made;
    });
    store.show(
      node,
      rows.map(({ surrounding }) => surrounding),
    );
  };
  const update = (): void => {
    build();
    basis.value = scene.get("sliderBasis");
    for (const row of rows) updateRow(scene, row);
  };
  return { node, update };
}

function sliderRow(
  scene: ExplorerScene,
  spec: SliderSpec,
  surrounding: SliderRow["surrounding"],
  place: number,
): SliderRow {
  const { low, high, name, detail } = spec;
  const go = (value: number): void => {
    const { group, slider } = surrounding;
    scene.store.ask({ kind: "slider", group, slider, value });
  };
  const step = Number(((high - low) / 120).toPrecision(1));
  const input = element("input", {
    type: "range",
    min: low,
    max: high,
    step,
    title: detail,
    "aria-label": name,
  });
  // Without this it begins at its end, because browsers choose the middle before they know the ends.
  input.value = String((low + high) / 2);
  input.addEventListener("input", () => {
    go(Number(input.value));
  });
  // Not an <output>: the label would name that and not the slider.
  const readout = element("span", { class: "cl-lx-readout", "aria-hidden": "true" });
  const strip = filmStrip(go);
  const label = element(
    "label",
    {},
    element("span", { class: "cl-lx-slider-name" }, element("span", {}, name), readout),
    input,
  );
  return {
    ...{ spec, surrounding, place, input, readout, strip },
    node: element("div", { class: "cl-lx-slider" }, label, strip.node),
  };
}

function updateRow(scene: ExplorerScene, row: SliderRow): void {
  const { store } = scene;
  const value = store.frame?.values[row.place];
  // A reader may hold the handle: it shows what was asked for, and the frame is of a moment ago.
  const isHeld = document.activeElement === row.input && store.isWaiting;
  if (value !== undefined && !isHeld) row.input.value = String(value);
  const isDirection = scene.get("sliderBasis") === "directions";
  const shown = Number(row.input.value);
  const words = (
    isDirection ? `${shown.toFixed(1)} σ` : String(Number(shown.toPrecision(3)))
  ).replace("-", "−");
  if (row.readout.textContent !== words) row.readout.textContent = words;
  setAttribute(
    row.input,
    "aria-valuetext",
    isDirection ? `${shown.toFixed(1)} standard deviations` : words,
  );
  row.strip.update(store.pictures(row.surrounding), store.frame?.version, scene.sizeVersion());
}
