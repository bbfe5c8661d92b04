import assert from "node:assert/strict";
import { FilmTableError, readFilmRows, recogniseColumns } from "#src/data/film-table.ts";
import { parseCsv } from "#src/formats/csv.ts";

const NIH =
  "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position," +
  "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n" +
  "00000001_000.png,Cardiomegaly|Emphysema,0,1,058Y,M,PA,2682,2749,0.143,0.143,\n";

describe("film tables", () => {
  it("recognise NIH's own table", () => {
    const table = parseCsv(NIH);
    const columns = recogniseColumns(table);
    assert.deepEqual(columns, {
      image: "Image Index",
      labels: "Finding Labels",
      patient: "Patient ID",
      view: "View Position",
      sex: "Patient Gender",
      age: "Patient Age",
    });
    assert.deepEqual(readFilmRows(table, columns), [
      {
        image: "00000001_000.png",
        labels: ["Cardiomegaly", "Emphysema"],
        patient: "1",
        attributes: { view: "PA", sex: "M", age: "058Y" },
        flags: {},
      },
    ]);
  });

  it("read one column a finding, as CheXpert has them", () => {
    const table = parseCsv("Path,Edema,Fracture\na.jpg,1.0,0.0\nb.jpg,-1.0,\nc.jpg,1,1\n");
    const columns = recogniseColumns(table, { labels: ["Edema", "Fracture"] });
    assert.deepEqual(
      readFilmRows(table, columns).map(({ labels }) => labels),
      [["Edema"], [], ["Edema", "Fracture"]],
    );
  });

  it("take empty cells as unknown, and other separators when told", () => {
    const table = parseCsv('image,finding,patient\na.png,"ARDS, COVID-19",7\nb.png,,\n');
    const rows = readFilmRows(table, recogniseColumns(table), { labelSeparator: "," });
    assert.deepEqual(
      rows.map(({ labels, patient }) => [labels, patient]),
      [
        [["ARDS", "COVID-19"], "7"],
        [[], undefined],
      ],
    );
  });

  it("read flags by the folder they speak of", () => {
    const table = parseCsv("image,labels,in64,in256\na.png,X,1,0\n");
    assert.deepEqual(readFilmRows(table, recogniseColumns(table))[0]!.flags, { 64: "1", 256: "0" });
  });

  it("say which column is missing and what there is", () => {
    const table = parseCsv("image,patient,diseases\na.png,1,X\n");
    assert.throws(
      () => recogniseColumns(table),
      (error) => {
        assert.ok(error instanceof FilmTableError);
        assert.match(error.message, /no label column.*labels: "\.\.\.".*image, patient, diseases/);
        return true;
      },
    );
    assert.equal(recogniseColumns(table, { labels: "diseases" }).labels, "diseases");
    assert.throws(
      () => recogniseColumns(table, { labels: "x" }),
      /no column "x" \(mapped to labels\)/,
    );
  });
});
