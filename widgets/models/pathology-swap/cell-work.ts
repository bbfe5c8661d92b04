import { newestWins } from "../newest-wins.ts";
import { pacedSender } from "../paced-sender.ts";
import type { Platform } from "../platform.ts";
import type { CounterfactualProvider } from "./pathology-swap-options.ts";
import type {
  CellPlace,
  FailedCell,
  PathologySwapState,
  PathologySwapUpdate,
  ReadyCell,
} from "./pathology-swap-protocol.ts";
import { shownPlaces } from "./shown-places.ts";
import { cellKey, failedCell, readyCell, type SwapCell } from "./swap-cell.ts";

/** Renders cells one at a time, those that are looked at first, and sends them to the views. */
export interface CellWork {
  cellAt(place: CellPlace): SwapCell | undefined;
  /** Brings the list of work up to date: what views miss, then the rest of what is shown. */
  refreshList(): void;
  /** What views miss, most urgent first; from now on cells are sent. */
  wantedByViews(places: readonly CellPlace[]): void;
  acknowledge(sequence: number): void;
  /** Throws a cell away and renders it again, soon. */
  retry(place: CellPlace): void;
  /** Everything that was rendered is out of date. */
  makeStale(): void;
  settled(): Promise<void>;
  stop(): void;
}

export interface CellWorkOptions {
  readonly state: () => PathologySwapState;
  readonly provider: CounterfactualProvider;
  readonly originals: readonly ArrayLike<number>[];
  readonly platform: Platform;
  readonly send: (update: PathologySwapUpdate, buffers: readonly Uint8Array[]) => void;
  /** A cell came. */
  readonly changed: () => void;
}

interface CellWish extends CellPlace {
  readonly severity: number;
}

export function cellWork({
  state,
  provider,
  originals,
  platform,
  send,
  changed,
}: CellWorkOptions): CellWork {
  const cells = new Map<string, SwapCell>();
  /** Cells that were rendered before the last `makeStale`. */
  const stale = new Set<string>();
  let wantedByViews: readonly CellPlace[] = [];
  let hasView = false;
  let underWay: CellWish | undefined;

  const wishFor = (place: CellPlace): CellWish => ({
    ...place,
    severity: state().severities[place.pathology]!,
  });
  const isFresh = (place: CellPlace): boolean => {
    const cell = cells.get(cellKey(place));
    return cell?.severity === wishFor(place).severity && !stale.has(cellKey(place));
  };
  const attempt = async (
    { identity, pathology, severity }: CellWish,
    signal: AbortSignal,
  ): Promise<SwapCell> => {
    try {
      const given = await provider(identity, pathology, signal, severity);
      const { imageSizePx } = state();
      return readyCell(given, originals[identity]!, { imageSizePx, severity });
    } catch (cause) {
      return failedCell(cause, severity);
    }
  };
  const render = async (wish: CellWish, signal: AbortSignal): Promise<void> => {
    underWay = wish;
    const cell = await attempt(wish, signal);
    underWay = undefined;
    // Nobody waits for an aborted cell, and its result may be half a film: it is rendered anew.
    if (signal.aborted) return;
    cells.set(cellKey(wish), cell);
    stale.delete(cellKey(wish));
    if (hasView) sender.add(wish);
    changed();
  };
  const queue = newestWins<CellWish>({
    keyOf: (wish) => `${cellKey(wish)}@${wish.severity}`,
    grant: render,
    pause: () => new Promise((resolve) => void platform.later(0, resolve)),
  });
  const sendCells = (places: readonly CellPlace[], sequence: number): void => {
    const buffers: Uint8Array[] = [];
    const bufferOf = (film: Uint8Array | null): number | null =>
      film === null ? null : buffers.push(film) - 1;
    const unique = new Map(places.map((place) => [cellKey(place), place]));
    const found = [...unique.values()].flatMap(
      ({ identity, pathology }): (ReadyCell | FailedCell)[] => {
        const place = { identity, pathology };
        const cell = cells.get(cellKey(place));
        if (cell === undefined) return [];
        if (cell.status === "failed") return [{ ...place, ...cell }];
        const { image, reconstruction, exact } = cell;
        const films = {
          image: bufferOf(image)!,
          reconstruction: bufferOf(reconstruction),
          exact: bufferOf(exact),
        };
        const { status, severity, fromOriginal, fromReconstruction } = cell;
        const { fromExact, originalFromExact } = cell;
        const distances = { fromOriginal, fromReconstruction, fromExact, originalFromExact };
        return [{ ...place, ...films, ...distances, status, severity }];
      },
    );
    send({ type: "cells", sequence, cells: found }, buffers);
  };
  const sender = pacedSender<CellPlace>({ platform, send: sendCells });

  const refreshList = (): void => {
    const places = [...wantedByViews, ...shownPlaces(state())];
    const missing = new Map(
      places.filter((place) => !isFresh(place)).map((place) => [cellKey(place), wishFor(place)]),
    );
    // A cell whose severity moved on meanwhile is finished first: a slider in motion would
    // otherwise abort film after film and show none.
    const isStillOfUse = underWay !== undefined && missing.has(cellKey(underWay));
    queue.want([...(isStillOfUse ? [underWay!] : []), ...missing.values()]);
  };

  return {
    cellAt: (place) => cells.get(cellKey(place)),
    refreshList,
    wantedByViews(places) {
      hasView = true;
      wantedByViews = places;
      for (const place of places) if (isFresh(place)) sender.add(place);
      refreshList();
    },
    acknowledge(sequence) {
      sender.acknowledge(sequence);
    },
    retry(place) {
      cells.delete(cellKey(place));
      wantedByViews = [place, ...wantedByViews];
      refreshList();
    },
    makeStale() {
      queue.stop();
      for (const key of cells.keys()) stale.add(key);
      refreshList();
    },
    settled: () => queue.settled(),
    stop() {
      queue.stop();
      sender.stop();
    },
  };
}
