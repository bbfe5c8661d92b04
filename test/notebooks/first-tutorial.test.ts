import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const films = path.join(process.env["COUNTERLAB_DATA"] ?? path.join(root, "../shared/data"), "nih");

describe("npm start -- --headless", function () {
  this.timeout(240_000);
  let folder: string;

  before(async function () {
    if (!existsSync(path.join(root, ".venv"))) this.skip();
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-headless-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const start = (...args: string[]) =>
    spawnSync(process.execPath, ["scripts/start.mjs", "--headless", ...args], {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        QUICK: "1",
        COUNTERLAB_OUT: folder,
        XDG_CACHE_HOME: folder,
        COUNTERLAB_HISTORY_DIR: "",
      },
    });

  const checkPage = async (file: string) => {
    const html = await readFile(file, "utf8");
    assert.equal(html.match(/<img[^>]*src="data:image\/png/g)?.length, 2, "two pictures");
    assert.doesNotMatch(html, /<(script|link|img)[^>]+(src|href)="https?:/, "opens offline");
    assert.match(html, /unseen films: SSIM 0\.\d+/);
  };

  it("writes the tutorial as a page that opens offline, with its pictures", async () => {
    const { status, stdout, stderr } = start();
    assert.equal(status, 0, stdout + stderr);
    await checkPage(path.join(folder, "01-swap-a-pathology.html"));
  });

  it("does the same on real films, in a folder of their own", async function () {
    if (!existsSync(films)) {
      console.log(`      skipped: no films at ${films}; set COUNTERLAB_DATA`);
      this.skip();
    }
    const { status, stdout, stderr } = start("--data", films);
    assert.equal(status, 0, stdout + stderr);
    await checkPage(path.join(folder, "nih", "01-swap-a-pathology.html"));
  });

  it("says in one line what is wrong with a folder that is not there", () => {
    const { status, stderr } = start("--data", path.join(folder, "nowhere"));
    assert.equal(status, 2);
    assert.match(stderr, /^--data .*nowhere: there is no such folder\..*\n$/);
  });
});
