import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SUITES, type Claim, type SuiteReport } from "#src/evaluation/index.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";

const SIZE_LIMIT_BYTES = 5 * 2 ** 20;

// What must hold however little was trained; numbers from a few steps mean nothing.
describe("counterlab evaluate smoke", () => {
  let folder: string;
  let out: string;
  const evaluate = (...more: string[]) =>
    runCli(
      "evaluate",
      "smoke",
      "--device",
      "cpu",
      "--out",
      out,
      "--work",
      path.join(folder, "work"),
      ...more,
    );
  const json = async (name: string) =>
    JSON.parse(await readFile(path.join(out, name), "utf8")) as Record<string, unknown>;
  const stages = async () =>
    (await readdir(path.join(out, "stages"))).filter((name) => name.endsWith(".json"));

  before(async function () {
    this.timeout(1_500_000); // a minute on a calm machine
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-evaluate-"));
    out = path.join(folder, "results");
    // Stage by stage, as different machines may.
    const readers = await evaluate("--stage", "readers-16");
    assert.equal(readers.status, 0, readers.err);
    assert.deepEqual(await stages(), ["readers-16.json"]);
    const rest = await evaluate();
    assert.equal(rest.status, 0, rest.err);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("finishes every stage, in files of a few hundred kilobytes", async () => {
    const { out: listed } = await evaluate("--list");
    assert.equal(listed.match(/^done {2}/gm)!.length, 12);
    assert.equal(listed.trim().split("\n").length, 12);
    const files = await readdir(out, { recursive: true, withFileTypes: true });
    let bytes = 0;
    for (const file of files) {
      if (file.isFile()) bytes += (await stat(path.join(file.parentPath, file.name))).size;
    }
    assert.ok(bytes < SIZE_LIMIT_BYTES / 4, String(bytes));
  });

  it("trains: losses fall", async () => {
    const { loss } = (await json("stages/autoencoder-16-full-seed0.json")) as { loss: number[] };
    assert.ok(loss.at(-1)! < loss[0]!, loss.join());
  });

  it("scores every method on every class, with extractor and counts", async () => {
    const report = (await json("report.json")) as unknown as SuiteReport;
    const [{ methods, readers, counterfactuals }] = report.sizes as [SuiteReport["sizes"][number]];
    assert.deepEqual(
      methods.map(({ method }) => method),
      ["B0", "B2", "B3", "A1", "A2", "A9", "C0", "real"],
    );
    assert.match(readers!.extractor.hash, /^[0-9a-f]{16}$/);
    assert.notEqual(readers!.extractor.hash, readers!.judge.hash);
    for (const { balancedAccuracy, generated } of methods) {
      assert.ok(
        balancedAccuracy.low <= balancedAccuracy.estimate &&
          balancedAccuracy.estimate <= balancedAccuracy.high,
      );
      assert.equal(balancedAccuracy.samples, 48);
      if (generated === undefined) continue;
      for (const { estimate, low, high } of Object.values(generated.statistics)) {
        assert.ok(Number.isFinite(estimate) && low <= high);
      }
      assert.equal(generated.classes.length, 3);
      for (const own of generated.classes) {
        for (const name of ["precision", "recall", "coverage", "memorised", "recognised"]) {
          assert.ok(Number(own[name]) >= 0 && Number(own[name]) <= 1, name);
        }
        assert.ok(Number(own["diversity"]) > 0 && Number(own["vendi"]) >= 1);
      }
    }
    const [{ panels, composition }] = counterfactuals as [
      SuiteReport["sizes"][number]["counterfactuals"][number],
    ];
    assert.equal(panels.exact.inside.meanAbsoluteError, 0);
    assert.ok(
      panels.unchanged.inside.meanAbsoluteError > panels.unchanged.outside.meanAbsoluteError,
    );
    // The film's own residual is given back where nothing changes.
    assert.ok(composition["after10"]! < 1e-6);
  });

  it("writes the claims with what reproduces them", async () => {
    const claims = (await json("claims.json")) as unknown as Record<string, Claim>;
    for (const name of ["fidReductionPercent", "accuracyGainPercent", "diversityRatio"]) {
      const { estimate, low, high, command } = claims[name]!;
      assert.ok(low <= high && Number.isFinite(estimate), name);
      assert.equal(command, "npx counterlab evaluate smoke");
    }
    const page = await readFile(path.join(out, "report.html"), "utf8");
    assert.equal(page.match(/data:image\/png;base64/g)!.length, 5);
  });

  it("computes nothing twice, and an undone stage to the same numbers", async function () {
    this.timeout(900_000);
    const timesOf = async () =>
      Promise.all(
        (await stages()).map(async (name) => (await stat(path.join(out, "stages", name))).mtimeMs),
      );
    const before = await timesOf();
    const again = await evaluate();
    assert.doesNotMatch(again.out, /done in/);
    assert.deepEqual(await timesOf(), before);
    const first = await json("stages/A2-16-seed0.json");
    await rm(path.join(out, "stages", "A2-16-seed0.json"));
    const redone = await evaluate("--stage", "A2");
    assert.match(redone.out, /A2-16-seed0: done in/);
    const second = await json("stages/A2-16-seed0.json");
    // Only how long it took may differ.
    assert.deepEqual({ ...second, made: undefined }, { ...first, made: undefined });
  });

  it("does not go on with other settings, and needs what a stage needs", async () => {
    const work = path.join(folder, "work");
    const settings = await json("settings.json");
    const other = path.join(folder, "other.json");
    await writeFile(
      other,
      JSON.stringify({ ...settings, measures: { ...SUITES["smoke"]!.measures, replicates: 41 } }),
    );
    await assertRefused(
      ["evaluate", other, "--device", "cpu", "--out", out, "--work", work],
      /other settings of smoke/,
    );
    const elsewhere = path.join(folder, "elsewhere");
    await assertRefused(
      ["evaluate", "smoke", "--device", "cpu", "--out", elsewhere, "--work", work, "--stage", "A1"],
      /A1-16-seed0 needs readers-16/,
    );
    await assertRefused(["evaluate", "nothing"], /no suite "nothing".*smoke, quick/);
    await assertRefused(["evaluate"], /Which suite/);
    await assertRefused(
      ["evaluate", "smoke", "--device", "cpu", "--out", elsewhere, "--work", work, "--stage", "Z"],
      /No stage of smoke begins with Z/,
    );
  });
});
