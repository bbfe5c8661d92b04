import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openFilmFolder, type FilmFolderOptions } from "#src/io/film-folder.ts";
import { InputError } from "#src/io/input-error.ts";
import { flatPng, withFolder } from "./support.ts";

type Files = Record<string, Uint8Array | string>;

async function open(folder: string, options: Partial<FilmFolderOptions> = {}) {
  const cacheDir = join(folder.replace(/\/[^/]*\.npz$/, ""), "cache");
  return openFilmFolder(folder, { cacheDir, imageSizePx: 8, ...options });
}

/** What stands of each film in an opened folder, with the grey it was written with. */
async function filmsOf(folder: string, options: Partial<FilmFolderOptions> = {}) {
  const dataset = await open(folder, options);
  const pixels = await dataset.readImages([...dataset.films.keys()]);
  const size = dataset.imageSizePx ** 2;
  return {
    dataset,
    films: dataset.films.map(({ id, patient, labels, attributes }, k) => ({
      id,
      patient,
      labels: labels.join("|"),
      ...attributes,
      grey: Math.round(255 * pixels[k * size + size / 2]!),
    })),
  };
}

const CHEXPERT =
  "No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices";

/** Values of the observations in CheXpert's order; those not given are not mentioned. */
function observations(values: Readonly<Record<string, string>>): string {
  return CHEXPERT.split(",")
    .map((name) => values[name] ?? "")
    .join(",");
}

async function chexpert(): Promise<Files> {
  const row = (path: string, view: string, values: Readonly<Record<string, string>>) =>
    `CheXpert-v1.0-small/${path},Female,68,${view},${observations(values)}`;
  const header = `Path,Sex,Age,Frontal/Lateral,AP/PA,${CHEXPERT}`;
  return {
    "CheXpert-v1.0-small/train.csv": [
      header,
      row("train/patient00001/study1/view1_frontal.jpg", "Frontal,AP", {
        "Pleural Effusion": "1.0",
        "Lung Opacity": "1.0",
        Edema: "-1.0",
        Pneumothorax: "0.0",
      }),
      row("train/patient00001/study2/view1_frontal.jpg", "Frontal,PA", { "No Finding": "1.0" }),
      row("train/patient00002/study1/view1_frontal.jpg", "Frontal,PA", { Pneumonia: "-1.0" }),
      row("train/patient00002/study1/view2_lateral.jpg", "Lateral,", { Pneumonia: "1.0" }),
      row("train/patient00003/study1/view1_frontal.jpg", "Frontal,PA", { Fracture: "1.0" }),
    ].join("\n"),
    "CheXpert-v1.0-small/valid.csv": [
      header,
      row("valid/patient64541/study1/view1_frontal.jpg", "Frontal,AP", { Cardiomegaly: "1.0" }),
    ].join("\n"),
    "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg": await flatPng(10),
    "CheXpert-v1.0-small/train/patient00001/study2/view1_frontal.jpg": await flatPng(20),
    "CheXpert-v1.0-small/train/patient00002/study1/view1_frontal.jpg": await flatPng(30),
    "CheXpert-v1.0-small/train/patient00002/study1/view2_lateral.jpg": await flatPng(40),
    "CheXpert-v1.0-small/valid/patient64541/study1/view1_frontal.jpg": await flatPng(50),
  };
}

