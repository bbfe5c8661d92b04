import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openRunFolder } from "#src/io/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

const COMMAND = [
  "--import",
  "tsx",
  "--eval",
  `import { runCommand } from ${JSON.stringify(new URL("../../../src/cli/main.ts", import.meta.url).href)};
   process.exitCode = await runCommand(process.argv.slice(1));`,
  "--input-type=module",
];

describe("counterlab train and swap", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-kill-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const start = (...args: string[]) =>
    spawn(process.execPath, [...COMMAND, "--", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const train = (out: string) =>
    start(
      ..."train --size 16 --steps 12 --checkpoint-every 4 --device cpu --only autoencoder".split(
        " ",
      ),
      "--out",
      path.join(folder, out),
    );
  const finish = async (child: ReturnType<typeof start>) => {
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, text };
  };

  it("survive a kill: the same command goes on to the losses of an unbroken run", async function () {
    this.timeout(240_000);
    const whole = await finish(train("whole"));
    assert.equal(whole.status, 0);
    assert.match(whole.text, /step 12\/12 .*\nTrained: /);

    const victim = train("killed");
    const gone = once(victim, "close");
    const checkpoint = path.join(folder, "killed", "checkpoints", "step-000004.safetensors");
    while ((await stat(checkpoint).catch(() => undefined)) === undefined) await sleep(20);
    victim.kill("SIGKILL");
    await gone;
    const { step } = (await (await openRunFolder(path.join(folder, "killed"))).latestCheckpoint())!;
    assert.ok(step < 12, "the kill came too late to mean anything");

    assert.equal((await finish(train("killed"))).status, 0);
    const losses = async (name: string) =>
      (await (await openRunFolder(path.join(folder, name))).readMetrics()).map(({ loss }) => loss!);
    assertAllClose(await losses("killed"), await losses("whole"), { rtol: 1e-6, atol: 0 });
  });

  it("can be watched and stopped from another shell", async function () {
    this.timeout(240_000);
    const run = path.join(folder, "long");
    const longer = "train --size 16 --steps 100000 --checkpoint-every 5000 --device cpu --out";
    const training = finish(start(...longer.split(" "), run));
    while ((await stat(path.join(run, "metrics.jsonl")).catch(() => undefined)) === undefined) {
      await sleep(20);
    }
    const second = await finish(start(...longer.split(" "), run));
    assert.equal(second.status, 2);

    const watching = start("train", "--attach", run);
    const [first] = (await once(watching.stdout, "data")) as [Buffer];
    assert.match(first.toString(), /step \d+\/100000 .*left|starting/);
    const left = finish(watching);
    watching.kill("SIGINT");
    assert.match((await left).text, /It goes on training; `counterlab train --stop .*long`/);

    const stopped = await finish(start("train", "--stop", run));
    assert.deepEqual(
      [stopped.status, /^Stopped after step \d+ of 100000\./.test(stopped.text)],
      [0, true],
    );
    const { status, text } = await training;
    assert.equal(status, 130);
    const step = Number(/Stopped after step (\d+)\. The same/.exec(text)![1]);
    assert.equal((await (await openRunFolder(run)).latestCheckpoint())!.step, step);
  });

  it("draw a grid, its differences, and what its rows and columns are", async function () {
    this.timeout(120_000);
    const out = path.join(folder, "grid.png");
    const run = path.join(folder, "whole");
    const { status, text } = await finish(
      start("swap", "--run", run, "--rows", "2", "--device", "cpu", "--out", out),
    );
    assert.equal(status, 0);
    assert.match(text, /swapped patient 2 of 2\nWrote .*grid\.png/);
    const signature = (await readFile(out)).subarray(1, 4).toString();
    assert.equal(signature, "PNG");
    const { rows, columns } = JSON.parse(
      await readFile(path.join(folder, "grid.json"), "utf8"),
    ) as Record<"rows" | "columns", { labels: string[] }[]>;
    assert.equal(rows.length, 2);
    assert.equal(columns.length, 8);
    await stat(path.join(folder, "grid.differences.png"));
  });
});
