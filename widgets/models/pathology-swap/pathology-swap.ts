import { DomWidget, type DomState } from "../dom-widget.ts";
import { editHistory, type EditHistory } from "../edit-history.ts";
import { WidgetInputError } from "../errors.ts";
import type { Picture } from "../picture/picture.ts";
import { counterlabNames } from "../widget-module.ts";
import { cellWork, type CellWork } from "./cell-work.ts";
import type { PathologySwapOptions } from "./pathology-swap-options.ts";
import { drawPathologySwap } from "./pathology-swap-picture.ts";
import type {
  CellPlace,
  GivenPathology,
  PathologySwapRequest,
  PathologySwapState,
  PathologySwapUpdate,
} from "./pathology-swap-protocol.ts";
import { acceptValue, initialState, isPlace, providerOf } from "./pathology-swap-state.ts";
import { visibleState } from "./shown-places.ts";
import type { SwapCell } from "./swap-cell.ts";
import { exportCell, type ExportedCell } from "./swap-export.ts";
import { afterExchange, afterGift } from "./swap-moves.ts";

/**
 * Identity x pathology grid of counterfactual films: each cell shows one patient with the pathology
 * of another; the selected cell is shown large beside its original and their signed difference. Patients are given
 * pathologies, and exchange them, by dragging, by two clicks or by keys.
 *
 * Cells are rendered when they come into view, one at a time, the selected one first. Works
 * without a front end too: `await swap.settled()` renders what is shown, `swap.picture()` draws it.
 */
export class PathologySwap extends DomWidget<PathologySwapState & DomState> {
  readonly #work: CellWork;
  readonly #history: EditHistory<readonly GivenPathology[]>;
  /** How much the last picture had to save; a later one of the same films saves as much at once. */
  #economy = 0;

  constructor(options: PathologySwapOptions) {
    const state = initialState(options);
    super(counterlabNames("PathologySwap"), state, options);
    this.#history = editHistory(state.given);
    this.#work = cellWork({
      state: () => this.state,
      provider: providerOf(options),
      originals: options.identities.map(({ image }) => image!),
      platform: this.platform,
      send: (update, buffers) => {
        this.send(update, buffers);
      },
      changed: () => {
        this.pictureChanged();
      },
    });
    this.onMessage((content) => {
      this.#answer(content as PathologySwapRequest);
    });
    for (const name of ["shownRows", "shownColumns"] as const) {
      this.observe(name, () => {
        this.#keepSelectionShown();
      });
    }
    for (const name of ["shownRows", "shownColumns", "selected", "given", "severities"] as const) {
      this.observe(name, () => {
        this.#work.refreshList();
      });
    }
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

  /** The pathology that each identity was given; null while it has its own. */
  get given(): readonly GivenPathology[] {
    return this.state.given;
  }

  /** Gives an identity a pathology, or its own back (null); `undo` takes it back. */
  give(identity: number, pathology: GivenPathology): void {
    this.#move(afterGift(this.state, identity, pathology), identity);
  }

  /** Two identities exchange the pathologies that they have. */
  exchange(first: number, second: number): void {
    this.#move(afterExchange(this.state, first, second), second);
  }

  undo(): void {
    this.#history.undo();
    this.#takeFromHistory();
  }

  redo(): void {
    this.#history.redo();
    this.#takeFromHistory();
  }

  /** Sets the severity of one pathology, within `severityRange`; 1 is the pathology film's own. */
  setSeverity(pathology: number, severity: number): void {
    const severities = this.state.severities.with(pathology, severity);
    this.set({ severities: this.accept("severities", severities) });
  }

  /** One cell as it was rendered, or `undefined` while it was not. */
  cell(identity: number, pathology: number): SwapCell | undefined {
    return this.#work.cellAt({ identity, pathology });
  }

  /** Selects a cell (the selected one stays when omitted), renders it if need be, and packs it into files. */
  async exportCell(place: CellPlace = this.state.selected): Promise<ExportedCell> {
    this.selected = place;
    await this.#work.settled();
    const cell = this.#work.cellAt(place);
    if (cell?.status !== "ready") {
      const reason = cell === undefined ? "it was not rendered" : cell.message;
      throw new WidgetInputError(`PathologySwap: this cell cannot be exported: ${reason}`);
    }
    return exportCell(this.state, place, cell);
  }

  /** Renders all cells that are shown and waits for them; then the picture in the notebook is complete. */
  async settled(): Promise<void> {
    this.#work.refreshList();
    await this.#work.settled();
    this.flushPicture();
  }

  /**
   * Renders everything that is shown again, because the provider changed: after more training, say.
   * Old films stay in view until the new ones come; `await swap.settled()` waits for them.
   */
  refresh(): void {
    const update: PathologySwapUpdate = { type: "stale" };
    this.send(update);
    this.#work.makeStale();
  }

  override picture(): Picture {
    const picture = drawPathologySwap(this.state, (place) => this.#work.cellAt(place), {
      economy: this.#economy,
    });
    this.#economy = picture.economy;
    return picture;
  }

  protected override displayed(): void {
    this.#work.refreshList();
  }

  protected override closed(): void {
    this.#work.stop();
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
        this.#work.wantedByViews(request.cells.filter((place) => isPlace(this.state, place)));
        return;
      case "drawn":
        this.#work.acknowledge(request.sequence);
        return;
      case "retry":
        if (isPlace(this.state, request.cell)) this.#work.retry(request.cell);
        return;
      case "give":
        this.give(request.identity, request.pathology);
        return;
      case "exchange":
        this.exchange(...request.identities);
        return;
      case "undo":
      case "redo":
        this[request.type]();
        return;
      case "export":
        void this.#sendExport(request.cell, request.ticket);
        return;
      default:
        this.platform.warn(
          `PathologySwap: a view sent ${JSON.stringify(request)}, which means nothing.`,
        );
    }
  }

  async #sendExport(place: CellPlace, ticket: string): Promise<void> {
    if (!isPlace(this.state, place)) return;
    try {
      const { name, zip } = await this.exportCell(place);
      const file: PathologySwapUpdate = {
        ...{ type: "file", ticket, name: `${name}.zip` },
        mimeType: "application/zip",
      };
      this.send(file, [zip]);
    } catch (cause) {
      this.platform.warn("PathologySwap: a cell could not be exported.", cause);
    }
  }

  #move(given: readonly GivenPathology[], identity: number): void {
    if (given.some((pathology, index) => pathology !== this.state.given[index])) {
      this.#history.push(given);
      this.#takeFromHistory();
    }
    const pathology = given[identity] ?? null;
    if (pathology !== null) this.selected = { identity, pathology };
  }

  #takeFromHistory(): void {
    const { value: given, canUndo, canRedo } = this.#history;
    this.set({ given, canUndo, canRedo });
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