describe("CheXpert's layout", () => {
  it("is read with its patients, views, labels and split; films of one name are not confused", async () => {
    await withFolder(await chexpert(), async (folder) => {
      const { dataset, films } = await filmsOf(folder);
      assert.equal(dataset.layout.name, "chexpert");
      const same = { sex: "F", age: "68" };
      const path = (rest: string) => `CheXpert-v1.0-small/${rest}/view1_frontal.jpg`;
      assert.deepEqual(films, [
        {
          id: path("train/patient00001/study1"),
          patient: "patient00001",
          labels: "Lung Opacity|Effusion",
          view: "AP",
          ...same,
          split: "train",
          grey: 10,
        },
        {
          id: path("train/patient00001/study2"),
          patient: "patient00001",
          labels: "No Finding",
          view: "PA",
          ...same,
          split: "train",
          grey: 20,
        },
        {
          id: path("train/patient00002/study1"),
          patient: "patient00002",
          labels: "",
          view: "PA",
          ...same,
          split: "train",
          grey: 30,
        },
        {
          id: path("valid/patient64541/study1"),
          patient: "patient64541",
          labels: "Cardiomegaly",
          view: "AP",
          ...same,
          split: "validation",
          grey: 50,
        },
      ]);
      const notes = dataset.notes.join(" ");
      assert.match(notes, /Recognised as CheXpert by .*train\.csv, .*valid\.csv\./);
      assert.match(notes, /1 films have only uncertain findings/);
      assert.match(notes, /1 films that are not seen from front or back were left out/);
      // A missing film is missing, though another file has its name.
      assert.deepEqual(
        dataset.problems.map(({ file, reason }) => [file.split("/")[2], reason]),
        [["patient00003", "the file is missing"]],
      );
    });
  });

  it("is found from inside its folder, too, and gives lateral films when asked", async () => {
    await withFolder(await chexpert(), async (folder) => {
      const inside = join(folder, "CheXpert-v1.0-small");
      const { films } = await filmsOf(inside);
      assert.deepEqual(
        films.map(({ grey }) => grey),
        [10, 20, 30, 50],
      );
      const lateral = await filmsOf(inside, { where: { view: ["LATERAL"] } });
      assert.deepEqual(
        lateral.films.map(({ grey, labels }) => [grey, labels]),
        [[40, "Pneumonia"]],
      );
    });
  });
});

describe("MIMIC-CXR's layout", () => {
  const films = ["aaaa-1111", "bbbb-2222", "cccc-3333"];
  const mimic = async (ending: string): Promise<Files> => ({
    [`mimic-cxr-2.0.0-metadata.csv${ending}`]: gz(
      ending,
      "dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns\n" +
        "aaaa-1111,10000032,50414267,CHEST,PA,1,1\nbbbb-2222,10000032,50414267,CHEST,LATERAL,1,1\ncccc-3333,10000764,57375967,CHEST,AP,1,1\n",
    ),
    [`mimic-cxr-2.0.0-chexpert.csv${ending}`]: gz(
      ending,
      `subject_id,study_id,Atelectasis,Cardiomegaly,No Finding,Pleural Effusion\n10000032,50414267,,,1.0,\n10000764,57375967,1.0,-1.0,,1.0\n`,
    ),
    [`mimic-cxr-2.0.0-split.csv${ending}`]: gz(
      ending,
      "dicom_id,study_id,subject_id,split\naaaa-1111,50414267,10000032,train\nbbbb-2222,50414267,10000032,train\ncccc-3333,57375967,10000764,validate\n",
    ),
    "files/p10/p10000032/s50414267/aaaa-1111.jpg": await flatPng(10),
    "files/p10/p10000032/s50414267/bbbb-2222.jpg": await flatPng(20),
    "files/p10/p10000764/s57375967/cccc-3333.jpg": await flatPng(30),
  });
  const gz = (ending: string, text: string) => (ending === "" ? text : gzipSync(text));

  for (const ending of ["", ".gz"]) {
    it(`joins its tables${ending === "" ? "" : ", gzipped"}: view, study labels and split of each film`, async () => {
      await withFolder(await mimic(ending), async (folder) => {
        const { dataset, films: read } = await filmsOf(folder);
        assert.equal(dataset.layout.name, "mimic-cxr");
        assert.deepEqual(
          read.map(({ id, ...film }) => ({ ...film, id: id.split("/").at(-1) })),
          [
            {
              id: "aaaa-1111.jpg",
              patient: "10000032",
              labels: "No Finding",
              view: "PA",
              split: "train",
              grey: 10,
            },
            {
              id: "cccc-3333.jpg",
              patient: "10000764",
              labels: "Atelectasis|Effusion",
              view: "AP",
              split: "validation",
              grey: 30,
            },
          ],
        );
      });
    });
  }

  it("with the long-tailed tables gives their labels and split, and the metadata's views", async () => {
    const header =
      "subject_id,study_id,dicom_id,path,Cardiomegaly,Pneumoperitoneum,Tortuous Aorta,Support Devices";
    const path = (subject: string, study: string, film: string) =>
      `${subject},${study},${film},files/p10/p${subject}/s${study}/${film}.jpg`;
    const files = {
      ...(await mimic("")),
      "mimic-cxr-lt_single-label_train.csv": `${header}\n${path("10000032", "50414267", films[0]!)},0,1,1,0\n${path("10000032", "50414267", films[1]!)},0,1,0,0\n`,
      "mimic-cxr-lt_single-label_balanced-test.csv": `${header}\n${path("10000764", "57375967", films[2]!)},1,0,0,0\n`,
    };
    await withFolder(files, async (folder) => {
      const { dataset, films: read } = await filmsOf(folder);
      assert.equal(dataset.layout.name, "mimic-cxr-lt");
      assert.deepEqual(
        read.map(({ patient, labels, grey, ...rest }) => ({
          patient,
          labels,
          grey,
          ...rest,
          id: "",
        })),
        [
          {
            patient: "10000764",
            labels: "Cardiomegaly",
            grey: 30,
            view: "AP",
            split: "test",
            id: "",
          },
          {
            patient: "10000032",
            labels: "Pneumoperitoneum|Tortuous Aorta",
            grey: 10,
            view: "PA",
            split: "train",
            id: "",
          },
        ],
      );
    });
  });
});

