import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openRunFolder } from "#src/io/index.ts";
import { openRunDataset } from "#src/pipelines/index.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";

describe("counterlab train --confound --adjust", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-confound-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("trains on films that are confounded and adjusted as asked, and opens the same again", async function () {
    this.timeout(120_000);
    const out = path.join(folder, "run");
    const { status, err } = await runCli(
      ..."train --size 16 --steps 1 --device cpu --only autoencoder".split(" "),
      ..."--confound exposure:Effusion:0.9 --adjust exposure --out".split(" "),
      out,
    );
    assert.equal(status, 0, err);
    const { train, origin, phantom, notes } = await openRunDataset(await openRunFolder(out));
    assert.deepEqual(origin.confounder, {
      attribute: "exposure",
      type: "Effusion",
      correlation: 0.9,
    });
    assert.equal(origin.adjustFor, "exposure");
    // Twenty films, each with a chance of 0.05.
    assert.match(notes.join(), /Pneumoperitoneum do not have every value of exposure/);
    assert.ok(train.films.length > phantom!.train.films.length);
  });

  it("refuses in one line what it cannot do", async () => {
    const ask = (...more: string[]) => ["train", "--size", "16", "--device", "cpu", ...more];
    for (const wrong of ["marker", "age:Effusion:0.9", "marker:Flu:0.9", "marker:Edema:2"]) {
      await assertRefused(ask("--confound", wrong), /ATTRIBUTE:FINDING:STRENGTH.*exposure/);
    }
    await assertRefused(
      ask("--data", folder, "--confound", "marker:Edema:0.5"),
      /only the phantom can be confounded/,
    );
    await assertRefused(ask("--adjust", "age"), /say nothing of "age"/);
  });
});
