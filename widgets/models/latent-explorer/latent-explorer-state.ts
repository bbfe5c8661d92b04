import type { DomState } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import { Layout } from "../layout.ts";
import { codeSpace, isIndex, type LatentExplorerOptions } from "./latent-explorer-options.ts";
import { mapKinds, type LatentExplorerState, type MapKind } from "./latent-explorer-protocol.ts";

/** Checks the options at the door and makes the first state of them. */
export function initialState(options: LatentExplorerOptions): LatentExplorerState & DomState {
  const { imageSizePx, columns = {}, umapFilms = 5000, decodeBatch = 1 } = options;
  const { table, groups } = codeSpace(options);
  if (!Number.isInteger(imageSizePx) || imageSizePx < 1) {
    throw new WidgetInputError(
      `LatentExplorer: imageSizePx is ${imageSizePx}; give the side of a film in pixels, such as 64.`,
    );
  }
  if (!Number.isInteger(umapFilms) || umapFilms < 10 || umapFilms > 20_000) {
    throw new WidgetInputError(
      `LatentExplorer: umapFilms is ${umapFilms}; give a whole number from 10 to 20000.`,
    );
  }
  if (!Number.isInteger(decodeBatch) || decodeBatch < 1) {
    throw new WidgetInputError(
      `LatentExplorer: decodeBatch is ${decodeBatch}; give a whole number of at least 1.`,
    );
  }
  const columnNames = Object.keys(columns);
  const axes: readonly [number, number] = [0, Math.min(1, table.width - 1)];
  const state: LatentExplorerState & DomState = {
    layout: options.layout ?? new Layout({}, options),
    _dom_classes: [],
    tabbable: null,
    tooltip: null,
    title: options.title ?? "",
    imageSizePx,
    filmCount: table.count,
    groups,
    columns: columnNames,
    map: "pca",
    mapGroup: "",
    axes,
    colourBy: columnNames[0] ?? "",
    sliderBasis: "directions",
    pathFrom: null,
    pathTo: null,
    pathGroup: "",
    progress: "",
    position: [0, 0],
    selectedCount: 0,
    selectionVersion: 0,
  };
  const chosen = Object.fromEntries(
    (["map", "mapGroup", "axes", "colourBy"] as const).flatMap((name) =>
      options[name] === undefined ? [] : [[name, acceptValue(state, name, options[name])]],
    ),
  );
  if (!isIndex(options.startFilm ?? 0, table.count)) {
    throw new WidgetInputError(
      `LatentExplorer: startFilm is ${options.startFilm}; give a film from 0 to ${table.count - 1}.`,
    );
  }
  return { ...state, ...chosen };
}

/** Checks one state value that came from outside; see `Widget.accept`. */
export function acceptValue(state: LatentExplorerState, name: string, value: unknown): unknown {
  const groupNames = ["", ...state.groups.map((group) => group.name)];
  switch (name) {
    case "map":
      return oneOf(mapKinds, value as MapKind, name);
    case "mapGroup":
    case "pathGroup":
      return oneOf(groupNames, value as string, name);
    case "colourBy":
      return oneOf(["", ...state.columns], value as string, name);
    case "sliderBasis":
      return oneOf(["directions", "codes"], value as string, name);
    case "axes":
      return acceptAxes(state, value);
    case "pathFrom":
    case "pathTo":
      if (value === null || isIndex(value, state.filmCount)) return value;
      throw new WidgetInputError(
        `LatentExplorer: ${name} is ${JSON.stringify(value)}; give a film from 0 to ${state.filmCount - 1}, or null.`,
      );
    default:
      throw new WidgetInputError(`LatentExplorer: \`${name}\` is not for front ends to change.`);
  }
}

function acceptAxes({ groups }: LatentExplorerState, value: unknown): readonly [number, number] {
  const width = groups.reduce((sum, group) => sum + group.width, 0);
  const [horizontal, vertical] = Array.isArray(value) ? (value as unknown[]) : [];
  if (isIndex(horizontal, width) && isIndex(vertical, width)) return [horizontal, vertical];
  throw new WidgetInputError(
    `LatentExplorer: axes is ${JSON.stringify(value)}; give two codes from 0 to ${width - 1}.`,
  );
}

function oneOf<Value extends string>(allowed: readonly Value[], value: Value, name: string): Value {
  if (allowed.includes(value)) return value;
  throw new WidgetInputError(
    `LatentExplorer: ${name} is ${JSON.stringify(value)}; give one of ${allowed.map((other) => JSON.stringify(other)).join(", ")}.`,
  );
}