describe("PadChest's layout", () => {
  it("reads label lists, projections, ages and films in numbered folders", async () => {
    const files: Files = {
      "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv": [
        ",ImageID,ImageDir,StudyDate_DICOM,StudyID,PatientID,PatientBirth,PatientSex_DICOM,ViewPosition_DICOM,Projection,Labels",
        `0,1_a.png,0,20140915,11,P1,1950.0,M,POSTEROANTERIOR,PA,"['pleural effusion', 'laminar atelectasis', 'unchanged']"`,
        `1,1_b.png,0,20150915,12,P1,1950.0,M,POSTEROANTERIOR,PA,"['normal']"`,
        `2,1_c.png,3,20150915,12,P1,1950.0,M,LATERAL,L,"['normal']"`,
        `3,2_a.png,3,20150915,13,P2,,F,ANTEROPOSTERIOR,AP_horizontal,"['NSG tube', ""chilaiditi's sign""]"`,
        `4,2_b.png,3,20150915,14,P2,,F,ANTEROPOSTERIOR,PA,"['suboptimal study']"`,
        `5,2_c.png,3,20150915,15,P2,,F,ANTEROPOSTERIOR,PA,"[]"`,
      ].join("\n"),
      "0/1_a.png": await flatPng(10),
      "0/1_b.png": await flatPng(20),
      "3/1_c.png": await flatPng(30),
      "3/2_a.png": await flatPng(40),
      "3/2_b.png": await flatPng(50),
      "3/2_c.png": await flatPng(60),
    };
    await withFolder(files, async (folder) => {
      const { dataset, films } = await filmsOf(folder);
      assert.equal(dataset.layout.name, "padchest");
      assert.deepEqual(films, [
        {
          id: "0/1_a.png",
          patient: "P1",
          labels: "Effusion|laminar atelectasis",
          view: "PA",
          sex: "M",
          age: "64",
          grey: 10,
        },
        {
          id: "0/1_b.png",
          patient: "P1",
          labels: "No Finding",
          view: "PA",
          sex: "M",
          age: "65",
          grey: 20,
        },
        {
          id: "3/2_a.png",
          patient: "P2",
          labels: "nsg tube|chilaiditi's sign",
          view: "AP_HORIZONTAL",
          sex: "F",
          grey: 40,
        },
        { id: "3/2_c.png", patient: "P2", labels: "", view: "PA", sex: "F", grey: 60 },
      ]);
      assert.match(dataset.notes.join(" "), /1 films labelled "exclude" or "suboptimal study"/);
    });
  });
});

