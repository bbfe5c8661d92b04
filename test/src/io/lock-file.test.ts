import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { lockFile } from "#src/io/lock-file.ts";

describe("a lock file", () => {
  let folder: string;
  let lock: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-lock-"));
    lock = path.join(folder, "lock");
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is held by one of many who ask at once, and free again afterwards", async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => lockFile(lock)));
    const held = asked.filter((unlock) => unlock !== undefined);
    assert.equal(held.length, 1);
    assert.deepEqual(await readdir(folder), ["lock"]);
    await held[0]!();
    assert.ok(await lockFile(lock));
  });

  it("is taken over from a process that is gone", async () => {
    // Larger than any process number that Linux, macOS or Windows give.
    await writeFile(lock, "1999999999");
    assert.ok(await lockFile(lock));
  });

  it("says where it cannot be made", async () => {
    await assert.rejects(lockFile(path.join(folder, "nowhere", "lock")), /Cannot write .*nowhere/);
  });
});
