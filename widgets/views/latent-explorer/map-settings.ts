import { colourTable } from "../../models/latent-explorer/colour-table.ts";
import {
  mapKinds,
  type ExplorerColours,
  type MapKind,
} from "../../models/latent-explorer/latent-explorer-protocol.ts";
import { element, setAttribute } from "../element.ts";
import { choice, field, type ExplorerScene, type ScenePart } from "./explorer-scene.ts";
import type { MapCanvas } from "./map-canvas.ts";

const mapNames: Readonly<Record<MapKind, string>> = {
  pca: "principal components",
  umap: "UMAP",
  axes: "two codes",
};

/** Which map is shown, of which codes, and coloured by what. */
export function mapSettings(scene: ExplorerScene): ScenePart {
  const groups = scene.get("groups");
  const kind = choice(
    mapKinds.map((map) => [map, mapNames[map]] as const),
    (map) => {
      scene.change({ map });
    },
  );
  const group = choice(
    [["", "all codes"], ...groups.map(({ name }) => [name, `${name} codes`] as const)],
    (mapGroup) => {
      scene.change({ mapGroup });
    },
  );
  const groupField = field("of", group);
  const axes = [0, 1].map((axis) => axisChoice(scene, axis as 0 | 1));
  const colour = choice(
    [["", "nothing"], ...scene.get("columns").map((name) => [name, name] as const)],
    (colourBy) => {
      scene.change({ colourBy });
    },
  );
  const colourField = field("Coloured by", colour);
  colourField.hidden = scene.get("columns").length === 0;
  const progress = element("p", { class: "cl-lx-progress", role: "status" });
  return {
    node: element(
      "div",
      { class: "cl-lx-bar" },
      ...(scene.get("title") === ""
        ? []
        : [element("p", { class: "cl-lx-heading" }, scene.get("title"))]),
      field("Map by", kind),
      groupField,
      ...axes.map((axis) => axis.node),
      colourField,
      progress,
    ),
    update() {
      kind.value = scene.get("map");
      group.value = scene.get("mapGroup");
      colour.value = scene.get("colourBy");
      const isAxes = scene.get("map") === "axes";
      groupField.hidden = isAxes || groups.length < 2;
      for (const axis of axes) {
        axis.node.hidden = !isAxes;
        axis.update();
      }
      if (progress.textContent !== scene.get("progress"))
        progress.textContent = scene.get("progress");
    },
  };
}

/** A group and a number within it. */
function axisChoice(scene: ExplorerScene, axis: 0 | 1): ScenePart {
  const groups = scene.get("groups");
  const name = axis === 0 ? "Horizontal" : "Vertical";
  const change = (code: number): void => {
    const axes = scene.get("axes");
    scene.change({ axes: axis === 0 ? [code, axes[1]] : [axes[0], code] });
  };
  const number = element("input", {
    type: "number",
    min: 1,
    step: 1,
    "aria-label": `${name} code`,
  });
  const group = choice(
    groups.map((one, place) => [String(place), one.name] as const),
    (place) => {
      change(groups[Number(place)]!.from);
    },
  );
  group.setAttribute("aria-label", `${name} group`);
  number.addEventListener("change", () => {
    const { from, width } = groups[Number(group.value)]!;
    const within = Math.min(width, Math.max(1, Math.round(Number(number.value)) || 1));
    number.value = String(within);
    change(from + within - 1);
  });
  return {
    node: element("span", { class: "cl-lx-field" }, element("span", {}, name), group, number),
    update() {
      const code = scene.get("axes")[axis];
      const place = groups.findIndex(({ from, width }) => code >= from && code < from + width);
      group.value = String(place);
      setAttribute(number, "max", groups[place]!.width);
      if (document.activeElement !== number) number.value = String(code - groups[place]!.from + 1);
    },
  };
}

/** The colours' key; its entries select their films. */
export function mapLegend(scene: ExplorerScene, canvas: MapCanvas): ScenePart {
  const node = element("div", { class: "cl-lx-legend", role: "group" });
  let built: ExplorerColours | undefined;
  const emphasise = (place: number | undefined): void => {
    if (canvas.emphasised === place) return;
    canvas.emphasised = place;
    canvas.update();
  };
  const entry = (place: number, text: string, rgb: Uint8Array): HTMLElement => {
    const dot = element("i", {});
    dot.style.background = `rgb(${rgb.subarray(place * 3, place * 3 + 3).join(" ")})`;
    const one = element(
      "button",
      { type: "button", class: "cl-lx-key", title: "Select these films" },
      dot,
      text,
    );
    one.addEventListener("click", (event) => {
      const mode = event.shiftKey || event.ctrlKey || event.metaKey ? "add" : "replace";
      scene.store.select({ kind: "colour", place }, mode);
    });
    one.addEventListener("pointerenter", () => {
      emphasise(place);
    });
    one.addEventListener("pointerleave", () => {
      emphasise(undefined);
    });
    return one;
  };
  const build = (colours: ExplorerColours): void => {
    const rgb = colourTable(colours, 0);
    const last = rgb.length / 3 - 1;
    node.replaceChildren();
    if (colours.kind === "categories" || colours.kind === "ordered") {
      colours.names.forEach((name, place) => {
        node.append(entry(place, `${name} ${colours.counts[place]!.toLocaleString("en")}`, rgb));
      });
      if (colours.others > 0) {
        node.append(
          entry(colours.names.length, `others ${colours.others.toLocaleString("en")}`, rgb),
        );
      }
    } else if (colours.kind === "scale") {
      const bar = element("i", { class: "cl-lx-scale" });
      const stops = Array.from({ length: 9 }, (_, at) => {
        const place = Math.round((at / 8) * 255) * 3;
        return `rgb(${rgb.subarray(place, place + 3).join(" ")})`;
      });
      bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      const ends = [colours.low, colours.high].map((value) => String(Number(value.toPrecision(4))));
      node.append(ends[0]!, bar, ends[1]!);
      if (colours.others > 0) {
        const dot = element("i", { class: "cl-lx-dot" });
        dot.style.background = `rgb(${rgb.subarray(last * 3).join(" ")})`;
        node.append(dot, `not known ${colours.others.toLocaleString("en")}`);
      }
    }
    setAttribute(
      node,
      "aria-label",
      colours.column === "" ? undefined : `Colours: ${colours.column}`,
    );
  };
  return {
    node,
    update() {
      const { colours, frame } = scene.store;
      if (colours === undefined) return;
      if (colours !== built) build(colours);
      built = colours;
      node.hidden = colours.kind === "none";
      if (colours.kind !== "same") return;
      const same = `Yellow: the same ${colours.column} as ${frame?.nearest.label ?? "the nearest film"}, the film nearest to the cursor`;
      if (node.textContent !== same) node.textContent = same;
    },
  };
}
