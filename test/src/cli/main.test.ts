import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { runCommand } from "#src/cli/main.ts";

describe("the counterlab command", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-cli-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const run = async (...args: string[]) => {
    let out = "";
    let err = "";
    const status = await runCommand(args, {
      out: { write: (text) => (out += text) },
      err: { write: (text) => (err += text) },
    });
    return { status, out, err };
  };

  const refused = async (args: string[], message: RegExp) => {
    const { status, err } = await run(...args);
    assert.equal(status, 2, err);
    assert.match(err, message);
    assert.equal(err.trimEnd().split("\n").length, 1, `one line: ${err}`);
  };

  it("tells its commands and their options", async () => {
    assert.match((await run()).out, /train .*\n.*swap .*\n.*reports .*\n.*kernel/);
    assert.match((await run("train", "--help")).out, /--data phantom\|DIR/);
    assert.equal((await run("swap", "--help")).status, 0);
  });

  it("refuses what it does not know in one line with the way out", async () => {
    await refused(["toString"], /no command "toString"/);
    await refused(["train", "--size", "2048"], /cannot be drawn at 2048 px.*1024/);
    await refused(["train", "--learning-rate", "0"], /--learning-rate 0 is not a number above 0/);
    await refused(["train", "--columns", "labels"], /"labels" is not of the form ROLE=COLUMN/);
    await refused(["trian"], /no command "trian".*train, swap, reports, kernel/);
    await refused(["train", "--foo"], /--foo.*--help/);
    await refused(["train", "--steps", "many"], /--steps many is not a whole number/);
    await refused(["train", "--device", "tpu"], /"tpu".*auto, cpu, webgpu/);
    await refused(["train", "--size", "33"], /33 px.*multiple of 8/);
    await refused(["swap"], /--run is missing/);
  });

  it("refuses folders that are missing, empty, or without a label column", async () => {
    await refused(["train", "--data", path.join(folder, "nowhere")], /nowhere/);
    const empty = path.join(folder, "empty");
    await mkdir(empty);
    await refused(["train", "--data", empty], /empty/);
    const unlabelled = path.join(folder, "unlabelled");
    await mkdir(unlabelled);
    const film = await sharp({ create: { width: 32, height: 32, channels: 3, background: "grey" } })
      .png()
      .toBuffer();
    await writeFile(path.join(unlabelled, "a.png"), film);
    await writeFile(path.join(unlabelled, "films.csv"), "image,patient\na.png,1\n");
    await refused(["train", "--data", unlabelled], /label/);
    await writeFile(path.join(unlabelled, "films.csv"), "image,labels,patient\na.png,,1\n");
    await refused(["train", "--data", unlabelled], /too few patients with labelled films/);
  });

  it("refuses an output it cannot write and leaves nothing behind", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    await refused(
      ["train", "--size", "16", "--steps", "1", "--out", path.join(file, "run")],
      /file/,
    );
  });

  it("refuses runs that are missing or of another version", async () => {
    await refused(["swap", "--run", path.join(folder, "nowhere")], /holds no run/);
    const old = path.join(folder, "old");
    await mkdir(old);
    await writeFile(path.join(old, "run.json"), '{"format":"counterlab-run","version":99}');
    await refused(["swap", "--run", old], /version 99.*reads version 1/);
    const description = {
      ...{ format: "counterlab-run", version: 1, kind: "classifier", seed: 0, totalSteps: 1 },
      ...{ settings: {}, vocabulary: [], versions: {} },
      data: { name: "a", fingerprint: "b", origin: {} },
    };
    await writeFile(path.join(old, "run.json"), JSON.stringify(description));
    await refused(["swap", "--run", old], /kind "classifier", not of an autoencoder/);
  });
});
