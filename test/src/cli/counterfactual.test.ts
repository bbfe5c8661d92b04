import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readIntervention } from "#src/cli/intervention.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";

const vocabulary = { findings: ["Effusion", "No Finding", "Nodule"], views: ["PA"], slots: 2 };
const observed = {
  findings: [{ name: "Effusion", side: "right", severity: "mild" }],
  view: "PA",
};
const read = (text: string, film = observed) =>
  readIntervention(text, { observed: film, vocabulary });

describe("readIntervention", () => {
  it("reads finding, side, zone and severity; a number by thirds", () => {
    assert.deepEqual(read("finding=Nodule,side=left,severity=0.6"), {
      findings: [{ name: "Nodule", side: "left", severity: "moderate" }],
      view: "PA",
    });
    assert.deepEqual(read("finding=Nodule,severity=1").findings[0]!.severity, "severe");
    assert.deepEqual(read("finding=none").findings, [{ name: "No Finding" }]);
    assert.deepEqual(read("finding=large left pleural effusion").findings, [
      { name: "Effusion", severity: "severe", side: "left" },
    ]);
  });

  it("changes the film's own finding where none is named", () => {
    assert.deepEqual(read("severity=severe").findings, [
      { name: "Effusion", side: "right", severity: "severe" },
    ]);
    const healthy = { findings: [{ name: "No Finding" }] } as unknown as typeof observed;
    assert.throws(() => read("severity=severe", healthy), /a healthy film has none.*finding=/);
  });

  it("refuses what it cannot read, and says what it can", () => {
    assert.throws(() => read("size=3"), /"size=3" is not one of finding=/);
    assert.throws(() => read("finding"), /"finding" is not one of/);
    assert.throws(() => read("severity=2"), /neither a number from 0 to 1 nor mild/);
    assert.throws(() => read("finding=hernia"), /not trained on "Hernia"/);
  });
});

describe("counterlab counterfactual", () => {
  let folder: string;
  let run: string;
  const ask = (...more: string[]) => [
    ..."counterfactual --sampling-steps 4 --device cpu --run".split(" "),
    run,
    ...more,
  ];

  before(async function () {
    this.timeout(240_000);
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-counterfactual-"));
    run = path.join(folder, "run");
    const { status, err } = await runCli(
      ..."train --size 16 --steps 2 --diffusion-steps 2 --device cpu --out".split(" "),
      run,
    );
    assert.equal(status, 0, err);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("draws film, counterfactual and difference, and writes down how", async function () {
    this.timeout(120_000);
    const out = path.join(folder, "nodule.png");
    const {
      status,
      out: said,
      err,
    } = await runCli(
      ...ask("--film", "5", "--do", "finding=Nodule,side=left,severity=0.6", "--out", out),
    );
    assert.equal(status, 0, err);
    assert.match(said, /^test-\d+-\d: .* -> moderate left Nodule; the critic sees /);
    const png = await readFile(out);
    // Three cells of 96 pixels with gaps of 2.
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [296, 100]);
    const told = JSON.parse(await readFile(path.join(folder, "nodule.json"), "utf8")) as {
      do: unknown;
      residual: string;
      meanAbsoluteChange: number;
    };
    assert.deepEqual(told.do, {
      findings: [{ name: "Nodule", side: "left", severity: "moderate" }],
      view: "PA",
    });
    assert.equal(told.residual, "attenuated");
    assert.ok(told.meanAbsoluteChange >= 0);
  });

  it("takes a film from a file, and says all as JSON", async function () {
    this.timeout(120_000);
    const film = path.join(folder, "nodule.png");
    const out = path.join(folder, "file.png");
    const {
      status,
      out: said,
      err,
    } = await runCli(
      ...ask("--film", film, "--observed", "finding=Effusion", "--do", "side=left"),
      ..."--abduction fresh --residual kept --json --out".split(" "),
      out,
    );
    assert.equal(status, 0, err);
    const told = JSON.parse(said) as Record<string, unknown>;
    assert.deepEqual(told["observed"], { findings: [{ name: "Effusion" }] });
    assert.deepEqual(told["do"], { findings: [{ name: "Effusion", side: "left" }] });
    assert.deepEqual([told["abduction"], told["residual"]], ["fresh", "kept"]);
  });

  it("refuses in one line what it cannot do", async function () {
    this.timeout(120_000);
    await assertRefused(["counterfactual"], /--run is missing/);
    await assertRefused(ask(), /--film is missing/);
    await assertRefused(ask("--film", "0"), /--do is missing/);
    const nodule = ["--do", "finding=Nodule"];
    await assertRefused(ask("--film", "99999", ...nodule), /no test film 99999.*from 0 to 1999/);
    await assertRefused(ask("--film", "nothing.png", ...nodule), /not an image that can be read/);
    await assertRefused(ask("--film", "0", "--do", "finding=Nodule,side=up"), /no side "up"/);
    await assertRefused(ask("--film", "0", ...nodule, "--residual", "half"), /--residual half/);
    await assertRefused(ask("--film", "0", ...nodule, "--out", "x.jpg"), /not a PNG/);
  });
});
