import assert from "node:assert/strict";
import { examineDevices } from "#kernel-ext/cli/examine-devices.ts";

/** What the doctor says of a program that prints lines and then does something. */
async function findings(script: string) {
  const found = [];
  for await (const finding of examineDevices([process.execPath, "--eval", script]))
    found.push(finding);
  return found;
}

const print = (told: object) => `console.log(${JSON.stringify(JSON.stringify(told))});`;
const cpu = print({ device: "cpu", isReady: true, text: "2 thread(s)" });

describe("the doctor's look at devices", () => {
  it("tells which compute, and why the others do not; only the processor has to", async () => {
    const cuda = print({ device: "cuda", isReady: false, text: "There is no NVIDIA driver." });
    assert.deepEqual(await findings(`console.log("a driver's greeting");${cpu}${cuda}`), [
      { status: "ok", text: "device cpu: 2 thread(s)" },
      { status: "note", text: "no device cuda: There is no NVIDIA driver." },
    ]);
    const broken = print({ device: "cpu", isReady: false, text: "broken" });
    assert.deepEqual(await findings(broken), [
      { status: "missing", text: "no device cpu: broken" },
    ]);
  });

  it("outlives a driver that takes its process with it, and says where", async () => {
    const [first, second] = await findings(`${cpu}setTimeout(() => process.abort(), 50);`);
    assert.equal(first?.status, "ok");
    assert.match(second!.text, /^devices were not all examined: ended with SIGABRT/);
    assert.equal(second!.fix, "counterlab devices shows more");
    const unbuilt = await findings(
      'console.error("Counterlab is not built yet.");process.exitCode = 2',
    );
    assert.match(unbuilt[0]!.text, /ended with status 2\. Counterlab is not built yet\.$/);
    const gone = [];
    for await (const finding of examineDevices(["/no/such/program"])) gone.push(finding);
    assert.match(gone[0]!.text, /ENOENT/);
  });
});
