import type {
  NoiseTrajectoryUpdate,
  NoiseTrajectoryState,
} from "../../widgets/models/noise-trajectory/noise-trajectory-protocol.ts";
import type {
  PathologySwapState,
  PathologySwapUpdate,
} from "../../widgets/models/pathology-swap/pathology-swap-protocol.ts";
import type { SavedAnswers, SavedAnswersById } from "../../widgets/models/saved-answers.ts";
import { widgetModule } from "../../widgets/models/widget-module.ts";
import type { JsonObject, Message } from "../protocol/index.ts";
import type { SavedWidgetStates } from "./widget-states.ts";

/** Films of all widgets together, before base64: a page of one file stays below 6 MB. */
const mostBytes = 1_200_000;
/** A kernel that has said nothing for so long has nothing more to say. */
const silenceMs = 20_000;
const float32Bytes = 4;

/** How a widget is asked for what its views show, and what of it is kept. */
interface Question {
  readonly request: object;
  /** Films in an answer, by name; those not in `wanted` are dropped. */
  readonly wanted: ReadonlySet<string>;
  readonly filmsOf: (content: JsonObject) => readonly NamedFilm[];
  /** The answer with the films at these places of `filmsOf` alone. */
  readonly keep: (content: JsonObject, kept: readonly number[]) => object;
}

interface NamedFilm {
  readonly name: string;
  /** Indices of the answer's buffers. */
  readonly buffers: readonly number[];
}

/** Asks widgets for their films as a page does, and keeps what they answer. */
export class AnswerRecorder {
  readonly #send: (commId: string, content: object) => void;
  #answered: ((commId: string, message: Message) => void) | undefined;

  /** @param send Sends a widget a message that is not state. */
  constructor(send: (commId: string, content: object) => void) {
    this.#send = send;
  }

  /** Takes one iopub message. */
  take(message: Message): void {
    const data = (message.content["data"] ?? {}) as JsonObject;
    if (message.header.msg_type !== "comm_msg" || data["method"] !== "custom") return;
    this.#answered?.(String(message.content["comm_id"]), message);
  }

  /** Asks one widget after the other. */
  async record({ state: widgets }: SavedWidgetStates): Promise<SavedAnswersById> {
    const answers: Record<string, SavedAnswers> = {};
    let bytesLeft = mostBytes;
    for (const [id, { model_module: module, model_name: name, state, buffers }] of Object.entries(
      widgets,
    )) {
      if (module !== widgetModule.name) continue;
      const bytesOf = (of: string): number => {
        const saved = buffers.find(({ path }) => path[0] === of);
        return Buffer.byteLength(saved?.data ?? "", "base64");
      };
      const question = questionFor(String(name), state, { bytesOf, bytesLeft });
      if (question === undefined) continue;
      const answer = await this.#ask(id, question, bytesLeft);
      bytesLeft -= answer.buffers.reduce((sum, { length }) => sum + (length * 3) / 4, 0);
      if (answer.messages.length > 0) answers[id] = answer;
    }
    return answers;
  }

  #ask(
    id: string,
    { request, wanted, filmsOf, keep }: Question,
    bytesLeft: number,
  ): Promise<SavedAnswers> {
    const missing = new Set(wanted);
    const places = new Map<string, number>();
    const messages: SavedAnswers["messages"][number][] = [];
    let bytes = 0;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#answered = undefined;
        resolve({ buffers: [...places.keys()], messages });
      };
      let timer = setTimeout(end, silenceMs);
      this.#answered = (commId, { content, buffers }) => {
        if (commId !== id) return;
        const answer = ((content["data"] as JsonObject)["content"] ?? {}) as JsonObject;
        clearTimeout(timer);
        timer = setTimeout(end, silenceMs);
        const films = filmsOf(answer);
        const kept = [...films.keys()].filter((at) => missing.delete(films[at]!.name));
        const used = kept.flatMap((at) => films[at]!.buffers);
        for (const index of used) {
          const text = Buffer.from(buffers[index]!).toString("base64");
          if (places.has(text)) continue;
          places.set(text, places.size);
          bytes += buffers[index]!.length;
        }
        if (kept.length > 0) {
          messages.push({
            content: keep(answer, kept),
            buffers: used.map((index) =>
              places.get(Buffer.from(buffers[index]!).toString("base64"))!,
            ),
          });
        }
        if (missing.size === 0 || bytes > bytesLeft) end();
        else this.#send(id, { type: "drawn", sequence: answer["sequence"] });
      };
      if (missing.size === 0) end();
      else this.#send(id, request);
    });
  }
}

