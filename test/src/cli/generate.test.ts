import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readSafetensors } from "#src/formats/index.ts";
import { openRunFolder } from "#src/io/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { startCli } from "../../support/cli-child.ts";
import { describeWithRedis, startRedis } from "../../support/redis.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";
import { until } from "../../support/until.ts";

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

  const shared = (out: string, ...more: string[]) => [
    ..."generate --count 200 --sampling-steps 4 --device cpu --finding Nodule --run".split(" "),
    ...[run, "--out", path.join(folder, out), ...more],
  ];
  const filesOf = async (out: string): Promise<Map<string, string>> => {
    const names = await readdir(path.join(folder, out), { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    return new Map(
      await Promise.all(
        files.map(async ({ parentPath, name }): Promise<[string, string]> => {
          const file = path.join(parentPath, name);
          const hash = createHash("sha256")
            .update(await readFile(file))
            .digest("hex");
          return [path.relative(path.join(folder, out), file), hash];
        }),
      ),
    );
  };

  let drawnAlone: Promise<Map<string, string>> | undefined;
  const filesAlone = () =>
    (drawnAlone ??= (async () => {
      assert.equal((await runCli(...shared("alone"))).status, 0);
      return filesOf("alone");
    })());

  it("makes the same files over processes of this machine, and after a stop draws only what is missing", async function () {
    this.timeout(240_000);
    const alone = await filesAlone();
    assert.equal(alone.size, 203);
    const { status, err } = await runCli(...shared("pool", "--workers", "2"));
    assert.equal(status, 0, err);
    assert.deepEqual(await filesOf("pool"), alone);
    // Stopped (SIGKILL) once a job's result is on disk, and begun again.
    const stopped = startCli(...shared("stopped"));
    const jobs = path.join(folder, "stopped", "jobs");
    const numKept = async () =>
      (await readdir(jobs).catch(() => [])).filter((name) => name.endsWith(".json")).length;
    while ((await numKept()) === 0 && stopped.process.exitCode === null) await sleep(10);
    stopped.process.kill("SIGKILL");
    await stopped.ended;
    const kept = await numKept();
    assert.ok(kept > 0 && kept < 4, `killed in the middle: ${kept} of 4`);
    const again = await runCli(...shared("stopped", "--json"));
    const { films, jobs: done } = JSON.parse(again.out) as Record<string, unknown>;
    assert.deepEqual([films, done], [200, { total: 4, kept, failed: [] }]);
    assert.deepEqual(await filesOf("stopped"), alone);
  });

  describeWithRedis("with a queue in Redis", () => {
    it("makes the same files by two workers of which one is killed", async function () {
      this.timeout(240_000);
      const redis = await startRedis();
      const worker = (name: string) =>
        startCli("worker", "--queue", redis.url, "--lost-after", "2", "--name", name);
      const workers = [worker("one"), worker("two")] as const;
      try {
        await until(() => workers.every(({ out }) => out.includes("takes jobs")), 60_000);
        const asking = startCli(...shared("queue", "--queue", redis.url));
        const [victim, other] = workers;
        await until(() => victim.out.includes("drew identity"), 120_000);
        // In the middle of its first job, which has the pathology and the decoding to go.
        assert.doesNotMatch(victim.out, /did films/);
        victim.process.kill("SIGKILL");
        assert.deepEqual(await asking.ended, { status: 0, signal: null }, asking.err);
        assert.match(asking.err, /a worker is lost with a job; another does it/);
        assert.equal(other.out.match(/did films/g)?.length, 4);
        assert.deepEqual(await filesOf("queue"), await filesAlone());
      } finally {
        for (const { process } of workers) process.kill("SIGINT");
        await Promise.all(workers.map(({ ended }) => ended));
        await redis.close();
      }
    });

    it("fails by the worker's name where the run's folder is not there", async function () {
      this.timeout(120_000);
      const redis = await startRedis();
      const moved = path.join(folder, "moved");
      const asking = startCli(...shared("none", "--queue", redis.url));
      // By then its jobs are in the queue.
      await until(() => asking.err.includes("no worker is connected"), 60_000);
      await rename(run, moved);
      const worker = startCli("worker", "--queue", redis.url, "--name", "elsewhere");
      try {
        const { status } = await asking.ended;
        assert.equal(status, 1);
        assert.match(
          asking.err,
          /Every worker at .* refuses\. elsewhere: .* cannot be opened here: .* holds no run/,
        );
      } finally {
        await rename(moved, run).catch(() => undefined);
        worker.process.kill("SIGINT");
        assert.deepEqual(await worker.ended, { status: 0, signal: null });
        await redis.close();
      }
    });
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
