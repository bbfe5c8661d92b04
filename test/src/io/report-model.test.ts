import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  createReportModel,
  openReplyCache,
  readWithModel,
  scriptedFetch,
  type ModelEvent,
  type ReportModelOptions,
} from "#src/io/index.ts";
import { MODEL_INSTRUCTIONS } from "#src/reports/index.ts";
import {
  complete,
  fail,
  hang,
  reset,
  serveScript,
  type Turn,
} from "../../support/scripted-endpoint.ts";

const REPORT = {
  report: "r",
  text: "INDICATION: Mrs. Smith, cough.\n\nFINDINGS: Small left\neffusion. No edema.\n\nIMPRESSION: Effusion.",
};
const FINDING = {
  ...{ name: "Effusion", presence: "positive", probability: 0.9, severity: "mild", side: "left" },
  ...{ zone: null, evidence: "Small left\neffusion" },
};
const GOOD = JSON.stringify({ findings: [FINDING] });
const withFinding = (changes: object) => JSON.stringify({ findings: [{ ...FINDING, ...changes }] });

/** Reads one report from a scripted endpoint; says what was asked, what came out, and the log. */
async function readOnce(turns: Turn[], options: Partial<ReportModelOptions> = {}) {
  await using server = await serveScript(...turns);
  const events: ModelEvent[] = [];
  const model = createReportModel({
    ...{ endpoint: server.url, model: "m", maxRetries: 2, onEvent: (event) => events.push(event) },
    ...options,
  });
  const reading = await model.read(REPORT);
  const { requests, authorizations, arrivedMs } = server;
  const kinds = events.map(({ kind }) => kind);
  return { reading, requests, authorizations, arrivedMs, events, kinds };
}

