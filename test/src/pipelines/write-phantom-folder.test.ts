import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createPhantomDataset } from "#src/data/index.ts";
import { openDataset, writePhantomFolder } from "#src/pipelines/index.ts";

describe("writePhantomFolder", () => {
  it("writes a folder that opens as NIH's does, with the films, labels and patients of the phantom", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "counterlab-phantom-folder-"));
    try {
      const counts = { "No Finding": 9, Effusion: 6 };
      const phantom = createPhantomDataset({ counts, stream: "folder", imageSizePx: 32 });
      const films = path.join(folder, "films");
      assert.equal(await writePhantomFolder(films, phantom), 15);
      const cacheDir = path.join(folder, "cache");
      const { train, validation, test } = await openDataset(films, { imageSizePx: 32, cacheDir });
      const opened = [train, validation, test].flatMap((part) => part.films);
      assert.equal(opened.length, 15);
      assert.equal(opened.filter(({ labels }) => labels[0] === "Effusion").length, 6);
      const patients = new Set(phantom.films.map(({ patient }) => patient));
      assert.equal(new Set(opened.map(({ patient }) => patient)).size, patients.size);
      // 8 bits a pixel, there and back.
      const isFirst = ({ id }: { readonly id: string }) => id.includes("00000001_000");
      const part = [train, validation, test].find(({ films: own }) => own.some(isFirst))!;
      const read = await part.readImages([part.films.findIndex(isFirst)]);
      const drawn = await phantom.readImages([0]);
      assert.ok(Math.max(...read.map((value, at) => Math.abs(value - drawn[at]!))) < 1 / 255);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
