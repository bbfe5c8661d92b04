import { DomWidget, type DomState } from "../dom-widget.ts";
import { newestWins, type NewestWins } from "../newest-wins.ts";
import { pacedSender, type PacedSender } from "../paced-sender.ts";
import type { Picture } from "../picture/picture.ts";
import { counterlabNames } from "../widget-module.ts";
import { cellKey, failedCell, readyCell, type SwapCell } from "./swap-cell.ts";
import type { CounterfactualProvider, PathologySwapOptions } from "./pathology-swap-options.ts";
import { drawPathologySwap } from "./pathology-swap-picture.ts";
import type {
  CellPlace,
  FailedCell,
  ReadyCell,
  PathologySwapRequest,
  PathologySwapState,
  PathologySwapUpdate,
} from "./pathology-swap-protocol.ts";
import { shownPlaces, visibleState } from "./shown-places.ts";
import { acceptValue, initialState, isPlace, providerOf } from "./pathology-swap-state.ts";

/**
 * Identity x pathology grid of counterfactual films: each cell shows one patient with the pathology
 * of another; the selected cell is shown large beside its original and their signed difference.
 *
 * Cells are rendered when they come into view, one at a time, the selected one first. Works
 * without a front end too: `await grid.settled()` renders what is shown, `grid.picture()` draws it.
 */
export class PathologySwap extends DomWidget<PathologySwapState & DomState> {
  readonly #originals: readonly ArrayLike<number>[];
  readonly #provider: CounterfactualProvider;
  readonly #cells = new Map<string, SwapCell>();
  /** Cells of `#cells` that were rendered before the last `refresh`. */
  readonly #stale = new Set<string>();
  readonly #queue: NewestWins<CellPlace>;
  readonly #sender: PacedSender<CellPlace>;
  #wantedByViews: readonly CellPlace[] = [];
  #hasView = false;
  /** How much the last picture had to save; a later one of the same films saves as much at once. */
  #economy = 0;

