import assert from "node:assert/strict";
import type { KernelClient } from "#kernel-ext/server/index.ts";
import { NotebookRun, parseNotebook } from "#kernel-ext/server/index.ts";
import type { Message } from "#kernel-ext/protocol/index.ts";

type Receive = (
  channel: "shell" | "iopub",
  message: Message,
  frames: readonly Uint8Array[],
) => void;

const message = (msg_type: string, parent: string, content: object) =>
  ({ header: { msg_type }, parentHeader: { msg_id: parent }, content, buffers: [] }) as never;

/** Answers each request with `answer`; gives a run of the cells. */
function runOf(
  cells: readonly { readonly source: string; readonly tags?: readonly string[] }[],
  answer: (receive: Receive, msgId: string, code: string) => void,
): NotebookRun {
  const notebook = JSON.stringify({
    nbformat: 4,
    cells: cells.map(({ source, tags }) => ({
      ...{ cell_type: "code", source, outputs: [] },
      metadata: tags === undefined ? {} : { tags },
    })),
  });
  return new NotebookRun({
    notebook: parseNotebook(notebook, "a.ipynb"),
    startKernel: (receive) =>
      Promise.resolve({
        ended: new Promise(() => undefined),
        close: () => Promise.resolve(),
        request: (_: string, { msgId, content }: { msgId: string; content: { code: string } }) => {
          answer(receive, msgId, content.code);
        },
      } as unknown as KernelClient),
  });
}

const endedCells = (run: NotebookRun) => {
  let cells: readonly { readonly status: string; readonly outputs: readonly object[] }[] = [];
  run.subscribe((event) => {
    if (event.type === "run") cells = event.cells;
  })();
  return cells;
};

const idle = { execution_state: "idle" };

describe("the run of a notebook", () => {
  it("waits for what a cell shows, also when the answer overtakes it", async () => {
    const run = runOf([{ source: "1" }], (receive, id) => {
      receive("shell", message("execute_reply", id, { status: "ok" }), []);
      setTimeout(() => {
        receive("iopub", message("stream", id, { name: "stdout", text: "late" }), []);
        receive("iopub", message("status", id, idle), []);
      }, 5);
    });
    await run.restart();
    assert.deepEqual(endedCells(run), [
      { status: "done", outputs: [{ output_type: "stream", name: "stdout", text: "late" }] },
    ]);
  });

  it("ends at a cell that fails, but not at one whose tag says that it may", async () => {
    const fail = (receive: Receive, id: string, code: string) => {
      receive("iopub", message("status", id, idle), []);
      receive("shell", message("execute_reply", id, { status: code }), []);
    };
    const run = runOf(
      [{ source: "error", tags: ["raises-exception"] }, { source: "error" }, { source: "ok" }],
      fail,
    );
    await run.restart();
    assert.deepEqual(
      endedCells(run).map(({ status }) => status),
      ["done", "failed", "skipped"],
    );
  });
});
