import { pointFinder, type PointFinder } from "../../drawing/point-finder.ts";
import type { Platform } from "../platform.ts";
import type { CodeRange, CodeTable } from "./code-table.ts";
import type { CodeGroup, MapKind } from "./latent-explorer-protocol.ts";
import { axesProjection, principalProjection, type MapProjection } from "./map-projection.ts";
import { groupCodesName } from "./group-codes-name.ts";
import { umapProjection } from "./umap-projection.ts";

/** Which map is meant. */
export interface MapChoice {
  readonly map: MapKind;
  readonly mapGroup: string;
  readonly axes: readonly [number, number];
}

export interface ReadyMap {
  readonly choice: MapChoice;
  readonly projection: MapProjection;
  readonly finder: PointFinder;
}

/** Makes maps, and keeps those that take long. */
export interface MapMaker {
  /** At once, or undefined when it takes long and is not there yet. */
  ready(choice: MapChoice): ReadyMap | undefined;
  /** Works until the map is there, giving way every few milliseconds; undefined when aborted. */
  make(
    choice: MapChoice,
    options: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
  ): Promise<ReadyMap | undefined>;
}

/** Longest stretch of work between two pauses. */
const stretchMs = 12;

export function mapMaker({
  table,
  groups,
  platform,
  umapFilms,
  seed,
}: {
  readonly table: CodeTable;
  readonly groups: readonly CodeGroup[];
  readonly platform: Platform;
  readonly umapFilms: number;
  readonly seed: number;
}): MapMaker {
  const kept = new Map<string, ReadyMap>();
  const keyOf = ({ map, mapGroup, axes }: MapChoice): string =>
    map === "axes" ? `axes ${axes.join(" ")}` : `${map} ${mapGroup}`;
  const finish = (choice: MapChoice, projection: MapProjection): ReadyMap => {
    const ready = { choice, projection, finder: pointFinder(projection.points) };
    if (choice.map !== "axes") kept.set(keyOf(choice), ready);
    return ready;
  };
  const ready: MapMaker["ready"] = (choice) => {
    const known = kept.get(keyOf(choice));
    if (known !== undefined) return known;
    switch (choice.map) {
      case "pca":
        return finish(choice, principalProjection(table, rangeOf(groups, choice.mapGroup)));
      case "axes":
        return finish(
          choice,
          axesProjection(table, choice.axes, (code) => codeName(groups, code)),
        );
      case "umap":
        return undefined;
    }
  };
  return {
    ready,
    async make(choice, { signal, onProgress }) {
      const known = ready(choice);
      if (known !== undefined) return known;
      const range = rangeOf(groups, choice.mapGroup);
      let since = platform.nowMs();
      for (const { done, projection } of umapProjection(table, {
        range,
        mostFitted: umapFilms,
        seed,
      })) {
        if (signal.aborted) return undefined;
        if (projection !== undefined) return finish(choice, projection);
        if (platform.nowMs() - since < stretchMs) continue;
        onProgress(done);
        await new Promise<void>((resolve) => void platform.later(0, resolve));
        since = platform.nowMs();
      }
      return undefined;
    },
  };
}

/** The codes of a group, or all of them for "". */
export function rangeOf(groups: readonly CodeGroup[], name: string): CodeRange {
  const group = groups.find((other) => other.name === name);
  return group ?? { from: 0, width: groups.reduce((sum, { width }) => sum + width, 0) };
}

/** "pathology code 12": codes are counted within their group, from 1. */
export function codeName(groups: readonly CodeGroup[], code: number): string {
  const group = groups.find(({ from, width }) => code >= from && code < from + width)!;
  return `${groupCodesName(group)} ${code - group.from + 1}`;
}
