import type { NotebookOutput, OutputChange } from "../../widgets/models/notebook-run.ts";
import type { JsonObject } from "../protocol/index.ts";

interface OutputMessage {
  readonly msgType: string;
  readonly content: JsonObject;
}

interface DisplayPlace {
  readonly cell: number;
  readonly at: number;
}

/** The outputs of a notebook's cells, kept as front ends keep them: texts joined, displays updated, clears that wait. */
export class OutputLog {
  readonly #cells = new Map<number, NotebookOutput[]>();
  readonly #displays = new Map<string, DisplayPlace[]>();
  readonly #clearsNext = new Set<number>();

  outputsOf(cell: number): readonly NotebookOutput[] {
    return this.#cells.get(cell) ?? [];
  }

  clear(cell: number): OutputChange {
    this.#cells.delete(cell);
    this.#clearsNext.delete(cell);
    for (const [id, places] of this.#displays) {
      this.#displays.set(
        id,
        places.filter((place) => place.cell !== cell),
      );
    }
    return { kind: "clear", cell };
  }

  /** Takes one iopub message that belongs to a cell; gives what it changed, which may be in other cells too. */
  take(cell: number, { msgType, content }: OutputMessage): OutputChange[] {
    switch (msgType) {
      case "stream":
        return [...this.#dueClear(cell), this.#text(cell, content)];
      case "display_data":
      case "execute_result":
        return [...this.#dueClear(cell), ...this.#display(cell, msgType, content)];
      case "error":
        return [...this.#dueClear(cell), this.#add(cell, { output_type: "error", ...content })];
      case "update_display_data":
        return this.#update(content);
      case "clear_output":
        if (content["wait"] !== true) return [this.clear(cell)];
        this.#clearsNext.add(cell);
        return [];
      default:
        return [];
    }
  }

  #dueClear(cell: number): OutputChange[] {
    return this.#clearsNext.has(cell) ? [this.clear(cell)] : [];
  }

  #add(cell: number, output: NotebookOutput): OutputChange {
    const outputs = this.#cells.get(cell) ?? [];
    this.#cells.set(cell, [...outputs, output]);
    return { kind: "set", cell, at: outputs.length, output };
  }

  #set({ cell, at }: DisplayPlace, output: NotebookOutput): OutputChange {
    this.#cells.set(cell, this.outputsOf(cell).with(at, output));
    return { kind: "set", cell, at, output };
  }

  #text(cell: number, { name, text }: JsonObject): OutputChange {
    const outputs = this.outputsOf(cell);
    const last = outputs.at(-1);
    if (last?.output_type !== "stream" || last["name"] !== name) {
      return this.#add(cell, { output_type: "stream", name, text });
    }
    const joined = { ...last, text: `${String(last["text"])}${String(text)}` };
    return this.#set({ cell, at: outputs.length - 1 }, joined);
  }

  #display(cell: number, msgType: string, content: JsonObject): OutputChange[] {
    const { transient, ...shown } = content;
    const change = this.#add(cell, { output_type: msgType, ...shown });
    const id = displayIdOf(transient);
    if (id === undefined || change.kind !== "set") return [change];
    this.#displays.set(id, [...(this.#displays.get(id) ?? []), { cell, at: change.at }]);
    // A display that is shown again is updated everywhere.
    return [
      change,
      ...this.#update(content).filter((each) => each.kind === "set" && each.cell !== cell),
    ];
  }

  #update({ transient, data, metadata }: JsonObject): OutputChange[] {
    const places = this.#displays.get(displayIdOf(transient) ?? "") ?? [];
    return places.map((place) => {
      const output = this.outputsOf(place.cell)[place.at]!;
      return this.#set(place, { ...output, data, metadata });
    });
  }
}

function displayIdOf(transient: unknown): string | undefined {
  const id = (transient as { readonly display_id?: unknown } | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}
