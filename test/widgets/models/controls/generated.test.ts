import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

describe("generated controls", () => {
  it("are what the script makes of the widget schema now", async () => {
    const script = "../../../../scripts/generate-controls.mjs";
    const { generateControls, generatedFile } = (await import(script)) as {
      readonly generateControls: () => Promise<string>;
      generatedFile: string;
    };
    assert.equal(await readFile(generatedFile, "utf8"), await generateControls());
  });
});
