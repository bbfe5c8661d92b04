import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { writeNpz } from "#src/formats/npz.ts";
import { openRunFolder } from "#src/io/index.ts";
import { openRunDataset } from "#src/pipelines/index.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";
import { serve, withServer } from "../io/file-server.ts";
import { flatPng, withFolder } from "../io/support.ts";

/** Keeps resized films of these tests apart from the user's. */
function withOwnCache(): void {
  let cache: string;
  let cacheBefore: string | undefined;

  before(async () => {
    cache = await mkdtemp(path.join(tmpdir(), "counterlab-cache-"));
    cacheBefore = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = cache;
  });

  after(async () => {
    if (cacheBefore === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = cacheBefore;
    await rm(cache, { recursive: true, force: true });
  });
}

describe("counterlab data check", () => {
  withOwnCache();

  const films = async () => ({
    "labels.csv":
      "image,labels,patient,view\na.png,Edema|Effusion,1,PA\nb.png,No Finding,1,AP\nc.png,No Finding,2,PA\nd.png,,3,PA\ngone.png,Edema,4,PA\n",
    "a.png": await flatPng(10),
    "b.png": await flatPng(20),
    "c.png": await flatPng(30),
    "d.png": await flatPng(40),
  });

  it("tells layout, images, patients, pairs of each type, classes and problems as a table", async () => {
    await withFolder(await films(), async (folder) => {
      const { status, out, err } = await runCli("data", "check", folder, "--size", "16");
      assert.equal(status, 0);
      assert.match(out, /^layout +images with a table \(table\)$/m);
      assert.match(out, /^images +4, 1 without a label$/m);
      assert.match(out, /^patients +3, 1 with two films or more$/m);
      assert.match(out, /^views +PA 3, AP 1$/m);
      assert.match(out, /^ {2}same pathology +1$/m);
      assert.match(out, /^ {2}same patient +1$/m);
      assert.match(out, /^ {2}nothing shared +1$/m);
      assert.match(out, /^problems +1$/m);
      assert.match(
        out,
        /^No Finding +2 +2 {2}tail +#{24}\nEdema +1 +1 {2}tail +#{12}\nEffusion +1/m,
      );
      assert.equal(err, "left out gone.png: the file is missing\n");
    });
  });

  it("gives the same as one JSON object", async () => {
    await withFolder(await films(), async (folder) => {
      const { out } = await runCli("data", "check", folder, "--size", "16", "--json");
      const told = JSON.parse(out) as Record<string, unknown>;
      assert.deepEqual(
        { ...told, fingerprint: typeof told["fingerprint"], seconds: 0, notes: [], name: "" },
        {
          name: "",
          layout: "table",
          imageSizePx: 16,
          fingerprint: "string",
          films: 4,
          patients: 3,
          patientsWithSeveral: 1,
          pairs: { samePathology: 1, samePatient: 1, nothingShared: 1 },
          classes: [
            { name: "No Finding", films: 2, patients: 2, frequency: "tail" },
            { name: "Edema", films: 1, patients: 1, frequency: "tail" },
            { name: "Effusion", films: 1, patients: 1, frequency: "tail" },
          ],
          views: { PA: 3, AP: 1 },
          triples: 1,
          unlabelledFilms: 1,
          split: null,
          notes: [],
          problems: [{ file: "gone.png", reason: "the file is missing" }],
          seconds: 0,
        },
      );
      const onlyAp = await runCli("data", "check", folder, "--json", "--where", "view=AP|LL");
      assert.equal((JSON.parse(onlyAp.out) as { films: number }).films, 1);
    });
  });

  it("says what it cannot use, and lists the layouts that it knows", async () => {
    await assertRefused(["data", "look"], /no "data look"\. Choose one of: check, download/);
    await assertRefused(["data", "check"], /folder is missing/);
    await assertRefused(["data", "check", "/nowhere"], /\/nowhere does not exist/);
    await withFolder({ "a.png": await flatPng(1) }, async (folder) => {
      await assertRefused(
        ["data", "check", folder],
        /no CSV table in .*Known layouts: medmnist.*chexpert/,
      );
      await assertRefused(["data", "check", folder, "--where", "PA"], /not of the form NAME=VALUE/);
    });
    const { status, out } = await runCli("data", "--help");
    assert.equal(status, 0);
    assert.match(out, /data check DIR/);
  });
});

describe("counterlab data download", () => {
  withOwnCache();

  async function tgz(files: Readonly<Record<string, Uint8Array | string>>): Promise<Uint8Array> {
    const archive = pack();
    for (const [name, content] of Object.entries(files))
      archive.entry({ name }, Buffer.from(content));
    archive.finalize();
    return gzipSync(await buffer(archive));
  }

  it("fetches a data set from a mirror, which check then reads", async () => {
    const xml = (text: string, film: string) =>
      `<eCitation><AbstractText Label="FINDINGS">${text}</AbstractText><parentImage id="${film}"></parentImage></eCitation>`;
    const reports = await tgz({
      "ecgen-radiology/1.xml": xml("Large left pneumothorax.", "CXR1_a"),
      "ecgen-radiology/2.xml": xml("The lungs are clear.", "CXR2_a"),
    });
    const images = await tgz({ "CXR1_a.png": await flatPng(10), "CXR2_a.png": await flatPng(20) });
    await withFolder({}, (folder) =>
      withServer([serve(reports), serve(images)], async (mirror, seen) => {
        const out = path.join(folder, "openi");
        const fetched = await runCli(
          "data",
          "download",
          "openi",
          "--out",
          out,
          "--mirror",
          mirror,
          "--json",
        );
        assert.equal(fetched.status, 0, fetched.err);
        const { files } = JSON.parse(fetched.out) as { files: { file: string }[] };
        assert.deepEqual(
          files.map(({ file }) => file),
          ["NLMCXR_reports.tgz", "NLMCXR_png.tgz"],
        );
        assert.match(fetched.err, /Licence: CC BY-NC-ND 4\.0/);
        assert.deepEqual(
          seen.map(({ url }) => url),
          ["/NLMCXR_reports.tgz", "/NLMCXR_png.tgz"],
        );
        const check = await runCli("data", "check", out, "--json", "--size", "16");
        const told = JSON.parse(check.out) as { layout: string; classes: { name: string }[] };
        assert.equal(told.layout, "openi");
        assert.deepEqual(
          told.classes.map(({ name }) => name),
          ["No Finding", "Pneumothorax"],
        );
      }),
    );
  });

  it("throws away what has the wrong checksum, with status 1", async () => {
    await withFolder({}, (folder) =>
      withServer([serve(Buffer.from("not it"))], async (mirror) => {
        const out = path.join(folder, "p");
        const told = await runCli(
          "data",
          "download",
          "pneumoniamnist",
          "--out",
          out,
          "--mirror",
          mirror,
        );
        assert.equal(told.status, 1);
        assert.match(told.err, /md5 sum .*, not 28209eda62fecd6e6a2d98b1501bb15f/);
        assert.deepEqual(await readdir(out), []);
      }),
    );
  });

  it("says why a data set cannot be fetched: unknown, or to be signed for", async () => {
    await assertRefused(["data", "download"], /name is missing\. Choose one of: chestmnist/);
    await assertRefused(["data", "download", "x"], /no data set "x"\. Choose one of: chestmnist/);
    for (const name of ["chexpert", "mimic-cxr", "mimic-cxr-lt", "padchest"]) {
      await assertRefused(
        ["data", "download", name],
        /https:.* Fetch it from there; .*data check DIR/,
      );
    }
  });
});

describe("counterlab train --data", function () {
  this.timeout(240_000);
  withOwnCache();

  const train = async (data: string, out: string, ...more: string[]) => {
    const steps = ["--size", "16", "--steps", "2", "--diffusion-steps", "2", "--device", "cpu"];
    const told = await runCli("train", "--data", data, "--out", out, ...steps, ...more);
    assert.equal(told.status, 0, told.err + told.out);
    assert.ok(existsSync(path.join(out, "checkpoints", "step-000002.safetensors")));
    // The run can be opened again: the films are found, and split as they were.
    const run = await openRunFolder(out);
    const { origin, train } = await openRunDataset(run);
    assert.equal(origin.source, data);
    assert.equal(train.fingerprint, run.description.data.fingerprint);
    return told.out;
  };

  it("takes a folder in CheXpert's layout through both stages", async () => {
    const findings = ["No Finding", "Cardiomegaly", "Pleural Effusion"];
    const rows: Record<string, string[]> = { train: [], valid: [] };
    const files: Record<string, Uint8Array | string> = {};
    for (let k = 0; k < 24; k++) {
      const part = k < 18 ? "train" : "valid";
      const patient = `patient${String(10_000 + (k >> 1))}`;
      const file = `${part}/${patient}/study${1 + (k % 2)}/view1_frontal.jpg`;
      const present = findings.map((_, c) => (c === (k + (k >> 1)) % 3 ? "1.0" : ""));
      rows[part]!.push(`CheXpert-v1.0-small/${file},Male,50,Frontal,PA,${present.join(",")}`);
      files[file] = await flatPng(10 * k, 32);
    }
    const header = `Path,Sex,Age,Frontal/Lateral,AP/PA,${findings.join(",")}`;
    for (const part of ["train", "valid"]) {
      files[`${part}.csv`] = [header, ...rows[part]!].join("\n");
    }
    await withFolder(files, async (folder) => {
      const out = await train(folder, path.join(folder, "run"));
      assert.match(out, /Recognised as CheXpert by train\.csv, valid\.csv/);
      assert.match(out, /own split is used, its validation part as the test; validation patients/);
    });
  });

  it("takes a MedMNIST archive", async () => {
    const part = (count: number, seed: number) => ({
      images: {
        data: Uint8Array.from(
          { length: count * 784 },
          (_, i) => (i * 31 + seed * 97 + ((i / 784) | 0) * 13) % 256,
        ),
        shape: [count, 28, 28],
      },
      labels: { data: Uint8Array.from({ length: count }, (_, k) => k % 2), shape: [count, 1] },
    });
    const [a, b, c] = [part(16, 1), part(4, 2), part(4, 3)];
    const archive = writeNpz({
      train_images: a.images,
      train_labels: a.labels,
      val_images: b.images,
      val_labels: b.labels,
      test_images: c.images,
      test_labels: c.labels,
    });
    await withFolder({ "pneumoniamnist.npz": archive }, async (folder) => {
      const data = path.join(folder, "pneumoniamnist.npz");
      const out = await train(data, path.join(folder, "run"), "--only", "autoencoder");
      assert.match(out, /Training on 16 films of pneumoniamnist \(16 px\)/);
    });
  });

  const real = path.resolve(process.env["COUNTERLAB_DATA"] ?? "../shared/data", "dicom");

  it("takes real DICOM films, with the patients of their headers", async function () {
    if (!existsSync(real)) return this.skip();
    await withFolder({}, async (folder) => {
      const films = path.join(folder, "films");
      await mkdir(films);
      const patient = "16d7f894-55d7-4d95-8957-d18987f0e981";
      const table = ["image,labels"];
      const [first, second] = (await readdir(real)).sort();
      for (let k = 0; k < 6; k++) {
        // The two films are of one patient: each copy of the pair gets a patient of its own.
        const name = `${String.fromCharCode(97 + k)}${patient.slice(1)}`;
        for (const [source, label] of [
          [first!, "Cardiomegaly"],
          [second!, "No Finding"],
        ] as const) {
          const file = path.join(films, `${k}-${label.slice(0, 1)}.dcm`);
          await copyFile(path.join(real, source), file);
          const bytes = await readFile(file);
          await rm(file);
          await writeFile(
            file,
            Buffer.from(bytes.toString("latin1").replaceAll(patient, name), "latin1"),
          );
          table.push(`${path.basename(file)},${label}`);
        }
      }
      await writeFile(path.join(films, "labels.csv"), table.join("\n"));
      const out = await train(films, path.join(folder, "run"), "--only", "autoencoder");
      assert.match(
        out,
        /Recognised as DICOM films \(12 files\)\.\nFindings are read from labels\.csv\./,
      );
      const check = await runCli("data", "check", films, "--json", "--size", "16");
      const { patients, problems } = JSON.parse(check.out) as {
        patients: number;
        problems: unknown[];
      };
      assert.deepEqual([patients, problems], [6, []]);
    });
  });
});