describe("NIH's layout", () => {
  it("takes the official lists as its split, and ages of both editions as numbers", async () => {
    const header =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],";
    const row = (image: string, patient: number, labels: string, age: string) =>
      `${image},${labels},0,${patient},${age},M,PA,1,1,1,1,`;
    const files = {
      "Data_Entry_2017_v2020.csv": [
        header,
        row("a.png", 1, "Cardiomegaly|Effusion", "058Y"),
        row("b.png", 2, "No Finding", "9"),
      ].join("\n"),
      "BBox_List_2017.csv": "Image Index,Finding Label,Bbox [x,y,w,h],,,\n",
      "train_val_list.txt": "a.png\n",
      "test_list.txt": "b.png\r\n",
      "images_001/images/a.png": await flatPng(10),
      "images_002/images/b.png": await flatPng(20),
    };
    await withFolder(files, async (folder) => {
      const { dataset, films } = await filmsOf(folder);
      assert.equal(dataset.layout.name, "nih");
      assert.deepEqual(
        films.map(({ labels, patient, ...rest }) => ({ labels, patient, ...rest, id: "" })),
        [
          {
            labels: "Cardiomegaly|Effusion",
            patient: "1",
            view: "PA",
            sex: "M",
            age: "58",
            split: "train",
            grey: 10,
            id: "",
          },
          {
            labels: "No Finding",
            patient: "2",
            view: "PA",
            sex: "M",
            age: "9",
            split: "test",
            grey: 20,
            id: "",
          },
        ],
      );
    });
  });
});

// Archives that NumPy wrote: layout-reference.py.
const tables = join(import.meta.dirname, "tables");

describe("a MedMNIST archive", () => {
  it("gives its films with classes and split, in ChestMNIST also those without a finding", async () => {
    await withFolder({}, async (folder) => {
      await copyFile(join(tables, "chestmnist.npz"), join(folder, "chestmnist.npz"));
      const { dataset, films } = await filmsOf(join(folder, "chestmnist.npz"));
      assert.deepEqual([dataset.name, dataset.layout.name], ["chestmnist", "medmnist"]);
      assert.deepEqual(
        films.map(({ labels, grey, id, ...rest }) => [id, labels, rest, grey].slice(0, 4)),
        [
          ["train/0", "No Finding", "train", 1],
          ["train/1", "Atelectasis", "train", 11],
          ["train/2", "Cardiomegaly", "train", 21],
          ["train/3", "Effusion|Nodule", "train", 31],
          ["train/4", "Infiltration", "train", 41],
          ["train/5", "Mass", "train", 51],
          ["val/0", "No Finding", "validation", 2],
          ["val/1", "Atelectasis", "validation", 12],
          ["test/0", "No Finding", "test", 3],
          ["test/1", "Atelectasis", "test", 13],
        ].map(([part, labels, split, grey]) => {
          const id = `chestmnist.npz#${part}`;
          return [id, labels, { patient: id, split }, grey];
        }),
      );
      // The cache is enough the second time, and the folder is as good as the file.
      assert.deepEqual((await filmsOf(folder, { imageSizePx: 8 })).films, films);
    });
  });

  it("of a single class a film is read by the number of the class; of several archives one is chosen", async () => {
    await withFolder({}, async (folder) => {
      for (const name of ["pneumoniamnist.npz", "chestmnist.npz"]) {
        await copyFile(join(tables, name), join(folder, name));
      }
      await assert.rejects(open(folder), /several archives: chestmnist\.npz, pneumoniamnist\.npz/);
      const { films } = await filmsOf(folder, { images: "pneumoniamnist.npz" });
      assert.deepEqual(
        films.slice(0, 3).map(({ labels }) => labels),
        ["No Finding", "Pneumonia", "No Finding"],
      );
    });
  });

  it("of another kind is refused with the names of its arrays", async () => {
    await withFolder({}, async (folder) => {
      const { writeNpz } = await import("#src/formats/npz.ts");
      const bytes = writeNpz({ pictures: { data: new Uint8Array(4), shape: [4] } });
      await writeFile(join(folder, "other.npz"), bytes);
      await assert.rejects(open(folder), /no MedMNIST archive: its arrays are pictures\. It needs/);
    });
  });
});

