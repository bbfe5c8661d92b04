import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unwritable, writeFileAtomic } from "#src/io/atomic-write.ts";
import { InputError } from "#src/io/input-error.ts";
import { withFolder } from "./support.ts";

describe("writeFileAtomic", () => {
  it("writes whole files into folders that it makes, over old ones, and leaves nothing beside them", async () => {
    await withFolder({ "out.txt": "old" }, async (folder) => {
      await writeFileAtomic(join(folder, "out.txt"), "new");
      await writeFileAtomic(join(folder, "deep/er/bytes.bin"), Uint8Array.of(1, 2));
      assert.equal(await readFile(join(folder, "out.txt"), "utf8"), "new");
      assert.deepEqual(await readdir(join(folder, "deep/er")), ["bytes.bin"]);
      assert.deepEqual((await readdir(folder)).sort(), ["deep", "out.txt"]);
    });
  });

  it("keeps the old file and leaves nothing behind when it cannot write", async () => {
    await withFolder({ file: "a file", "folder/kept.txt": "kept" }, async (folder) => {
      const below = join(folder, "file", "x.txt");
      await assert.rejects(writeFileAtomic(below, "x"), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /^Cannot write .*is a file, not a folder\. Choose another/);
        return true;
      });
      await assert.rejects(writeFileAtomic(join(folder, "folder"), "x"), /a folder has that name/);
      assert.deepEqual((await readdir(folder)).sort(), ["file", "folder"]);
    });
  });

  it("lets the last of many writers at once win, whole", async () => {
    await withFolder({}, async (folder) => {
      const path = join(folder, "race.txt");
      await writeFile(path, "");
      const texts = Array.from({ length: 20 }, (_, k) => String(k).repeat(5000));
      await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
      assert.ok(texts.includes(await readFile(path, "utf8")));
      assert.deepEqual(await readdir(folder), ["race.txt"]);
    });
  });

  it("says what is wrong with the place in words", () => {
    const problem = (code: string) =>
      unwritable("/x/y", Object.assign(new Error(), { code })).message;
    assert.match(problem("EACCES"), /no permission to write there/);
    assert.match(problem("EROFS"), /read-only/);
    assert.match(problem("ENOSPC"), /disk is full\. Free some space/);
  });
});
