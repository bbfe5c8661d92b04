import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { assertRefused, runCli } from "../../support/run-cli.ts";

const commands = [
  ...["train", "swap", "counterfactual", "generate", "evaluate", "reports"],
  ...["data", "worker", "devices", "serve", "export", "kernel"],
];

describe("the counterlab command", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-cli-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("tells its commands and their options", async () => {
    const help = (await runCli()).out;
    for (const name of commands) assert.match(help, new RegExp(`^  ${name} +\\w`, "m"));
    assert.match((await runCli("train", "--help")).out, /--data phantom\|DIR/);
    assert.equal((await runCli("swap", "--help")).status, 0);
  });

  it("refuses what it does not know in one line with the way out", async () => {
    await assertRefused(["toString"], /no command "toString"/);
    await assertRefused(["train", "--size", "2048"], /cannot be drawn at 2048 px.*1024/);
    await assertRefused(
      ["train", "--learning-rate", "0"],
      /--learning-rate 0 is not a number above 0/,
    );
    await assertRefused(
      ["train", "--columns", "labels"],
      /"labels" is not of the form ROLE=COLUMN/,
    );
    await assertRefused(["trian"], new RegExp(`no command "trian".*${commands.join(", ")}`));
    await assertRefused(["train", "--foo"], /--foo.*--help/);
    await assertRefused(["train", "--steps", "many"], /--steps many is not a whole number/);
    await assertRefused(["train", "--device", "tpu"], /"tpu".*auto, cpu, webgpu/);
    await assertRefused(["train", "--size", "33"], /33 px.*multiple of 8/);
    await assertRefused(["swap"], /--run is missing/);
  });

  it("refuses folders that are missing, empty, or without a label column", async () => {
    await assertRefused(["train", "--data", path.join(folder, "nowhere")], /nowhere/);
    const empty = path.join(folder, "empty");
    await mkdir(empty);
    await assertRefused(["train", "--data", empty], /empty/);
    const unlabelled = path.join(folder, "unlabelled");
    await mkdir(unlabelled);
    const film = await sharp({ create: { width: 32, height: 32, channels: 3, background: "grey" } })
      .png()
      .toBuffer();
    await writeFile(path.join(unlabelled, "a.png"), film);
    await writeFile(path.join(unlabelled, "films.csv"), "image,patient\na.png,1\n");
    await assertRefused(["train", "--data", unlabelled], /label/);
    await writeFile(path.join(unlabelled, "films.csv"), "image,labels,patient\na.png,,1\n");
    await assertRefused(["train", "--data", unlabelled], /too few patients with labelled films/);
  });

  it("refuses an output it cannot write and leaves nothing behind", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    await assertRefused(
      ["train", "--size", "16", "--steps", "1", "--out", path.join(file, "run")],
      /file/,
    );
  });

  it("refuses runs that are missing or of another version", async () => {
    await assertRefused(["swap", "--run", path.join(folder, "nowhere")], /holds no run/);
    const old = path.join(folder, "old");
    await mkdir(old);
    await writeFile(path.join(old, "run.json"), '{"format":"counterlab-run","version":99}');
    await assertRefused(["swap", "--run", old], /version 99.*reads version 1/);
    const description = {
      ...{ format: "counterlab-run", version: 1, kind: "classifier", seed: 0, totalSteps: 1 },
      ...{ settings: {}, vocabulary: [], versions: {} },
      data: { name: "a", fingerprint: "b", origin: {} },
    };
    await writeFile(path.join(old, "run.json"), JSON.stringify(description));
    await assertRefused(["swap", "--run", old], /kind "classifier", not of an autoencoder/);
  });
});