describe("a language model that reads reports", () => {
  it("can be a script of answers, which no request leaves for", async () => {
    const asked: { text: string; attempt: number }[] = [];
    const events: string[] = [];
    const model = createReportModel({
      ...{ endpoint: "http://nowhere.invalid/v1", model: "script", maxRetries: 0 },
      onEvent: ({ kind }) => events.push(kind),
      fetch: scriptedFetch((question) => {
        asked.push(question);
        return question.attempt === 0 ? withFinding({ evidence: "never said" }) : GOOD;
      }),
    });
    const { findings, source } = await model.read(REPORT);
    assert.deepEqual({ findings, source }, { findings: [FINDING], source: "model" });
    const text = "Small left\neffusion. No edema.\n\nEffusion.";
    assert.deepEqual(asked, [
      { text, attempt: 0 },
      { text, attempt: 1 },
    ]);
    assert.deepEqual(events, ["malformed", "repaired"]);
  });

  it("asks by strict schema at temperature 0 and sends findings and impression only", async () => {
    const { reading, requests, authorizations, kinds } = await readOnce([complete(GOOD)], {
      apiKey: "secret",
    });
    assert.deepEqual(reading, {
      ...{ report: "r", findings: [FINDING], source: "model" },
      ...{ inputTokens: 100, outputTokens: 10 },
    });
    assert.deepEqual(kinds, []);
    const [request] = requests;
    assert.deepEqual(request!.messages, [
      { role: "system", content: MODEL_INSTRUCTIONS },
      { role: "user", content: "Small left\neffusion. No edema.\n\nEffusion." },
    ]);
    assert.equal(request!.temperature, 0);
    assert.deepEqual(authorizations, ["Bearer secret"]);
    const { type, json_schema } = request!.response_format!;
    assert.deepEqual([type, json_schema!.strict], ["json_schema", true]);
    const schema = json_schema!.schema as {
      additionalProperties: boolean;
      properties: { findings: { items: { required: string[]; additionalProperties: boolean } } };
    };
    // Strict mode asks for every key and no others.
    assert.deepEqual(schema.properties.findings.items.required.sort(), Object.keys(FINDING).sort());
    assert.equal(schema.properties.findings.items.additionalProperties, false);
    assert.equal(schema.additionalProperties, false);
  });

  it("steps down to json_object and to plain text, once for all reports", async () => {
    await using server = await serveScript(
      fail(400, "Unsupported response_format: json_schema"),
      fail(400, "response_format is not supported"),
      complete(`Here you are:\n\`\`\`json\n${GOOD}\n\`\`\``),
    );
    const events: string[] = [];
    const model = createReportModel({
      ...{ endpoint: server.url, model: "m", onEvent: ({ kind }) => events.push(kind) },
    });
    assert.equal((await model.read(REPORT)).source, "model");
    assert.equal((await model.read({ ...REPORT, report: "s" })).source, "model");
    assert.deepEqual(
      server.requests.map(({ response_format: format }) => format?.type),
      ["json_schema", "json_object", undefined, undefined],
    );
    assert.deepEqual(events, ["format-unknown", "format-unknown"]);
  });

  it("leaves out the temperature where a model takes none", async () => {
    const refusal = fail(
      400,
      "Unsupported value: 'temperature' does not support 0 with this model.",
    );
    const { reading, requests } = await readOnce([refusal, complete(GOOD)]);
    assert.equal(reading.source, "model");
    assert.deepEqual(
      requests.map((request) => "temperature" in request),
      [true, false],
    );
  });

  for (const [what, bad] of [
    ["no JSON", "There is an effusion."],
    ["cut-off JSON", GOOD.slice(0, -5)],
    ["a wrong shape", withFinding({ presence: "maybe" })],
    ["an unknown finding", withFinding({ name: "Fracture" })],
    ["evidence that is not in the report", withFinding({ evidence: "Large right effusion" })],
    ["a probability beyond 100 %", withFinding({ probability: 250 })],
  ] as const) {
    it(`asks once more on ${what}, with the fault`, async () => {
      const { reading, requests, kinds } = await readOnce([complete(bad), complete(GOOD)]);
      assert.deepEqual([reading.source, reading.findings], ["model", [FINDING]]);
      assert.deepEqual(kinds, ["malformed", "repaired"]);
      assert.deepEqual(requests[1]!.messages[2], { role: "assistant", content: bad });
      assert.match(requests[1]!.messages[3]!.content, /cannot be used: .+/);
      assert.deepEqual([reading.inputTokens, reading.outputTokens], [200, 20]);
    });
  }

  it("reads by rules when the second answer is no better", async () => {
    const { reading, requests, kinds } = await readOnce([complete("no"), complete("still no")]);
    assert.equal(reading.source, "rules");
    assert.deepEqual(
      reading.findings.map(({ name, presence }) => [name, presence]),
      [
        ["Effusion", "positive"],
        ["Edema", "negative"],
      ],
    );
    assert.equal(requests.length, 2);
    assert.deepEqual(kinds, ["malformed", "malformed", "rules"]);
  });

  it("forgives spelling that leaves no doubt", async () => {
    const spelled = {
      ...{
        name: "pleural effusion",
        presence: "Present",
        probability: 90,
        severity: "unspecified",
      },
      ...{ side: "LEFT", evidence: "small LEFT effusion" },
    };
    const { reading, kinds } = await readOnce([complete(JSON.stringify({ findings: [spelled] }))]);
    assert.deepEqual(reading.findings, [{ ...FINDING, severity: null }]);
    assert.deepEqual(kinds, []);
  });

  it("doubles the limit once for an answer that is cut off", async () => {
    const cut = complete(GOOD.slice(0, 30), { finish: "length" });
    const { reading, requests, kinds } = await readOnce([cut, complete(GOOD)]);
    assert.equal(reading.source, "model");
    assert.deepEqual(
      requests.map((request) => request.max_completion_tokens),
      [2000, 4000],
    );
    assert.deepEqual(kinds, ["truncated"]);
    assert.deepEqual((await readOnce([cut])).kinds, ["truncated", "truncated", "rules"]);
  });

  it("reads by rules after a refusal, a content filter, or an answer without choices", async () => {
    const refusal = await readOnce([complete(null, { refusal: "I can't help with that." })]);
    assert.deepEqual([refusal.reading.source, refusal.kinds], ["rules", ["refused", "rules"]]);
    assert.match(refusal.events[0]!.message, /can't help/);
    const filter = await readOnce([complete("", { finish: "content_filter" })]);
    assert.deepEqual([filter.reading.source, filter.kinds], ["rules", ["filtered", "rules"]]);
    const empty: Turn = (_, response) => {
      response.end("{}");
    };
    assert.deepEqual((await readOnce([empty])).kinds, ["failed", "rules"]);
  });

  it("waits as long as Retry-After says", async () => {
    const busy = fail(429, "slow down", { "retry-after": "1" });
    const { reading, requests, arrivedMs } = await readOnce([busy, complete(GOOD)]);
    assert.equal(reading.source, "model");
    assert.equal(requests.length, 2);
    assert.ok(arrivedMs[1]! - arrivedMs[0]! >= 950, "it did not wait the second");
  });

  it("retries what may pass, then reads by rules", async () => {
    const down = await readOnce([fail(500, "down")], { maxRetries: 1 });
    assert.deepEqual([down.reading.source, down.requests.length], ["rules", 2]);
    assert.match(down.events[0]!.message, /500 down/);
    const slow = await readOnce([hang], { maxRetries: 1, timeoutMs: 100 });
    assert.deepEqual([slow.reading.source, slow.requests.length], ["rules", 2]);
    assert.match(slow.events[0]!.message, /timed out/);
    const broken = await readOnce([reset, complete(GOOD)], { maxRetries: 1 });
    assert.equal(broken.reading.source, "model");
    const long = await readOnce([fail(400, "maximum context length exceeded")]);
    assert.deepEqual([long.reading.source, long.requests.length], ["rules", 1]);
  });

  it("ends the run when the key, the model or the path is wrong, and says how to mend it", async () => {
    await assert.rejects(
      readOnce([fail(401, "bad key")]),
      /refuses the key \(401\).*OPENAI_API_KEY/,
    );
    await assert.rejects(readOnce([fail(404, "no such model")]), /no model "m".*--endpoint/);
  });

  it("asks nothing for a report without findings and impression", async () => {
    await using server = await serveScript(complete(GOOD));
    const model = createReportModel({ endpoint: server.url, model: "m" });
    const reading = await model.read({ report: "r", text: "INDICATION: cough" });
    assert.deepEqual([reading.findings, server.requests.length], [[], 0]);
  });

  describe("with a cache", () => {
    let folder: string;

    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "counterlab-replies-"));
    });

    after(() => rm(folder, { recursive: true, force: true }));

    it("sends no report twice to the same model, and not again after a broken file", async () => {
      await using server = await serveScript(complete(GOOD));
      const open = (model: string) =>
        createReportModel({ endpoint: server.url, model, cache: openReplyCache(folder) });
      assert.equal(await open("a").isCached(REPORT), false);
      assert.equal((await open("a").read(REPORT)).source, "model");
      assert.equal(await open("a").isCached(REPORT), true);
      const again = await open("a").read(REPORT);
      assert.deepEqual([again.source, again.findings, again.inputTokens], ["cache", [FINDING], 0]);
      assert.equal(server.requests.length, 1);
      // Another model or another report is another question; the indication is not part of it.
      assert.equal((await open("b").read(REPORT)).source, "model");
      const text = REPORT.text.replace("Smith", "Miller");
      assert.equal((await open("a").read({ report: "s", text })).source, "cache");
      const [file] = (await readdir(folder, { recursive: true })).filter((name) =>
        name.endsWith(".json"),
      );
      assert.ok(!(await readFile(path.join(folder, file!), "utf8")).includes("Smith"));
      for (const name of await readdir(folder, { recursive: true })) {
        if (name.endsWith(".json")) await writeFile(path.join(folder, name), "{");
      }
      assert.equal((await open("a").read(REPORT)).source, "model");
    });

    it("keeps no answer that cannot be used", async () => {
      await using server = await serveScript(complete("no"));
      const cache = openReplyCache(path.join(folder, "none"));
      const model = createReportModel({ endpoint: server.url, model: "m", cache });
      await model.read(REPORT);
      assert.equal(await model.isCached(REPORT), false);
    });
  });

  it("reads several at a time, never more than asked, and gives them in order", async () => {
    let open = 0;
    let most = 0;
    const slow: Turn = async (request, response) => {
      most = Math.max(most, ++open);
      // The first takes longest: order must not come from speed.
      await new Promise((resolve) =>
        setTimeout(resolve, request.messages[1]!.content.startsWith("0") ? 120 : 20),
      );
      open--;
      await complete('{"findings": []}')(request, response);
    };
    await using server = await serveScript(slow);
    const model = createReportModel({ endpoint: server.url, model: "m" });
    const reports = Array.from({ length: 20 }, (_, k) => ({ report: `${k}`, text: `${k} Clear.` }));
    const order: string[] = [];
    for await (const { report } of readWithModel(reports, model, { concurrency: 3 }))
      order.push(report);
    assert.deepEqual(
      order,
      reports.map(({ report }) => report),
    );
    assert.equal(most, 3);
  });

  it("stops its requests when the reader stops, or a signal says so", async () => {
    await using server = await serveScript(complete('{"findings": []}'), hang);
    const model = createReportModel({ endpoint: server.url, model: "m", maxRetries: 0 });
    const reports = Array.from({ length: 9 }, (_, k) => ({ report: `${k}`, text: `${k} Clear.` }));
    for await (const { report } of readWithModel(reports.slice(0, 2), model, { concurrency: 1 })) {
      assert.equal(report, "0");
      break;
    }
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort(new Error("enough"));
    }, 50);
    const read: string[] = [];
    await assert.rejects(async () => {
      for await (const { report } of readWithModel(reports, model, { signal: stop.signal })) {
        read.push(report);
      }
    }, /enough|abort/i);
    assert.deepEqual(read, []);
  });
});
