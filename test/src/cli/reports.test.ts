import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startCli } from "../../support/cli-child.ts";
import { describeWithRedis, startRedis } from "../../support/redis.ts";
import { until } from "../../support/until.ts";
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

  describe("shared out", function () {
    this.timeout(120_000);
    const NUM_REPORTS = 4000;
    let alone: string;
    const readAll = (out: string, ...more: string[]) => [
      ...["reports", "--in", at("many.jsonl"), "--out", at(out), ...more],
    ];
    const written = (out: string) => readFile(at(out), "utf8");

    before(async () => {
      const sizes = ["Small", "Moderate", "Large"];
      const sides = ["left", "right", "bilateral"];
      const rows = Array.from({ length: NUM_REPORTS }, (_, row) => ({
        report: `r${row}`,
        text: `FINDINGS: ${sizes[row % 3]!} ${sides[(row >> 2) % 3]!} pleural effusion. No pneumothorax in study ${row}.`,
      }));
      await writeFile(at("many.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      assert.equal((await runCli(...readAll("alone.jsonl"))).status, 0);
      alone = await written("alone.jsonl");
      assert.equal(alone.split("\n").length, NUM_REPORTS + 1);
    });

    it("over processes of this machine, writes the same file, and leaves nothing else", async () => {
      const { status, out, err } = await runCli(
        ...readAll("pool.jsonl", "--workers", "2", "--json"),
      );
      assert.equal(status, 0, err);
      const { reports, jobs } = JSON.parse(out) as Record<string, unknown>;
      assert.deepEqual([reports, jobs], [NUM_REPORTS, { total: 40, kept: 0, failed: [] }]);
      assert.ok(alone === (await written("pool.jsonl")), "the very bytes");
      assert.ok(!(await readdir(folder)).includes("pool.jsonl.jobs"));
    });

    it("goes on after a kill where it was", async () => {
      const stopped = startCli(...readAll("stopped.jsonl", "--workers", "1"));
      const numKept = async () =>
        (await readdir(at("stopped.jsonl.jobs")).catch(() => [])).filter((name) =>
          name.endsWith(".json"),
        ).length;
      while ((await numKept()) < 3 && stopped.process.exitCode === null) await sleep(5);
      stopped.process.kill("SIGKILL");
      await stopped.ended;
      const kept = await numKept();
      assert.ok(kept >= 3 && kept < 40, `killed in the middle: ${kept} of 40`);
      const { out } = await runCli(...readAll("stopped.jsonl", "--workers", "1", "--json"));
      const { jobs } = JSON.parse(out) as Record<string, unknown>;
      assert.deepEqual(jobs, { total: 40, kept, failed: [] });
      assert.ok(alone === (await written("stopped.jsonl")), "the very bytes");
    });

    it("is refused where it makes no sense", async () => {
      const base = ["--in", at("in"), "--out", at("f.jsonl")];
      await refused([...base, "--workers", "0"], /--workers 0 is not a whole number from 1 up/);
      await refused([...base, "--workers", "2", "--queue", "redis://x"], /exclude each other/);
      await refused([...base, "--reconnect", "5"], /--reconnect is for a Redis/);
      await refused([...base, "--queue", "http://me:pw@x"], /--queue is no address of a Redis/);
      const llm = ["--llm", "--endpoint", "http://127.0.0.1:9/v1", "--model", "m"];
      await refused([...base, ...llm, "--workers", "2"], /--workers and --queue are for the rules/);
      await assertRefused(["worker"], /--queue is missing/);
    });

    describeWithRedis("with a queue in Redis", () => {
      it("writes the same file by two workers of which one is killed, and says first what it sends", async () => {
        const redis = await startRedis();
        const worker = () =>
          startCli("worker", "--queue", redis.url, "--lost-after", "2", "--json");
        const [victim, other] = [worker(), worker()];
        try {
          await until(() => [victim, other].every(({ err }) => err.includes("takes jobs")), 60_000);
          const asking = startCli(...readAll("queue.jsonl", "--queue", redis.url));
          await until(() => victim.err.includes("did reports"), 60_000);
          victim.process.kill("SIGKILL");
          assert.deepEqual(await asking.ended, { status: 0, signal: null }, asking.err);
          assert.match(
            asking.err,
            /^Sending names and text of 4,000 reports \([\d,]+ characters\) through redis:/,
          );
          assert.ok(alone === (await written("queue.jsonl")), "the very bytes");
          const byVictim = victim.err.match(/did reports/g)!.length;
          assert.ok(byVictim < 40, "killed in the middle");
          other.process.kill("SIGINT");
          assert.deepEqual(await other.ended, { status: 0, signal: null });
          const { done } = JSON.parse(other.out) as { done: number };
          // What the victim had done but not yet said, or done but not yet handed in.
          assert.ok(done >= 39 - byVictim && done <= 40, `${done} and ${byVictim}`);
        } finally {
          for (const { process } of [victim, other]) process.kill("SIGKILL");
          await redis.close();
        }
      });
    });
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