function questionFor(
  name: string,
  state: JsonObject,
  budget: { readonly bytesOf: (name: string) => number; readonly bytesLeft: number },
): Question | undefined {
  if (name === "PathologySwapModel") return swapQuestion(state as unknown as PathologySwapState);
  return name === "NoiseTrajectoryModel"
    ? noiseQuestion(state as unknown as NoiseTrajectoryState, budget)
    : undefined;
}

function swapQuestion({ shownRows, shownColumns }: PathologySwapState): Question {
  const cells = shownRows.flatMap((identity) =>
    shownColumns.map((pathology) => ({ identity, pathology })),
  );
  type Cells = Extract<PathologySwapUpdate, { type: "cells" }>;
  const keyOf = ({ identity, pathology }: (typeof cells)[number]): string =>
    `${identity},${pathology}`;
  const filmNames = ["image", "reconstruction", "exact"] as const;
  const cellsOf = (content: JsonObject): Cells["cells"] =>
    content["type"] === "cells" ? (content as unknown as Cells).cells : [];
  return {
    request: { type: "want", cells },
    wanted: new Set(cells.map(keyOf)),
    filmsOf: (content) =>
      cellsOf(content).map((cell) => ({
        name: keyOf(cell),
        buffers: cell.status === "ready" ? filmNames.flatMap((film) => cell[film] ?? []) : [],
      })),
    keep: (content, kept) => {
      let next = 0;
      return {
        ...content,
        cells: kept.map((at) => {
          const cell = cellsOf(content)[at]!;
          if (cell.status === "failed") return cell;
          const [image, reconstruction, exact] = filmNames.map((film) =>
            cell[film] === null ? null : next++,
          );
          return { ...cell, image, reconstruction, exact };
        }),
      };
    },
  };
}

function noiseQuestion(
  { imageSizePx, samples, totalIterations, termNames }: NoiseTrajectoryState,
  { bytesOf, bytesLeft }: Parameters<typeof questionFor>[2],
): Question | undefined {
  if (imageSizePx === 0 || samples === 0) return undefined;
  const numbersInRecord = 6 + termNames.length;
  const iterations = bytesOf("records") / float32Bytes / numbersInRecord / samples;
  const hasControl = bytesOf("control") > 0;
  // Where not all find room, some samples have their films and the others their curves.
  const affordable = Math.floor(bytesLeft / ((totalIterations + 2) * imageSizePx ** 2));
  const shown = Math.min(samples, affordable);
  const frame = (iteration: number, sample: number): string => `${iteration},${sample}`;
  const wanted = Array.from({ length: shown }, (_, sample) => [
    ...Array.from({ length: iterations }, (__, iteration) => frame(iteration, sample)),
    ...(hasControl ? [frame(-1, sample)] : []),
  ]);
  const framesOf = (content: JsonObject): NoiseTrajectoryUpdate["frames"] =>
    content["type"] === "frames" ? (content as unknown as NoiseTrajectoryUpdate).frames : [];
  return {
    request: { type: "hello" },
    wanted: new Set(wanted.flat()),
    filmsOf: (content) =>
      framesOf(content).map(({ iteration, sample }, at) => ({
        name: frame(iteration, sample),
        buffers: [at],
      })),
    keep: (content, kept) => ({ ...content, frames: kept.map((at) => framesOf(content)[at]) }),
  };
}
