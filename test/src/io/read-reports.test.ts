import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { readReports, type ReadReportsOptions } from "#src/io/index.ts";

const xml = (text: string) =>
  `<r><AbstractText Label="FINDINGS">${text}</AbstractText><major>Mass/right</major></r>`;

describe("reading reports from disk", () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-reports-"));
    await mkdir(at("in/deep"), { recursive: true });
    await writeFile(at("in/10.xml"), xml("Ten."));
    await writeFile(at("in/2.xml"), xml("Two."));
    await writeFile(at("in/deep/a.txt"), Buffer.from("Caf\xe9.", "latin1"));
    await writeFile(at("in/._2.xml"), "not a report");
    await writeFile(at("in/film.png"), "not a report");
    await writeFile(at("in/broken.xml"), "<r><AbstractText>half");
    const archive = pack();
    archive.entry({ name: "x/", type: "directory" });
    archive.entry({ name: "x/9.xml" }, xml("Nine."));
    archive.entry({ name: "x/picture.png" }, "skipped");
    archive.entry({ name: "x/1.txt" }, "One.");
    archive.finalize();
    const bytes = gzipSync(await buffer(archive));
    await writeFile(at("all.tgz"), bytes);
    await writeFile(at("cut.tgz"), bytes.subarray(0, bytes.length / 2));
    await writeFile(at("no.tgz"), "no archive");
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const read = async (name: string, options: ReadReportsOptions = {}) => {
    const texts: string[] = [];
    for await (const { report, text } of readReports(at(name), options)) {
      texts.push(`${report} ${text}`);
    }
    return texts;
  };

  it("reads a folder in the order of names, numbers as numbers, and names what it leaves out", async () => {
    const leftOut: string[] = [];
    const texts = await read("in", { onProblem: ({ file }) => leftOut.push(file) });
    assert.deepEqual(texts, ["2 FINDINGS: Two.", "10 FINDINGS: Ten.", "a Café."]);
    assert.deepEqual(leftOut, ["broken.xml"]);
  });

  it("reads an archive in its own order", async () => {
    assert.deepEqual(await read("all.tgz"), ["9 FINDINGS: Nine.", "1 One."]);
  });

  it("stops in the middle when the reader does", async () => {
    for await (const { report } of readReports(at("all.tgz"))) {
      assert.equal(report, "9");
      break;
    }
  });

  it("refuses what is missing, broken, of another kind, or empty", async () => {
    await assert.rejects(read("nowhere"), /nowhere does not exist\. Give XML/);
    await assert.rejects(read("in/film.png"), /film\.png is no file of reports/);
    await assert.rejects(read("in/broken.xml"), /never closed/);
    await assert.rejects(read("cut.tgz"), /cut\.tgz is broken or cut off.*Fetch/);
    await assert.rejects(read("no.tgz"), /no\.tgz is broken or cut off/);
    await mkdir(at("empty"));
    await assert.rejects(read("empty"), /empty holds no reports/);
  });
});
