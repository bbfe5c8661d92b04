import type { JsonObject, Message } from "../protocol/index.ts";

/** A widget's state as a notebook file keeps it (`application/vnd.jupyter.widget-state+json`). */
interface SavedWidget {
  readonly model_name: unknown;
  readonly model_module: unknown;
  readonly model_module_version: unknown;
  readonly state: JsonObject;
  readonly buffers: readonly SavedBuffer[];
}

interface SavedBuffer {
  readonly path: readonly (string | number)[];
  readonly encoding: "base64";
  readonly data: string;
}

export interface SavedWidgetStates {
  readonly version_major: 2;
  readonly version_minor: 0;
  readonly state: Readonly<Record<string, SavedWidget>>;
}

const widgetTarget = "jupyter.widget";

/** The widgets of a kernel, as their comm messages tell of them. */
export class WidgetStates {
  readonly #states = new Map<string, SavedWidget>();

  /** Takes one iopub message. */
  take({ header, content, buffers }: Message): void {
    const id = String(content["comm_id"]);
    const data = (content["data"] ?? {}) as JsonObject;
    if (header.msg_type === "comm_close") this.#states.delete(id);
    if (header.msg_type === "comm_open" && content["target_name"] === widgetTarget) {
      this.#update(id, data, buffers);
    }
    const isUpdate = data["method"] === "update" || data["method"] === "echo_update";
    if (header.msg_type === "comm_msg" && isUpdate && this.#states.has(id)) {
      this.#update(id, data, buffers);
    }
  }

  get saved(): SavedWidgetStates {
    return { version_major: 2, version_minor: 0, state: Object.fromEntries(this.#states) };
  }

  #update(id: string, data: JsonObject, buffers: readonly Uint8Array[]): void {
    const before = this.#states.get(id);
    const changed = (data["state"] ?? {}) as JsonObject;
    const state = { ...before?.state, ...changed };
    const paths = (data["buffer_paths"] ?? []) as (string | number)[][];
    const kept = (before?.buffers ?? []).filter(({ path }) => !Object.hasOwn(changed, path[0]!));
    const added = paths.map((path, index): SavedBuffer => ({
      ...{ path, encoding: "base64" },
      data: Buffer.from(buffers[index] ?? []).toString("base64"),
    }));
    this.#states.set(id, {
      model_name: state["_model_name"],
      model_module: state["_model_module"],
      model_module_version: state["_model_module_version"],
      state,
      buffers: [...kept, ...added],
    });
  }
}
