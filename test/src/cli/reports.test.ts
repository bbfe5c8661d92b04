import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { complete, serveScript } from "../../support/scripted-endpoint.ts";
import { assertRefused, runCli } from "../../support/run-cli.ts";

describe("counterlab reports", () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "counterlab-cli-reports-"));
    await mkdir(at("in"));
    await writeFile(at("in/a.txt"), "FINDINGS: Small left pleural effusion. No pneumothorax.");
    await writeFile(at("in/b.txt"), "IMPRESSION: Possible pneumonia.");
    await writeFile(at("gold.csv"), "report,Effusion,Pneumonia\na,1,0\nb,0,1\n");
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => runCli("reports", ...args);
  const refused = (args: readonly string[], message: RegExp) =>
    assertRefused(["reports", ...args], message);

  it("writes one JSON line a report", async () => {
    const { status, out } = await run("--in", at("in"), "--out", at("new/findings.jsonl"));
    assert.equal(status, 0);
    assert.match(out, /Read 2 reports in .* Wrote .*findings\.jsonl/);
    const lines = (await readFile(at("new/findings.jsonl"), "utf8")).trimEnd().split("\n");
    assert.deepEqual(JSON.parse(lines[0]!), {
      report: "a",
      findings: [
        {
          name: "Effusion",
          presence: "positive",
          probability: 0.95,
          severity: "mild",
          side: "left",
          zone: null,
          evidence: "Small left pleural effusion",
        },
        {
          name: "Pneumothorax",
          presence: "negative",
          probability: 0.03,
          severity: null,
          side: null,
          zone: null,
          evidence: "No pneumothorax",
        },
      ],
    });
    assert.equal(lines.length, 2);
  });

  it("scores against a label table, for people and as JSON", async () => {
    const args = ["--in", at("in"), "--out", at("f.jsonl"), "--gold", at("gold.csv")];
    assert.match((await run(...args)).out, /Effusion +1 +1 +1 +1\.000\nPneumonia +1 +0 +0 +0\.000/);
    const { out } = await run(...args, "--json");
    const summary = JSON.parse(out) as { reports: number; score: { reports: number } };
    assert.deepEqual([summary.reports, summary.score.reports], [2, 2]);
  });

  it("refuses what it cannot do in one line with the way out", async () => {
    await refused(["--out", at("f.jsonl")], /--in is missing/);
    await refused(["--in", at("in")], /--out is missing/);
    await refused(["--in", at("nowhere"), "--out", at("f.jsonl")], /nowhere does not exist/);
    await refused(["--in", at("in"), "--out", at("in/a.txt/f.jsonl")], /Cannot write/);
    const gold = ["--in", at("in"), "--out", at("f.jsonl"), "--gold"];
    await refused([...gold, at("none.csv")], /none\.csv cannot be read/);
    await writeFile(at("other.csv"), "report,Effusion\nz,1\n");
    await refused([...gold, at("other.csv")], /no row for any of these reports/);
  });

  it("sends nothing without an endpoint that the user names", async () => {
    const base = ["--in", at("in"), "--out", at("f.jsonl")];
    const { OPENAI_BASE_URL: url, OPENAI_MODEL: model, ...rest } = process.env;
    process.env = rest;
    try {
      await refused([...base, "--llm"], /needs an endpoint: there is none by default/);
      await refused([...base, "--llm", "--endpoint", "here"], /--endpoint here is no web address/);
      await refused([...base, "--llm", "--endpoint", "http://127.0.0.1:9/v1"], /Give --model/);
      await refused([...base, "--endpoint", "http://127.0.0.1:9/v1"], /Add --llm/);
      const llm = [...base, "--llm", "--endpoint", "http://127.0.0.1:9/v1", "--model", "m"];
      await refused([...llm, "--price", "1"], /--price 1 is not of the form IN,OUT/);
    } finally {
      process.env = {
        ...rest,
        ...(url && { OPENAI_BASE_URL: url }),
        ...(model && { OPENAI_MODEL: model }),
      };
    }
  });

  it("says what it sends and where before it does, then what it took", async () => {
    await using server = await serveScript(complete('{"findings": []}'));
    const cacheHome = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = at("cache");
    try {
      const args = ["--in", at("in"), "--out", at("llm.jsonl"), "--llm", "--endpoint", server.url];
      args.push("--model", "m", "--price", "1,2");
      const dry = await run(...args, "--dry-run");
      assert.match(
        dry.out,
        /^Would send findings and impression of 2 reports \(64 characters\) to http/,
      );
      assert.equal(server.requests.length, 0);
      const first = await run(...args);
      assert.match(first.out, /^Sending .* 2 reports .*, model m\./);
      // 2 requests of 100 tokens in and 10 out: (200 * 1 + 20 * 2) / 1e6.
      assert.match(
        first.out,
        /2 by the model, 0 from kept answers, 0 by rules; 200 tokens in, 20 out, cost 0\.0002/,
      );
      assert.equal(
        await readFile(at("llm.jsonl"), "utf8"),
        '{"report":"a","findings":[]}\n{"report":"b","findings":[]}\n',
      );
      const second = await run(...args, "--json");
      const { model } = JSON.parse(second.out) as { model: { bySource: object } };
      assert.deepEqual(model.bySource, { model: 0, cache: 2, rules: 0 });
      assert.equal(server.requests.length, 2);
    } finally {
      if (cacheHome === undefined) delete process.env["XDG_CACHE_HOME"];
      else process.env["XDG_CACHE_HOME"] = cacheHome;
    }
  });
});