describe("a folder of DICOM films", () => {
  const dicom = (name: string) => readFile(join(import.meta.dirname, "dicom", `${name}.dcm`));

  it("takes patient, view, sex and age from the files and findings from a table", async () => {
    const files: Files = {
      "labels.csv": "image,labels\nu12,Edema|Effusion\ndeep/IM-0002,No Finding\ngone,Mass\n",
      "u12.dcm": await dicom("u12"),
      "deep/IM-0002.dcm": await dicom("jpeg-lossless-mono1"),
      "lateral.dcm": await dicom("lateral"),
      "report.dcm": await dicom("no-pixels"),
      "two.dcm": await dicom("two-frames"),
    };
    await withFolder(files, async (folder) => {
      const { dataset, films } = await filmsOf(folder, { fit: "crop" });
      assert.equal(dataset.layout.name, "dicom");
      const known = { patient: "P-1", view: "PA", sex: "F", age: "61", bodyPart: "CHEST" };
      assert.deepEqual(
        films.map((film) => ({ ...film, grey: 0 })),
        [
          { id: "deep/IM-0002.dcm", labels: "No Finding", ...known, grey: 0 },
          { id: "u12.dcm", labels: "Edema|Effusion", ...known, grey: 0 },
        ],
      );
      assert.deepEqual(
        dataset.problems.map(({ file, reason }) => [file, reason]),
        [
          ["gone", "the file is missing"],
          ["report.dcm", "its modality is SR, no plain film"],
          ["two.dcm", "the file cannot be decoded (it holds 2 frames, not one film)"],
        ],
      );
      assert.match(dataset.notes.join(" "), /1 films that are not seen from front or back/);
    });
  });

  it("needs no endings and no table, and says what is missing then", async () => {
    const files: Files = {
      "STUDY/IM-0001-0001": await dicom("u12"),
      "STUDY/1.2.840.7": await dicom("u8"),
      README: "no film",
    };
    await withFolder(files, async (folder) => {
      const { dataset, films } = await filmsOf(folder);
      assert.deepEqual(
        films.map(({ id, labels }) => [id, labels]),
        [
          ["STUDY/1.2.840.7", ""],
          ["STUDY/IM-0001-0001", ""],
        ],
      );
      assert.match(dataset.notes.join(" "), /no table of findings: add labels\.csv/);
    });
  });
});

describe("Open-i's layout", () => {
  const report = (findings: string, ...images: string[]) =>
    `<?xml version="1.0"?><eCitation><MedlineCitation><Article><Abstract><AbstractText Label="FINDINGS">${findings}</AbstractText><AbstractText Label="IMPRESSION">None.</AbstractText></Abstract></Article></MedlineCitation>${images.map((id) => `<parentImage id="${id}"><figureId>F1</figureId></parentImage>`).join("")}</eCitation>`;
  const files = async (): Promise<Files> => ({
    "ecgen-radiology/1.xml": report(
      "Small right pleural effusion.",
      "CXR1_1_IM-0001-3001",
      "CXR1_1_IM-0001-4001",
    ),
    "ecgen-radiology/2.xml": report(
      "The lungs are clear. No pleural effusion.",
      "CXR2_IM-0652-1001",
    ),
    "NLMCXR_png/CXR1_1_IM-0001-3001.png": await flatPng(10),
    "NLMCXR_png/CXR1_1_IM-0001-4001.png": await flatPng(20),
    "NLMCXR_png/CXR2_IM-0652-1001.png": await flatPng(30),
  });

  it("labels films by what the rules read in their reports, and says so", async () => {
    await withFolder(await files(), async (folder) => {
      const { dataset, films } = await filmsOf(folder);
      assert.equal(dataset.layout.name, "openi");
      const effusion = { patient: "1", labels: "Effusion", severity: "mild", side: "right" };
      assert.deepEqual(films, [
        { id: "NLMCXR_png/CXR1_1_IM-0001-3001.png", ...effusion, grey: 10 },
        { id: "NLMCXR_png/CXR1_1_IM-0001-4001.png", ...effusion, grey: 20 },
        { id: "NLMCXR_png/CXR2_IM-0652-1001.png", patient: "2", labels: "No Finding", grey: 30 },
      ]);
      assert.match(
        dataset.notes.join(" "),
        /what the rules read.*do not say which films are lateral/,
      );
    });
  });

  it("leaves out lateral films where a table of projections names them, and reads the edition with tables", async () => {
    const projections =
      "uid,filename,projection\n1,1_IM-0001-4001.dcm.png,Lateral\n1,1_IM-0001-3001.dcm.png,Frontal\n2,2_IM-0652-1001.dcm.png,Frontal\n";
    await withFolder(
      { ...(await files()), "indiana_projections.csv": projections },
      async (folder) => {
        const { films } = await filmsOf(folder);
        assert.deepEqual(
          films.map(({ grey }) => grey),
          [10, 30],
        );
      },
    );
    const edition: Files = {
      "indiana_projections.csv": projections,
      "indiana_reports.csv":
        "uid,MeSH,findings,impression\n1,x,Large left pneumothorax.,\n2,x,Clear lungs.,Normal.\n",
      "images/images_normalized/1_IM-0001-3001.dcm.png": await flatPng(10),
      "images/images_normalized/2_IM-0652-1001.dcm.png": await flatPng(30),
    };
    await withFolder(edition, async (folder) => {
      const { films } = await filmsOf(folder);
      assert.deepEqual(
        films.map(({ labels, patient, grey }) => [labels, patient, grey]),
        [
          ["Pneumothorax", "1", 10],
          ["No Finding", "2", 30],
        ],
      );
    });
  });
});

