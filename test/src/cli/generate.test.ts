import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readSafetensors } from "#src/formats/index.ts";
import { openRunFolder } from "#src/io/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";

describe("counterlab generate", () => {
  let folder: string;
  let run: string;
  const train = (...more: string[]) =>
    runCli(
      ..."train --size 16 --steps 3 --diffusion-steps 3 --reports phantom --device cpu --out".split(
        " ",
      ),
      run,
      ...more,
    );
  const generate = (out: string, ...more: string[]) =>
    runCli(
      ..."generate --count 3 --sampling-steps 4 --device cpu --run".split(" "),
      run,
      "--out",
      path.join(folder, out),
      ...more,
    );
  const codesOf = async (out: string) =>
    readSafetensors(await readFile(path.join(folder, out, "codes.safetensors"))).tensors;

  before(async function () {
    this.timeout(240_000);
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-generate-"));
    run = path.join(folder, "run");
    const { status, out, err } = await train();
    assert.equal(status, 0, err);
    assert.match(out, /pathology diffusion step 3\/3 [^]*identity diffusion step 3\/3 /);
    assert.match(out, /Next: .*\n.*counterlab generate/);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("trains both diffusion models within the run, and does not begin again", async function () {
    this.timeout(120_000);
    const metrics = async (stream: string) =>
      (await openRunFolder(`${run}/diffusion-${stream}`)).readMetrics();
    const before = await metrics("pathology");
    assert.equal(before.length, 3);
    assert.equal((await train()).status, 0);
    assert.deepEqual(await metrics("pathology"), before);
    assert.equal((await metrics("identity")).length, 3);
  });

  it("writes films, codes, what was asked for, and a sheet; equal seeds give equal films", async function () {
    this.timeout(120_000);
    const { status, out, err } = await generate("new", "--finding", "large right pleural effusion");
    assert.equal(status, 0, err);
    assert.match(out, /Wrote 3 films/);
    assert.deepEqual(await readdir(path.join(folder, "new")), [
      "codes.safetensors",
      "films",
      "generated.json",
      "sheet.png",
    ]);
    assert.equal((await readdir(path.join(folder, "new", "films"))).length, 3);
    const told = JSON.parse(
      await readFile(path.join(folder, "new", "generated.json"), "utf8"),
    ) as Record<string, unknown>;
    assert.deepEqual(told["condition"], {
      findings: [{ name: "Effusion", severity: "severe", side: "right" }],
    });
    await generate("again", "--finding", "large right pleural effusion");
    const file = (out: string) => readFile(path.join(folder, out, "films", "film-0003.png"));
    assert.deepEqual(await file("again"), await file("new"));
    await generate("other", "--finding", "large right pleural effusion", "--seed", "1");
    assert.notDeepEqual(await file("other"), await file("new"));
  });

  it("takes identities from healthy training patients, or from a film", async function () {
    this.timeout(120_000);
    await generate("train", "--finding", "Nodule", "--identity", "train");
    const { identity, pathology } = await codesOf("train");
    const row = (table: typeof identity, at: number) =>
      table!.data.slice((at * table!.data.length) / 3, ((at + 1) * table!.data.length) / 3);
    assert.notDeepEqual(row(identity, 0), row(identity, 1));
    const film = path.join(folder, "train", "films", "film-0001.png");
    await generate("file", "--finding", "Nodule", "--identity", film);
    const own = await codesOf("file");
    assert.deepEqual(row(own["identity"], 0), row(own["identity"], 2));
    assert.notDeepEqual(row(own["pathology"], 0), row(own["pathology"], 1));
    assert.equal(pathology!.data.length, own["pathology"]!.data.length);
  });

  it("searches better noise, with a sheet from before", async function () {
    this.timeout(120_000);
    const { status, out, err } = await generate(
      "searched",
      ..."--finding Pneumothorax --optimize-noise --iterations 4".split(" "),
    );
    assert.equal(status, 0, err);
    assert.match(out, /iteration 4\/4, best objective/);
    const { optimizeNoise } = JSON.parse(
      await readFile(path.join(folder, "searched", "generated.json"), "utf8"),
    ) as {
      optimizeNoise: { objectiveBefore: number[]; objectiveAfter: number[]; references: string[] };
    };
    const { objectiveBefore, objectiveAfter, references } = optimizeNoise;
    assert.ok(objectiveAfter.every((value, at) => value <= objectiveBefore[at]!));
    assert.ok(objectiveAfter.some((value, at) => value < objectiveBefore[at]!));
    assert.equal(references.length, 10);
    const written = await readdir(path.join(folder, "searched"));
    assert.ok(written.includes("sheet.before.png"));
    assert.equal((await readdir(path.join(folder, "searched", "films.before"))).length, 3);
    await generate("plain", "--finding", "Pneumothorax");
    const [plain, searched] = [await codesOf("plain"), await codesOf("searched")];
    assertAllClose(
      searched["identity"]!.data as Float32Array,
      plain["identity"]!.data as Float32Array,
      { atol: 1e-5 },
    );
  });

  it("shows what notes state, as many films of each, and tells what it leaves out", async function () {
    this.timeout(120_000);
    const notes = path.join(folder, "notes.csv");
    await writeFile(
      notes,
      [
        "filename,clinical_notes",
        "a b.png,Fever. Small left pleural effusion.",
        "second.png,Fever and cough for a week.",
        "third.png,Right lower lobe pneumonia.",
      ].join("\n"),
    );
    const { status, out, err } = await generate("noted", "--reports", notes, "--count", "2");
    assert.equal(status, 0, err);
    assert.match(
      out,
      /1\. a b: mild left Effusion\.\n2\. third: .*Consolidation\. Pneumonia is shown as/,
    );
    assert.match(out, /2 of 3 reports state something[^]*Wrote 4 films/);
    assert.deepEqual(await readdir(path.join(folder, "noted", "films")), [
      "0001-a_b-1.png",
      "0001-a_b-2.png",
      "0002-third-1.png",
      "0002-third-2.png",
    ]);
    const told = JSON.parse(
      await readFile(path.join(folder, "noted", "generated.json"), "utf8"),
    ) as { reports: Record<string, unknown>[]; leftOut: Record<string, unknown>[] };
    assert.deepEqual(told.reports[0]!["condition"], {
      findings: [{ name: "Effusion", severity: "mild", side: "left" }],
    });
    assert.deepEqual(
      told.leftOut.map(({ report }) => report),
      ["second"],
    );
    const nothing = path.join(folder, "note.txt");
    await writeFile(nothing, "Fever and cough.");
    const ask = (...args: string[]) => ["generate", "--run", run, "--device", "cpu", ...args];
    await assertRefused(ask("--report", nothing), /No report .* It knows: Cardiomegaly/);
    await assertRefused(ask("--report", nothing, "--optimize-noise"), /one finding at a time/);
    await assertRefused(ask("--report", nothing, "--finding", "Nodule"), /Give one of them/);
  });

  it("goes from films and their reports to films of a rare finding, with and without the search, in one command", async function () {
    this.timeout(240_000);
    const { status, out, err } = await train(..."--generate Pneumoperitoneum --count 2".split(" "));
    assert.equal(status, 0, err);
    assert.match(out, /reports of 4129 of 4129 training films\n[^]*Trained: [^]*Wrote 2 films/);
    const { description } = await openRunFolder(`${run}/diffusion-pathology`);
    const { choices } = description.settings as { choices: Record<string, unknown> };
    assert.equal(choices["conditionsFrom"], "reports");
    const written = await readdir(path.join(run, "generated"));
    for (const name of ["films", "films.before", "sheet.png", "sheet.before.png"]) {
      assert.ok(written.includes(name), name);
    }
  });

  it("refuses in one line what it cannot do", async () => {
    await assertRefused(["generate"], /--run is missing/);
    await assertRefused(["generate", "--run", run], /--finding is missing/);
    const ask = (...args: string[]) => ["generate", "--run", run, "--device", "cpu", ...args];
    await assertRefused(ask("--finding", "a nice day"), /names no finding/);
    await assertRefused(ask("--finding", "hernia"), /not trained on "Hernia"/);
    await assertRefused(ask("--finding", "Nodule", "--sampler", "magic"), /ddim, ddpm, dpmSolver/);
    await assertRefused(
      ask("--finding", "Nodule", "--identity", "nobody"),
      /neither "sampled" nor/,
    );
    await assertRefused(
      ask("--finding", "Nodule", "--sampler", "euler"),
      /needs a run trained on flows/,
    );
    await assertRefused(["train", "--only", "half"], /--only half is not a stage/);
    await assertRefused(
      ["train", "--only", "autoencoder", "--generate", "Nodule"],
      /Leave --only out/,
    );
    const notes = path.join(folder, "other-notes.csv");
    await writeFile(notes, "id,text\nnobody,Small left nodule.\n");
    await assertRefused(
      ["train", "--size", "16", "--device", "cpu", "--reports", notes],
      /has the name of a training film, such as train-/,
    );
    await assertRefused(
      ["train", "--size", "16", "--device", "cpu", "--generate", "hernia"],
      /not trained on "Hernia"/,
    );
    await assertRefused(
      ["generate", "--run", folder, "--finding", "Nodule", "--device", "cpu"],
      /holds no run/,
    );
  });
});
