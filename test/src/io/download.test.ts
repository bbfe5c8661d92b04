import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { downloadDataset } from "#src/io/download-dataset.ts";
import { DownloadError } from "#src/io/download-error.ts";
import { downloadFile, type DownloadOptions, type DownloadProgress } from "#src/io/download.ts";
import { fail, serve, withServer, type Answer } from "./file-server.ts";
import { withFolder } from "./support.ts";

// Long enough to come in several chunks.
const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
const md5 = createHash("md5").update(bytes).digest("hex");
const sha256 = createHash("sha256").update(bytes).digest("hex");

async function fetchAll(options: DownloadOptions) {
  const progress: DownloadProgress[] = [];
  const waits: number[] = [];
  const wait = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  const fetching = downloadFile({ wait, ...options });
  let step = await fetching.next();
  for (; step.done !== true; step = await fetching.next()) progress.push(step.value);
  return { file: step.value, progress, waits };
}

/** Fetches from a scripted server into a new folder, and looks at what is there afterwards. */
async function fetchFrom(
  answers: readonly Answer[],
  visit: (given: {
    readonly options: DownloadOptions;
    readonly folder: string;
    readonly ranges: () => (string | undefined)[];
  }) => Promise<void>,
): Promise<void> {
  await withFolder({}, (folder) =>
    withServer(answers, (url, seen) =>
      visit({
        options: { url: `${url}/film.npz`, path: join(folder, "deep", "film.npz") },
        folder: join(folder, "deep"),
        ranges: () => seen.map(({ headers }) => headers.range),
      }),
    ),
  );
}

describe("a download", () => {
  it("gives the whole file with its checksum, and tells how far it is", async () => {
    await fetchFrom([serve(bytes)], async ({ options, folder }) => {
      const { file, progress } = await fetchAll({ ...options, md5 });
      assert.deepEqual(file, { path: options.path, sizeBytes: bytes.length, sha256 });
      assert.deepEqual(new Uint8Array(await readFile(options.path)), bytes);
      assert.deepEqual(await readdir(folder), ["film.npz"]);
      assert.deepEqual(progress[0], { receivedBytes: 0, totalBytes: 300_000, resumedBytes: 0 });
      assert.equal(progress.at(-1)!.receivedBytes, 300_000);
      const received = progress.map(({ receivedBytes }) => receivedBytes);
      assert.deepEqual(
        received,
        [...received].sort((a, b) => a - b),
      );
    });
  });

  it("goes on where a broken connection stopped", async () => {
    const answers = [
      serve(bytes, { cutAfter: 100_000 }),
      serve(bytes, { cutAfter: 50_000 }),
      serve(bytes),
    ];
    await fetchFrom(answers, async ({ options, ranges }) => {
      const { file, waits } = await fetchAll({ ...options, md5 });
      assert.equal(file.sha256, sha256);
      assert.deepEqual(ranges(), [undefined, "bytes=100000-", "bytes=150000-"]);
      assert.deepEqual(waits, [1000, 2000]);
    });
  });

  it("goes on in a later run, also when only its checksum was missing", async () => {
    await fetchFrom([serve(bytes)], async ({ options, folder, ranges }) => {
      const first = downloadFile(options);
      for (let received = 0; received === 0;) {
        received = ((await first.next()).value as DownloadProgress).receivedBytes;
      }
      await first.return(undefined as never);
      assert.deepEqual((await readdir(folder)).sort(), ["film.npz.part", "film.npz.part.json"]);
      const part = (await readFile(`${options.path}.part`)).length;
      assert.ok(part > 0 && part < bytes.length);
      const { file, progress } = await fetchAll(options);
      assert.equal(file.sha256, sha256);
      assert.equal(progress[0]!.resumedBytes, part);
      assert.deepEqual(ranges(), [undefined, `bytes=${part}-`]);
    });
    await fetchFrom([serve(bytes, { cutAfter: 299_999 }), serve(bytes)], async ({ options }) => {
      await assert.rejects(fetchAll({ ...options, retries: 0 }), DownloadError);
      await writeFile(`${options.path}.part`, bytes);
      assert.equal((await fetchAll(options)).file.sha256, sha256);
    });
  });

  it("begins anew when the server's file has changed, or it knows no ranges", async () => {
    for (const second of [{ etag: '"v2"' }, { hasRanges: false }]) {
      const answers = [
        serve(
          bytes.map((value) => value ^ 1),
          { cutAfter: 1000 },
        ),
        serve(bytes, second),
      ];
      await fetchFrom(answers, async ({ options, ranges }) => {
        assert.equal((await fetchAll(options)).file.sha256, sha256);
        assert.deepEqual(ranges(), [undefined, "bytes=1000-"]);
      });
    }
  });

  it("is never continued on a promise of likeness only (a weak validator)", async () => {
    const weak = { etag: 'W/"v1"' };
    const answers = [serve(bytes, { ...weak, cutAfter: 1000 }), serve(bytes, weak)];
    await fetchFrom(answers, async ({ options, ranges }) => {
      await fetchAll(options);
      assert.deepEqual(ranges(), [undefined, undefined]);
    });
  });

  it("waits as long as the server asks, tries again after its troubles, and gives up at last", async () => {
    await fetchFrom(
      [fail(429, { "retry-after": "7" }), fail(503), serve(bytes)],
      async ({ options }) => {
        assert.deepEqual((await fetchAll(options)).waits, [7000, 2000]);
      },
    );
    await fetchFrom([fail(500)], async ({ options, ranges }) => {
      await assert.rejects(fetchAll({ ...options, retries: 2 }), /answered 500 \(tried 3 times\)/);
      assert.equal(ranges().length, 3);
    });
    const nowhere = { url: "http://127.0.0.1:9/film.npz", path: "/tmp/none/film.npz", retries: 1 };
    await withFolder({}, async (folder) => {
      const path = join(folder, "film.npz");
      await assert.rejects(fetchAll({ ...nowhere, path }), /could not be fetched: .*tried 2 times/);
    });
  });

  it("does not wait for a server that says nothing any more", async () => {
    const silent: Answer = (_, response) => {
      response.writeHead(200, { "content-length": "10" }).write("1");
    };
    await fetchFrom([silent], async ({ options }) => {
      const opening = fetchAll({ ...options, retries: 0, stallTimeoutMs: 50 });
      await assert.rejects(opening, /no bytes came for 0\.05 s/);
    });
  });

  it("stops at once when told to, and keeps what came", async () => {
    await fetchFrom([serve(bytes)], async ({ options, folder }) => {
      const stop = new AbortController();
      const fetching = downloadFile({ ...options, signal: stop.signal });
      await fetching.next();
      stop.abort();
      await assert.rejects(async () => {
        while ((await fetching.next()).done !== true);
      }, /abort/i);
      assert.ok((await readdir(folder)).includes("film.npz.part"));
    });
  });

  it("refuses at once what will not pass: other answers, web pages, wrong checksums", async () => {
    await fetchFrom([fail(404)], async ({ options, ranges }) => {
      await assert.rejects(
        fetchAll(options),
        /film\.npz could not be fetched: the server answered 404/,
      );
      assert.equal(ranges().length, 1);
    });
    const page: Answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>log in");
    };
    await fetchFrom([page], async ({ options }) => {
      await assert.rejects(fetchAll(options), /is a web page, not a file/);
    });
    await fetchFrom([serve(bytes)], async ({ options, folder }) => {
      const wrong = fetchAll({ ...options, md5: "0".repeat(32) });
      await assert.rejects(
        wrong,
        new RegExp(`has the md5 sum ${md5}, not 0+\\. What came was thrown`),
      );
      assert.deepEqual(await readdir(folder), []);
    });
  });

  it("checks what is there already, and does not fetch it again", async () => {
    await fetchFrom([serve(bytes)], async ({ options, ranges }) => {
      await fetchAll(options);
      assert.deepEqual((await fetchAll({ ...options, md5 })).progress, []);
      assert.equal(ranges().length, 1);
      await writeFile(options.path, "changed");
      await assert.rejects(fetchAll({ ...options, md5 }), /film\.npz has the md5 sum .*Delete it/);
      assert.equal(await readFile(options.path, "utf8"), "changed");
    });
  });
});

