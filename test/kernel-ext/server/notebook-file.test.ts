import assert from "node:assert/strict";
import { NotebookFileError, parseNotebook } from "#kernel-ext/server/notebook-file.ts";

describe("a notebook file", () => {
  it("is read with its lines joined and what it lacks filled in", () => {
    const { cells, language } = parseNotebook(
      JSON.stringify({
        nbformat: 4,
        metadata: { kernelspec: { name: "counterlab", language: "typescript" } },
        cells: [
          { cell_type: "markdown", source: ["a\n", "b"] },
          {
            ...{ cell_type: "code", source: "1", execution_count: 1 },
            outputs: [
              { output_type: "stream", name: "stdout", text: ["x\n", "y"] },
              { output_type: "display_data", data: { "text/html": ["<b>", "</b>"] }, metadata: {} },
            ],
          },
        ],
      }),
      "a.ipynb",
    );
    assert.equal(language, "typescript");
    assert.deepEqual(
      cells.map(({ type, source }) => [type, source]),
      [
        ["markdown", "a\nb"],
        ["code", "1"],
      ],
    );
    assert.equal(cells[1]!.outputs[0]!["text"], "x\ny");
    assert.deepEqual(cells[1]!.outputs[1]!["data"], { "text/html": "<b></b>" });
  });

  it("is refused with the place that is wrong and what to do", () => {
    const refusal = (text: string): string => {
      try {
        parseNotebook(text, "a.ipynb");
      } catch (error) {
        assert.ok(error instanceof NotebookFileError);
        return error.message;
      }
      return assert.fail("it was read");
    };
    assert.match(refusal("import x"), /a\.ipynb is not a notebook: it is not JSON\. Give/);
    assert.match(refusal('{"nbformat": 3, "worksheets": []}'), /nbformat: .*Open and save it/);
    const cells = [{ cell_type: "heading", source: "" }];
    assert.match(refusal(JSON.stringify({ nbformat: 4, cells })), /cells\.0\.cell_type/);
  });
});
