import assert from "node:assert/strict";

describe("widget comm host", () => {
  it("is absent outside a kernel", async () => {
    const { currentCommHost } = await import("#widgets/models/index.ts");
    assert.equal(currentCommHost(), undefined);
  });
});
