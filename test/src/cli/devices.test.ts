import assert from "node:assert/strict";
import { createRuntime, DeviceError, examineDevices } from "#src/engine/index.ts";
import { runCli } from "../../support/run-cli.ts";

describe("counterlab devices", () => {
  it("has each device compute, and says why one cannot", async function () {
    this.timeout(60_000);
    const { status, out } = await runCli("devices", "--json");
    assert.equal(status, 0);
    const found = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<"device" | "isReady" | "text", unknown>);
    assert.deepEqual(
      found.map(({ device }) => device),
      ["cpu", "cuda", "webgpu", "tensorflow"],
    );
    assert.equal(found[0]!.isReady, true);
    for (const { isReady, text } of found) if (isReady === false) assert.notEqual(text, "");
  });

  it("passes on what a device that does not start says, without its preamble", async () => {
    const found = [];
    for await (const finding of examineDevices(({ device }) => {
      if (device === "cpu") return createRuntime({ device, numThreads: 1 });
      throw new DeviceError(`The device "${device}" does not work here: no driver.`, device, []);
    })) {
      found.push(finding);
    }
    assert.deepEqual(found[0], { device: "cpu", isReady: true, text: "1 thread(s)" });
    assert.deepEqual(found[1], { device: "cuda", isReady: false, text: "no driver." });
  });
});