async function tgz(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return gzipSync(await buffer(archive));
}

describe("a data set's download", () => {
  const dataset = (file: string, url: string) => ({
    name: "mine",
    title: "Mine",
    licence: "free",
    cite: "me",
    files: [{ file, url, unpackInto: "films" }],
  });
  const stagesOf = async (downloading: ReturnType<typeof downloadDataset>) => {
    const stages: string[] = [];
    for await (const { stage } of downloading) if (stages.at(-1) !== stage) stages.push(stage);
    return stages;
  };

  it("unpacks archives once, records checksums, and holds the file to them from then on", async () => {
    const archive = await tgz({ "images/a.txt": "A", "b.txt": "B" });
    await withFolder({}, (folder) =>
      withServer([serve(archive)], async (url, seen) => {
        const mine = dataset("films.tgz", "http://127.0.0.1:9/never-asked");
        const download = () => downloadDataset(mine, { folder, mirror: `${url}/`, retries: 0 });
        assert.deepEqual(await stagesOf(download()), ["fetching", "unpacking", "done"]);
        assert.equal(seen[0]!.url, "/films.tgz");
        assert.equal(await readFile(join(folder, "films/images/a.txt"), "utf8"), "A");
        assert.equal(await readFile(join(folder, "films/b.txt"), "utf8"), "B");
        const record = JSON.parse(
          await readFile(join(folder, "counterlab-download.json"), "utf8"),
        ) as unknown;
        assert.deepEqual(record, {
          "films.tgz": {
            sizeBytes: archive.length,
            sha256: createHash("sha256").update(archive).digest("hex"),
            isUnpacked: true,
          },
        });
        assert.deepEqual(await stagesOf(download()), ["done"]);
        assert.equal(seen.length, 1);
        await writeFile(join(folder, "films.tgz"), "tampered");
        await assert.rejects(stagesOf(download()), /films\.tgz has the sha256 sum/);
      }),
    );
  });

  it("never writes outside its folder", async () => {
    const archive = await tgz({ "../../escaped.txt": "!" });
    await withFolder({}, (folder) =>
      withServer([serve(archive)], async (url) => {
        const mine = dataset("films.tgz", `${url}/films.tgz`);
        const downloading = downloadDataset(mine, { folder: join(folder, "in"), retries: 0 });
        await assert.rejects(stagesOf(downloading), /"\.\.\/\.\.\/escaped\.txt", which leads out/);
        assert.deepEqual(await readdir(folder), ["in"]);
      }),
    );
  });
});
