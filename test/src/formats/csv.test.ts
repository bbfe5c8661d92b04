import assert from "node:assert/strict";
import { parseCsv } from "#src/formats/csv.ts";
import { FormatError } from "#src/formats/format-error.ts";

describe("parseCsv", () => {
  it("reads quoted values, byte order marks and Windows line ends", () => {
    const table = parseCsv('\uFEFFimage,note\r\na.png,"two, ""three"""\r\nb.png,"line\nbreak"\r\n');
    assert.deepEqual(table, {
      columns: ["image", "note"],
      rows: [
        { image: "a.png", note: 'two, "three"' },
        { image: "b.png", note: "line\nbreak" },
      ],
    });
  });

  it("reads semicolons, tabs, and comment lines before the header", () => {
    assert.deepEqual(parseCsv("a;b\n1;2,5\n").rows, [{ a: "1", b: "2,5" }]);
    assert.deepEqual(parseCsv("a\tb\n1\t2\n").rows, [{ a: "1", b: "2" }]);
    assert.deepEqual(parseCsv("# scores\n#\n\na,b\n1,2\n").rows, [{ a: "1", b: "2" }]);
  });

  it("takes bytes that are not UTF-8 as Latin-1", () => {
    const latin1 = Buffer.from("name,note\nx,M\xfcller\n", "latin1");
    assert.equal(parseCsv(latin1).rows[0]!["note"], "Müller");
    assert.equal(parseCsv(Buffer.from("name\nMüller\n")).rows[0]!["name"], "Müller");
  });

  it("reads NIH's own table, whose header has commas in its names", () => {
    const nih =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position," +
      "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n" +
      "00000001_000.png,Cardiomegaly|Emphysema,0,1,058Y,M,PA,2682,2749,0.143,0.143,\n";
    const { rows } = parseCsv(nih);
    assert.equal(rows[0]!["Finding Labels"], "Cardiomegaly|Emphysema");
    assert.equal(rows[0]!["OriginalImage[Width"], "2682");
    assert.equal(rows[0]!["y]"], "0.143");
  });

  it("keeps short and long rows, and columns of one name apart", () => {
    const { columns, rows } = parseCsv("a,a,b\n1\n1,2,3,4\n");
    assert.deepEqual(columns, ["a", "a (2)", "b"]);
    assert.deepEqual(rows, [{ a: "1" }, { a: "1", "a (2)": "2", b: "3" }]);
  });

  it("refuses empty files and unclosed quotes", () => {
    assert.throws(() => parseCsv(""), /the file is empty\. Its first line/);
    assert.throws(() => parseCsv('a,b\n"open,2\n'), FormatError);
  });
});
