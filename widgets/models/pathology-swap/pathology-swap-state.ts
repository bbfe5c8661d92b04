import { clampWindow, fullWindow } from "../../drawing/window-level.ts";
import type { DomState } from "../dom-widget.ts";
import { WidgetInputError } from "../errors.ts";
import { Layout } from "../layout.ts";
import {
  isIndex,
  requireIndices,
  sourceFilms,
  type CounterfactualProvider,
  type PathologySwapOptions,
} from "./pathology-swap-options.ts";
import {
  differenceRanges,
  type CellPlace,
  type ComparedWith,
  type PathologySwapState,
} from "./pathology-swap-protocol.ts";

/** Whether `place` is a cell of this grid, shown or not. */
export function isPlace(
  { identities, pathologies }: PathologySwapState,
  place: unknown,
): place is CellPlace {
  const { identity, pathology } = (place ?? {}) as Partial<CellPlace>;
  return isIndex(identity, identities.length) && isIndex(pathology, pathologies.length);
}

/** Checks one state value that came from outside; see `Widget.accept`. */
export function acceptValue(state: PathologySwapState, name: string, value: unknown): unknown {
  switch (name) {
    case "shownRows":
      return requireIndices(value, state.identities.length, name);
    case "shownColumns":
      return requireIndices(value, state.pathologies.length, name);
    case "selected":
      if (!isPlace(state, value)) {
        throw new WidgetInputError(
          `PathologySwap: selected is ${JSON.stringify(value)}; give { identity, pathology } with ` +
            `identity from 0 to ${state.identities.length - 1} and pathology from 0 to ` +
            `${state.pathologies.length - 1}.`,
        );
      }
      return { identity: value.identity, pathology: value.pathology };
    case "severities":
      return requireSeverities(state, value);
    case "comparedWith":
      return comparisons.find((comparison) => comparison === value) ?? "original";
    case "differenceRange":
      return differenceRanges.includes(Number(value)) ? value : state.differenceRange;
    case "windowCenter":
      return clampWindow({ center: finite(value, name), width: state.windowWidth }).center;
    case "windowWidth":
      return clampWindow({ center: state.windowCenter, width: finite(value, name) }).width;
    case "isSmooth":
      return value === true;
    default:
      throw new WidgetInputError(`PathologySwap: \`${name}\` is not for front ends to change.`);
  }
}

/** What a counterfactual can be compared with. */
const comparisons: readonly ComparedWith[] = ["original", "reconstruction", "exact"];

function requireSeverities(
  { severityRange, pathologies }: PathologySwapState,
  value: unknown,
): readonly number[] {
  const isList = Array.isArray(value) && value.length === pathologies.length;
  if (severityRange === null || !isList) {
    throw new WidgetInputError(
      severityRange === null
        ? "PathologySwap: there are no severities to set; give `severityRange` and a provider that follows it."
        : `PathologySwap: severities is ${JSON.stringify(value)}; give ${pathologies.length} numbers.`,
    );
  }
  const [min, max] = severityRange;
  return value.map((severity) => Math.min(max, Math.max(min, finite(severity, "severity"))));
}

function finite(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new WidgetInputError(`PathologySwap: ${name} is ${JSON.stringify(value)}; give a number.`);
}

/** Checks the options at the door and makes the first state of them. */
export function initialState(options: PathologySwapOptions): PathologySwapState & DomState {
  const { imageSizePx, differenceRange = 0.5 } = options;
  if (!Number.isInteger(imageSizePx) || imageSizePx < 1) {
    throw new WidgetInputError(
      `PathologySwap: imageSizePx is ${imageSizePx}; give the side of a film in pixels, such as 64.`,
    );
  }
  if (!(differenceRange > 0 && differenceRange <= 1)) {
    throw new WidgetInputError(
      `PathologySwap: differenceRange is ${differenceRange}; give an intensity above 0 and up to 1.`,
    );
  }
  const { severityRange = null } = options;
  if (severityRange !== null && !(severityRange[0] < severityRange[1])) {
    throw new WidgetInputError(
      `PathologySwap: severityRange is [${severityRange.join(", ")}]; give a lower and a higher number, such as [0, 1.5].`,
    );
  }
  const door = { imageSizePx, pathologies: options.pathologies.length };
  const identities = sourceFilms(options.identities, { ...door, role: "identities" });
  const without = identities.findIndex(({ film }) => film === null);
  if (without >= 0) {
    throw new WidgetInputError(
      `PathologySwap: identities[${without}] has no image; rows need one each.`,
    );
  }
  const pathologies = sourceFilms(options.pathologies, { ...door, role: "pathologies" });
  const shownRows = shown(options.shownRows, identities.length, 6, "shownRows");
  const shownColumns = shown(options.shownColumns, pathologies.length, 8, "shownColumns");
  const [identity, pathology] = options.selected ?? [shownRows[0]!, shownColumns[0]!];
  if (!shownRows.includes(identity) || !shownColumns.includes(pathology)) {
    throw new WidgetInputError(
      `PathologySwap: selected is [${identity}, ${pathology}]; give one of the shown rows ` +
        `(${shownRows.join(", ")}) and one of the shown columns (${shownColumns.join(", ")}).`,
    );
  }
  return {
    layout: options.layout ?? new Layout({}, options),
    _dom_classes: [],
    tabbable: null,
    tooltip: null,
    title: options.title ?? "",
    imageSizePx,
    identities,
    pathologies,
    shownRows,
    shownColumns,
    selected: { identity, pathology },
    given: identities.map(() => null),
    canUndo: false,
    canRedo: false,
    severityRange,
    severities: pathologies.map(() =>
      severityRange === null ? 1 : Math.min(severityRange[1], Math.max(severityRange[0], 1)),
    ),
    comparedWith: options.comparedWith ?? "original",
    differenceRange,
    windowCenter: fullWindow.center,
    windowWidth: fullWindow.width,
    isSmooth: true,
  };
}

function shown(
  given: readonly number[] | undefined,
  length: number,
  most: number,
  name: string,
): readonly number[] {
  const indices = given ?? Array.from({ length: Math.min(length, most) }, (_, index) => index);
  return requireIndices(indices, length, name);
}

/** The function that renders a cell; a table of films becomes one. */
export function providerOf({
  counterfactual,
  identities,
  pathologies,
}: PathologySwapOptions): CounterfactualProvider {
  if (typeof counterfactual === "function") return counterfactual;
  const isWhole =
    counterfactual.length === identities.length &&
    counterfactual.every((row) => row.length === pathologies.length);
  if (!isWhole) {
    throw new WidgetInputError(
      `PathologySwap: counterfactual is a table of ${counterfactual.length} rows; give ` +
        `${identities.length} rows of ${pathologies.length} films, or a function that renders one.`,
    );
  }
  return (identity, pathology) => counterfactual[identity]![pathology]!;
}
