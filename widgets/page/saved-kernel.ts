import { editHistory, type EditHistory } from "../models/edit-history.ts";
import { bytesFromBase64 } from "../models/base64.ts";
import type {
  CellPlace,
  FailedCell,
  GivenPathology,
  PathologySwapRequest,
  PathologySwapState,
  PathologySwapUpdate,
  ReadyCell,
} from "../models/pathology-swap/pathology-swap-protocol.ts";
import { afterExchange, afterGift } from "../models/pathology-swap/swap-moves.ts";
import type { SavedAnswers, SavedAnswersById } from "../models/saved-answers.ts";

/** A widget's model in a page without a kernel. */
export interface OfflineModel {
  readonly model_id: string;
  get(name: string): unknown;
  set(values: object): unknown;
  trigger(event: string, ...values: unknown[]): unknown;
}

const notInFile = "This film is not in the file; it takes the notebook and its kernel.";

/** Widgets of ours that are live without a kernel: some by their state alone, others by what their kernel told them. */
export function isLiveOffline(
  modelName: string,
  state: Readonly<Record<string, unknown>>,
  answers: SavedAnswers | undefined,
): boolean {
  switch (modelName) {
    case "TrainingMonitorModel":
    case "ReportReaderModel":
      return true;
    case "NoiseTrajectoryModel":
      return answers !== undefined || state["imageSizePx"] === 0;
    case "PathologySwapModel":
      return answers !== undefined;
    default:
      return false;
  }
}

/** Answers what views ask their kernel for, from what the kernel said when the file was made. */
export function savedKernel(
  answers: SavedAnswersById,
): (model: OfflineModel, request: unknown) => void {
  const kernels = new Map<string, (request: unknown) => void>();
  const kernelOf = (model: OfflineModel): ((request: unknown) => void) => {
    const known = kernels.get(model.model_id);
    if (known !== undefined) return known;
    const saved = answers[model.model_id] ?? { buffers: [], messages: [] };
    const isSwap = model.get("_model_name") === "PathologySwapModel";
    const kernel = isSwap ? swapKernel(model, saved) : replay(model, saved);
    kernels.set(model.model_id, kernel);
    return kernel;
  };
  // Later, as from a kernel: a view may ask before it listens.
  return (model, request) => {
    setTimeout(() => {
      kernelOf(model)(request);
    });
  };
}

function replay(model: OfflineModel, saved: SavedAnswers): (request: unknown) => void {
  return (request) => {
    if ((request as { readonly type: string }).type !== "hello") return;
    for (const { content, buffers } of saved.messages) {
      const bytes = buffers.map((at) => bytesFromBase64(saved.buffers[at]!));
      model.trigger("msg:custom", content, bytes);
    }
  };
}

/** Cells that are there, and swaps, which need no film that is not. */
function swapKernel(model: OfflineModel, saved: SavedAnswers): (request: unknown) => void {
  type Cells = Extract<PathologySwapUpdate, { readonly type: "cells" }>;
  const cells = new Map<
    string,
    { readonly cell: ReadyCell | FailedCell; films: readonly number[] }
  >();
  for (const { content, buffers } of saved.messages) {
    for (const cell of (content as Cells).cells) cells.set(keyOf(cell), { cell, films: buffers });
  }
  const state = (): PathologySwapState =>
    Object.fromEntries(
      (["identities", "pathologies", "given", "severities"] as const).map((name) => [
        name,
        model.get(name),
      ]),
    ) as unknown as PathologySwapState;
  let sequence = 0;
  const sendCells = (places: readonly CellPlace[]): void => {
    const bytes: Uint8Array[] = [];
    const found = places.map((place): ReadyCell | FailedCell => {
      const severity = state().severities[place.pathology]!;
      const known = cells.get(keyOf(place));
      if (known?.cell.severity !== severity) {
        return { ...place, status: "failed", message: notInFile, severity };
      }
      const { cell, films } = known;
      if (cell.status === "failed") return cell;
      const film = (index: number): number =>
        bytes.push(bytesFromBase64(saved.buffers[films[index]!]!)) - 1;
      const optional = (index: number | null): number | null =>
        index === null ? null : film(index);
      return {
        ...{ ...cell, image: film(cell.image) },
        ...{ reconstruction: optional(cell.reconstruction), exact: optional(cell.exact) },
      };
    });
    sequence += 1;
    const update: PathologySwapUpdate = { type: "cells", sequence, cells: found };
    model.trigger("msg:custom", update, bytes);
  };
  const history: EditHistory<readonly GivenPathology[]> = editHistory(state().given);
  const show = (identity?: number): void => {
    const { value: given, canUndo, canRedo } = history;
    const pathology = identity === undefined ? null : given[identity]!;
    const selected = pathology === null ? {} : { selected: { identity, pathology } };
    model.set({ given, canUndo, canRedo, ...selected });
  };
  return (request) => {
    const asked = request as PathologySwapRequest;
    switch (asked.type) {
      case "want":
        sendCells(asked.cells);
        break;
      case "retry":
        sendCells([asked.cell]);
        break;
      case "give":
        history.push(afterGift(state(), asked.identity, asked.pathology));
        show(asked.identity);
        break;
      case "exchange":
        history.push(afterExchange(state(), ...asked.identities));
        show(asked.identities[1]);
        break;
      case "undo":
      case "redo":
        history[asked.type]();
        show();
        break;
      case "drawn":
      case "export":
        break;
    }
  };
}

function keyOf({ identity, pathology }: CellPlace): string {
  return `${identity},${pathology}`;
}
