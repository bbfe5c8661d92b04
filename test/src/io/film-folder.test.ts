import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { splitByPatient } from "#src/data/split.ts";
import { key } from "#src/engine/random.ts";
import { openFilmFolder, openingFilmFolder, type FilmFolderOptions } from "#src/io/film-folder.ts";
import { InputError } from "#src/io/input-error.ts";
import { flatPng, withFolder } from "./support.ts";

const TABLE =
  "image,labels,patient,view\na.png,Edema|Effusion,1,PA\nb.png,No Finding,1,AP\nc.png,,2,PA\n";

async function threeFilms(): Promise<Record<string, Uint8Array | string>> {
  return {
    "labels.csv": TABLE,
    "films/a.png": await flatPng(51),
    "films/b.png": await flatPng(102),
    "films/c.png": await flatPng(255),
  };
}

async function open(folder: string, options: Partial<FilmFolderOptions> = {}) {
  return openFilmFolder(folder, { cacheDir: join(folder, "cache"), imageSizePx: 8, ...options });
}

async function problemOf(opening: Promise<unknown>): Promise<string> {
  try {
    await opening;
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.ok(error.fix.length > 0 && error.message.endsWith(error.fix));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  throw new Error("it opened");
}

describe("a folder of films", () => {
  it("opens as a data set with labels, patients, cells and attributes", async () => {
    await withFolder(await threeFilms(), async (folder) => {
      const dataset = await open(folder, { name: "mine" });
      assert.equal(dataset.name, "mine");
      assert.deepEqual(dataset.films, [
        {
          id: "films/a.png",
          patient: "1",
          labels: ["Edema", "Effusion"],
          cell: "Edema|Effusion",
          attributes: { view: "PA" },
        },
        {
          id: "films/b.png",
          patient: "1",
          labels: ["No Finding"],
          cell: "No Finding",
          attributes: { view: "AP" },
        },
        { id: "films/c.png", patient: "2", labels: [], cell: "", attributes: { view: "PA" } },
      ]);
      assert.deepEqual(dataset.classes, ["Edema", "Effusion", "No Finding"]);
      const images = await dataset.readImages([2, 0]);
      assert.equal(images.length, 2 * 64);
      assert.deepEqual([images[0], images[64]], [1, Math.fround(0.2)]);
      assert.deepEqual(dataset.problems, []);
      assert.deepEqual(dataset.notes, ["1 films have no label."]);
      await assert.rejects(dataset.readImages([3]), /film 3 does not exist/);
    });
  });

  it("names broken and missing files, counts them, and goes on without them", async () => {
    const files = await threeFilms();
    files["films/b.png"] = files["films/b.png"]!.slice(0, 60);
    files["labels.csv"] = `${TABLE}gone.png,Edema,3,PA\n`;
    await withFolder(files, async (folder) => {
      const dataset = await open(folder);
      assert.deepEqual(
        dataset.films.map(({ id }) => id),
        ["films/a.png", "films/c.png"],
      );
      assert.deepEqual(
        dataset.problems.map(({ file }) => file),
        ["gone.png", "films/b.png"],
      );
      assert.equal(dataset.problems[0]!.reason, "the file is missing");
      assert.match(dataset.problems[1]!.reason, /cannot be decoded/);
      assert.match(
        dataset.notes[0]!,
        /2 films were left out \(gone\.png: the file is missing; films/,
      );
      // The film after the broken one is still itself.
      assert.equal((await dataset.readImages([1]))[0], 1);
      const again = await open(folder);
      assert.deepEqual(again.problems, dataset.problems);
    });
  });

  it("says in one line what is wrong and what to do", async () => {
    assert.match(await problemOf(open("/nowhere")), /\/nowhere does not exist\. Give the folder/);
    await withFolder({ "labels.csv": TABLE }, async (folder) => {
      assert.match(await problemOf(open(folder)), /There are no images in .*PNG, JPEG/);
      assert.match(await problemOf(open(join(folder, "labels.csv"))), /is a file, not a folder/);
    });
    await withFolder({ "a.png": await flatPng(1) }, async (folder) => {
      assert.match(await problemOf(open(folder)), /no CSV table in .*Add labels\.csv/);
      await writeFile(join(folder, "labels.csv"), "image,patient\na.png,1\n");
      assert.match(await problemOf(open(folder)), /no label column\. Name it .* image, patient\.$/);
      await writeFile(join(folder, "labels.csv"), "");
      assert.match(await problemOf(open(folder)), /csv: the file is empty/);
      await writeFile(join(folder, "labels.csv"), "image,labels\nother.png,X\n");
      assert.match(await problemOf(open(folder)), /None of the 1 rows .*first value "other\.png"/);
      await writeFile(join(folder, "labels.csv"), "image,labels\na.png,X\n");
      await writeFile(join(folder, "a.png"), "broken");
      assert.match(await problemOf(open(folder)), /None of the 1 films .* can be decoded.*a\.png/);
      assert.match(await problemOf(open(folder, { csv: "x.csv" })), /no table x\.csv.*labels\.csv/);
      assert.match(await problemOf(open(folder, { imageSizePx: 2 })), /from 8 to 4096/);
      await writeFile(join(folder, "file"), "");
      const blocked = open(folder, { cacheDir: join(folder, "file", "cache") });
      assert.match(await problemOf(blocked), /Cannot write .*is a file, not a folder/);
    });
  });

  it("takes films without patients as patients of their own, and says so", async () => {
    const files = {
      "t.csv": "file,class\na.png,X\n./b.png,Y\n",
      "a.png": await flatPng(1),
      "b.png": await flatPng(2),
    };
    await withFolder(files, async (folder) => {
      const dataset = await open(folder);
      assert.deepEqual(
        dataset.films.map(({ patient }) => patient),
        ["a.png", "b.png"],
      );
      assert.match(dataset.notes.join(), /2 films have no patient/);
    });
  });

  it("finds films that were converted to another format", async () => {
    const files = await threeFilms();
    files["labels.csv"] = TABLE.replace("a.png", "a.JPG");
    await withFolder(files, async (folder) => {
      const dataset = await open(folder);
      assert.equal(dataset.films[0]!.id, "films/a.png");
      assert.deepEqual(dataset.problems, []);
    });
  });

  it("filters by attribute and reports repeated rows and images outside the table", async () => {
    const files = await threeFilms();
    files["labels.csv"] = `${TABLE}a.png,Edema,1,PA\n`;
    files["films/extra.png"] = await flatPng(9);
    await withFolder(files, async (folder) => {
      const dataset = await open(folder, { where: { view: ["PA"] } });
      assert.deepEqual(
        dataset.films.map(({ id }) => id),
        ["films/a.png", "films/c.png"],
      );
      const notes = dataset.notes.join(" ");
      assert.match(notes, /1 rows were left out by view\. 1 rows repeat an image/);
      assert.match(notes, /1 images are not in the table/);
    });
  });
});

describe("several folders of images", () => {
  const table = "image,labels,patient,in64,in256\na.png,X,1,1,0\nb.png,Y,2,0,1\nc.png,X,3,1,1\n";
  const nih = async () => ({
    "labels.csv": table,
    "nih64/a.png": await flatPng(1, 64),
    "nih64/c.png": await flatPng(2, 64),
    "nih256/b.png": await flatPng(3, 256),
    "nih256/c.png": await flatPng(4, 256),
  });

  it("of NIH's layout give the one that fits the size, and flags of 0 are not missing files", async () => {
    await withFolder(await nih(), async (folder) => {
      const small = await open(folder, { imageSizePx: 32 });
      assert.deepEqual(
        small.films.map(({ id }) => id),
        ["nih64/a.png", "nih64/c.png"],
      );
      assert.deepEqual(small.problems, []);
      assert.match(small.notes.join(), /1 rows belong to another image folder/);
      const large = await open(folder, { imageSizePx: 128 });
      assert.deepEqual(
        large.films.map(({ id }) => id),
        ["nih256/b.png", "nih256/c.png"],
      );
      const asked = await open(folder, { images: "nih256" });
      assert.equal(asked.films.length, 2);
    });
  });

  it("are only merged with a source column, and with a warning", async () => {
    await withFolder(await nih(), async (folder) => {
      const both = { images: ["nih64", "nih256"] };
      assert.match(await problemOf(open(folder, both)), /cannot be told apart.*source/);
      const rows = table
        .split("\n")
        .map((row, k) => (row === "" ? "" : `${row},${k === 0 ? "source" : "s"}`));
      await writeFile(join(folder, "labels.csv"), rows.join("\n"));
      const merged = await open(folder, both);
      assert.equal(merged.films.length, 3);
      assert.match(merged.notes[0]!, /several sources are mixed.*learn the source in place/);
      // c.png lies in both folders: the source column says which one is meant.
      for (const source of ["nih64", "nih256"]) {
        const table = `image,labels,source\na.png,X,nih64\nc.png,X,${source}\n`;
        await writeFile(join(folder, "labels.csv"), table);
        assert.equal((await open(folder, both)).films[1]!.id, `${source}/c.png`);
      }
    });
  });

  it("of no common kind must be chosen from", async () => {
    const files = {
      "labels.csv": "image,labels\na.png,X\n",
      "hospital/a.png": await flatPng(1),
      "archive/a.png": await flatPng(2),
    };
    await withFolder(files, async (folder) => {
      assert.match(
        await problemOf(open(folder)),
        /several folders of images: archive, hospital\. Choose/,
      );
      assert.match(
        await problemOf(open(folder, { images: "x" })),
        /no images in .*archive, hospital/,
      );
      assert.equal((await open(folder, { images: "hospital" })).films[0]!.id, "hospital/a.png");
    });
  });

  it("of NIH's download (images_001/images ...) count as one", async () => {
    const header =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],";
    const row = (image: string, patient: number) =>
      `${image},No Finding,0,${patient},058Y,M,PA,1,1,1,1,`;
    const files = {
      "Data_Entry_2017_v2020.csv": [header, row("a.png", 1), row("b.png", 2)].join("\n"),
      "BBox_List_2017.csv": "Image Index,Finding Label\n",
      "images_001/images/a.png": await flatPng(1),
      "images_002/images/b.png": await flatPng(2),
    };
    await withFolder(files, async (folder) => {
      const { films } = await open(folder);
      assert.deepEqual(
        films.map(({ patient }) => patient),
        ["1", "2"],
      );
    });
  });
});

describe("the cache of films", () => {
  it("is made once, and again when a file changes", async () => {
    await withFolder(await threeFilms(), async (folder) => {
      const stages = async () => {
        const seen: string[] = [];
        const options = { cacheDir: join(folder, "cache"), imageSizePx: 8 };
        for await (const { stage } of openingFilmFolder(folder, options)) seen.push(stage);
        return seen;
      };
      assert.deepEqual(await stages(), ["decoding", "decoding", "ready"]);
      assert.deepEqual(await stages(), ["ready"]);
      await utimes(join(folder, "films/a.png"), 1, 1);
      assert.deepEqual(await stages(), ["decoding", "decoding", "ready"]);
    });
  });

  it("gives equal fingerprints for equal films only", async () => {
    await withFolder(await threeFilms(), async (folder) => {
      const first = await open(folder);
      await rm(join(folder, "cache"), { recursive: true });
      assert.equal((await open(folder)).fingerprint, first.fingerprint);
      await writeFile(join(folder, "films/a.png"), await flatPng(52));
      assert.notEqual((await open(folder)).fingerprint, first.fingerprint);
    });
  });

  it("appears only when complete, and goes on where it was interrupted", async () => {
    const rows = Array.from({ length: 600 }, (_, k) => `${k}.png,X,${k}`);
    const files: Record<string, Uint8Array | string> = {
      "labels.csv": ["image,labels,patient", ...rows].join("\n"),
    };
    for (let k = 0; k < 600; k++) files[`${k}.png`] = await flatPng(k % 256, 8);
    files["3.png"] = "broken";
    await withFolder(files, async (folder) => {
      const options = { cacheDir: join(folder, "cache"), imageSizePx: 8 };
      const first = openingFilmFolder(folder, options);
      await first.next();
      assert.deepEqual((await first.next()).value, {
        stage: "decoding",
        done: 256,
        total: 600,
        broken: 1,
      });
      await first.return();
      const [left] = await readdir(options.cacheDir);
      assert.match(left!, /\.part$/);
      // A write that was cut in the middle of a film.
      const partial = join(options.cacheDir, left!);
      await truncate(partial, (await stat(partial)).size - 5);
      const second = openingFilmFolder(folder, options);
      const resumed = (await second.next()).value;
      assert.equal(resumed?.stage === "decoding" && resumed.done, 255);
      await second.return();
      const dataset = await openFilmFolder(folder, options);
      assert.equal(dataset.films.length, 599);
      assert.match(dataset.problems[0]!.reason, /cannot be decoded/);
      const images = await dataset.readImages([...dataset.films.keys()]);
      dataset.films.forEach(({ id }, k) => {
        assert.equal(images[k * 64], Math.fround((Number.parseInt(id) % 256) / 255), id);
      });
      await rm(options.cacheDir, { recursive: true });
      assert.equal((await openFilmFolder(folder, options)).fingerprint, dataset.fingerprint);
    });
  });

  it("is made rightly by two at once, and says so when it is gone", async () => {
    await withFolder(await threeFilms(), async (folder) => {
      const [a, b] = await Promise.all([open(folder), open(folder)]);
      assert.deepEqual(await a.readImages([0, 1, 2]), await b.readImages([0, 1, 2]));
      const left = await readdir(join(folder, "cache"));
      assert.deepEqual(
        left.filter((name) => !/\.(bin|json)$/.test(name)),
        [],
      );
      await rm(join(folder, "cache"), { recursive: true });
      await assert.rejects(a.readImages([0]), /film cache .* is gone\. Open the data set again/);
    });
  });

  it("takes no more memory for ten times the films", async () => {
    const makeFolder = async (count: number): Promise<Record<string, Uint8Array | string>> => {
      const films = await Promise.all([1, 2, 3, 4].map((k) => flatPng(k * 50, 256)));
      const rows = Array.from({ length: count }, (_, k) => `${k}.png,X,${k >> 2}`);
      return {
        "labels.csv": ["image,labels,patient", ...rows].join("\n"),
        ...Object.fromEntries(rows.map((_, k) => [`${k}.png`, films[k % 4]!])),
      };
    };
    const peak = async (count: number) => {
      let highest = 0;
      await withFolder(await makeFolder(count), async (folder) => {
        const options = { cacheDir: join(folder, "cache"), imageSizePx: 64 };
        for await (const progress of openingFilmFolder(folder, options)) {
          highest = Math.max(highest, process.memoryUsage().rss);
          if (progress.stage === "ready") await progress.dataset.readImages([0, 1, 2, 3]);
        }
      });
      return highest;
    };
    await peak(150);
    const few = await peak(150);
    const many = await peak(2000);
    // 1,850 more films of 256x256 would take 121 MB.
    assert.ok(many - few < 40e6, `${(many - few) / 1e6} MB more`);
  }).timeout(60_000);
});

const nihFolder = join(process.env["COUNTERLAB_DATA"] ?? "../shared/data", "nih");

describe("the real NIH films", () => {
  it("open with patients that no split shares", async function () {
    if (!existsSync(nihFolder)) return this.skip();
    await withFolder({}, async (scratch) => {
      const dataset = await openFilmFolder(nihFolder, { cacheDir: scratch, imageSizePx: 64 });
      assert.equal(dataset.films.length, 870);
      assert.deepEqual(dataset.problems, []);
      assert.equal(dataset.classes[0], "No Finding");
      const { train, test } = splitByPatient(key(0), dataset.films, { train: 0.8, test: 0.2 });
      const trainPatients = new Set(train.map((index) => dataset.films[index]!.patient));
      assert.ok(test.every((index) => !trainPatients.has(dataset.films[index]!.patient)));
      assert.ok(Math.abs(test.length / dataset.films.length - 0.2) < 0.03);
    });
  }).timeout(60_000);
});
