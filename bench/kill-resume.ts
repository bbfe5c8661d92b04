// Kills a training process (SIGKILL) at random moments, trains on, and compares the last checkpoint, byte by byte, with that of an
// uninterrupted run. `node --import tsx bench/kill-resume.ts [-- --times 20 --json]`
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createTrainer } from "#src/pipelines/index.ts";
import { killAndResume, newestCheckpoint, smallTraining } from "../test/support/kill-training.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: { times: { type: "string", default: "20" }, json: { type: "boolean" } },
});
const folder = await mkdtemp(path.join(tmpdir(), "counterlab-kill-"));
const tell = (line: string): void => {
  if (values.json !== true) console.log(line);
};
try {
  const whole = path.join(folder, "whole");
  const options = await smallTraining({ out: whole, totalSteps: 120, checkpointEverySteps: 15 });
  const start = performance.now();
  const { finished } = createTrainer(options).start();
  await finished;
  const wholeMs = performance.now() - start;
  const expected = await newestCheckpoint(whole);
  const killedAtSteps: number[] = [];
  let equal = 0;
  for (let run = 0; killedAtSteps.length < Number(values.times); run++) {
    const out = path.join(folder, `run-${run}`);
    // From before the first checkpoint to after the last but one.
    const delayMs = Math.random() * wholeMs * 0.5;
    const killed = await killAndResume({ ...options, out }, { delayMs });
    if (killed === undefined) continue;
    const isEqual = expected.equals(await newestCheckpoint(out));
    killedAtSteps.push(killed.killedAtStep);
    if (isEqual) equal++;
    tell(`killed at step ${killed.killedAtStep}: ${isEqual ? "bit-equal" : "DIFFERENT"}`);
    await rm(out, { recursive: true, force: true });
  }
  const result = { kills: killedAtSteps.length, bitEqual: equal, killedAtSteps, totalSteps: 120 };
  tell(`${equal} of ${killedAtSteps.length} runs ended bit-equal to the uninterrupted one`);
  if (values.json === true) console.log(JSON.stringify(result, null, 2));
  process.exitCode = equal === killedAtSteps.length ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