describe("the layout of a folder", () => {
  it("may be a table in Parquet, with labels as a list", async () => {
    await withFolder(
      { "a.png": await flatPng(10), "b.png": await flatPng(20), "c.png": await flatPng(30) },
      async (folder) => {
        await copyFile(join(tables, "labels-snappy.parquet"), join(folder, "labels.parquet"));
        const { dataset, films } = await filmsOf(folder);
        assert.equal(dataset.layout.name, "table");
        assert.deepEqual(
          films.map(({ patient, labels, grey }) => [patient, labels, grey]),
          [
            ["1", "Edema|Effusion", 10],
            ["1", "No Finding", 20],
            ["2", "", 30],
          ],
        );
      },
    );
  });

  it("is not guessed from broken tables: they are named", async () => {
    const film = await flatPng(1);
    const refused = async (name: string, content: Uint8Array | string, message: RegExp) => {
      await withFolder({ "a.png": film, [name]: content }, async (folder) => {
        await assert.rejects(open(folder), (error) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, message);
          return true;
        });
      });
    };
    const whole = gzipSync("image,labels\na.png,Edema\n");
    await refused("labels.csv.gz", whole.subarray(0, 20), /labels\.csv\.gz is no whole gzip file/);
    await refused("labels.parquet", "no Parquet", /labels\.parquet: parquet: /);
    await refused("labels.tsv", "", /labels\.tsv: csv: the file is empty/);
  });

  it("can be named, and all of them are listed where none fits", async () => {
    await withFolder({ "readme.txt": "no films" }, async (folder) => {
      await assert.rejects(open(folder), (error) => {
        assert.ok(error instanceof InputError);
        for (const name of [
          "nih",
          "chexpert",
          "mimic-cxr",
          "padchest",
          "medmnist",
          "dicom",
          "openi",
          "table",
        ]) {
          assert.match(error.message, new RegExp(`[:;] ${name} \\(`), name);
        }
        return true;
      });
    });
    await withFolder(await chexpert(), async (folder) => {
      await assert.rejects(
        open(folder, { layout: "padchest" }),
        /no folder of the layout "padchest"/,
      );
      await assert.rejects(
        open(folder, { layout: "x" }),
        /no layout "x"\. Known layouts: medmnist/,
      );
    });
  });

  it("that lacks its films says which one it looked for first", async () => {
    const files = await chexpert();
    const onlyTables: Files = Object.fromEntries(
      Object.entries(files).filter(([name]) => name.endsWith(".csv")),
    );
    await withFolder({ ...onlyTables, "other.png": await flatPng(1) }, async (folder) => {
      await assert.rejects(
        open(folder),
        /has the tables of CheXpert .* none of the films .*first: .*patient00001.*holds train\.csv/,
      );
    });
  });
});