  constructor(options: PathologySwapOptions) {
    const state = initialState(options);
    super(counterlabNames("PathologySwap"), state, options);
    this.#originals = options.identities.map(({ image }) => image!);
    this.#provider = providerOf(options);
    this.#queue = newestWins<CellPlace>({
      keyOf: cellKey,
      grant: (place, signal) => this.#render(place, signal),
      pause: () => new Promise((resolve) => void this.platform.later(0, resolve)),
    });
    this.#sender = pacedSender<CellPlace>({
      platform: this.platform,
      send: (places, sequence) => {
        this.#sendCells(places, sequence);
      },
    });
    this.onMessage((content) => {
      this.#answer(content as PathologySwapRequest);
    });
    for (const name of ["shownRows", "shownColumns"] as const) {
      this.observe(name, () => {
        this.#keepSelectionShown();
        this.#wantNewest();
      });
    }
    this.observe("selected", () => {
      this.#wantNewest();
    });
    for (const name of visibleState) {
      this.observe(name, () => {
        this.pictureChanged();
      });
    }
  }

  /** The selected cell. */
  get selected(): CellPlace {
    return this.state.selected;
  }

  /** Selects a cell, and shows its row and column if they were hidden. */
  set selected(place: CellPlace) {
    const selected = this.accept("selected", place);
    const shownRows = withIndex(this.state.shownRows, selected.identity);
    const shownColumns = withIndex(this.state.shownColumns, selected.pathology);
    this.set({ selected, shownRows, shownColumns });
  }

  /** One cell as it was rendered, or `undefined` while it was not. */
  cell(identity: number, pathology: number): SwapCell | undefined {
    return this.#cells.get(cellKey({ identity, pathology }));
  }

  /** Renders all cells that are shown and waits for them; then the picture in the notebook is complete. */
  async settled(): Promise<void> {
    this.#wantNewest();
    await this.#queue.settled();
    this.flushPicture();
  }

  /**
   * Renders everything that is shown again, because the provider changed: after more training, say.
   * Old films stay in view until the new ones come; `await grid.settled()` waits for them.
   */
  refresh(): void {
    this.#queue.stop();
    for (const key of this.#cells.keys()) this.#stale.add(key);
    const update: PathologySwapUpdate = { type: "stale" };
    this.send(update);
    this.#wantNewest();
  }

  override picture(): Picture {
    const picture = drawPathologySwap(this.state, (place) => this.#cells.get(cellKey(place)), {
      economy: this.#economy,
    });
    this.#economy = picture.economy;
    return picture;
  }

  protected override displayed(): void {
    this.#wantNewest();
  }

  protected override closed(): void {
    this.#queue.stop();
    this.#sender.stop();
    super.closed();
  }

  protected override accept<Name extends keyof (PathologySwapState & DomState)>(
    name: Name,
    value: unknown,
  ): (PathologySwapState & DomState)[Name] {
    return acceptValue(this.state, name, value) as (PathologySwapState & DomState)[Name];
  }

  #answer(request: PathologySwapRequest): void {
    switch (request.type) {
      case "want":
        this.#hasView = true;
        this.#wantedByViews = request.cells.filter((place) => isPlace(this.state, place));
        for (const place of this.#wantedByViews) {
          if (this.#isFresh(place)) this.#sender.add(place);
        }
        this.#wantNewest();
        return;
      case "drawn":
        this.#sender.acknowledge(request.sequence);
        return;
      case "retry":
        if (!isPlace(this.state, request.cell)) return;
        this.#cells.delete(cellKey(request.cell));
        this.#wantedByViews = [request.cell, ...this.#wantedByViews];
        this.#wantNewest();
        return;
      default:
        this.platform.warn(
          `PathologySwap: a view sent ${JSON.stringify(request)}, which means nothing.`,
        );
    }
  }

  /** Brings the list of work up to date: what views miss, then the rest of what is shown. */
  #wantNewest(): void {
    const places = [...this.#wantedByViews, ...shownPlaces(this.state)];
    const missing = new Map(
      places.filter((place) => !this.#isFresh(place)).map((place) => [cellKey(place), place]),
    );
    this.#queue.want([...missing.values()]);
  }

  #isFresh(place: CellPlace): boolean {
    const key = cellKey(place);
    return this.#cells.has(key) && !this.#stale.has(key);
  }

  async #render(place: CellPlace, signal: AbortSignal): Promise<void> {
    const cell = await this.#attempt(place, signal);
    // Nobody waits for an aborted cell, and its result may be half a film: it is rendered anew.
    if (signal.aborted) return;
    this.#cells.set(cellKey(place), cell);
    this.#stale.delete(cellKey(place));
    if (this.#hasView) this.#sender.add(place);
    this.pictureChanged();
  }

  async #attempt({ identity, pathology }: CellPlace, signal: AbortSignal): Promise<SwapCell> {
    try {
      const given = await this.#provider(identity, pathology, signal);
      return readyCell(given, this.#originals[identity]!, this.state.imageSizePx);
    } catch (cause) {
      return failedCell(cause);
    }
  }

  #sendCells(places: readonly CellPlace[], sequence: number): void {
    const buffers: Uint8Array[] = [];
    const unique = new Map(places.map((place) => [cellKey(place), place]));
    const cells = [...unique.values()].flatMap((place): (ReadyCell | FailedCell)[] => {
      const cell = this.#cells.get(cellKey(place));
      if (cell === undefined) return [];
      if (cell.status === "failed") return [{ ...place, ...cell }];
      const image = buffers.push(cell.image) - 1;
      const reconstruction =
        cell.reconstruction === null ? null : buffers.push(cell.reconstruction) - 1;
      return [{ ...place, ...cell, image, reconstruction }];
    });
    const update: PathologySwapUpdate = { type: "cells", sequence, cells };
    this.send(update, buffers);
  }

  #keepSelectionShown(): void {
    const { selected, shownRows, shownColumns } = this.state;
    const identity = shownRows.includes(selected.identity) ? selected.identity : shownRows[0]!;
    const pathology = shownColumns.includes(selected.pathology)
      ? selected.pathology
      : shownColumns[0]!;
    this.set({ selected: { identity, pathology } });
  }
}

function withIndex(indices: readonly number[], index: number): readonly number[] {
  return [...new Set([...indices, index])].toSorted((left, right) => left - right);
}
