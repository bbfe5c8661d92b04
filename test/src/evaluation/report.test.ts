import assert from "node:assert/strict";
import { foldIn, key, normal } from "#src/engine/index.ts";
import { SUITES } from "#src/evaluation/index.ts";
import { buildReport } from "#src/evaluation/report/build-report.ts";
import type { MethodResult, SuiteResults } from "#src/evaluation/report/collect-results.ts";
import { reportHtml } from "#src/evaluation/report/report-html.ts";
import { reportMarkdown } from "#src/evaluation/report/report-markdown.ts";
import { STATISTICS, type StatisticName } from "#src/evaluation/score-films.ts";
import type { MethodId } from "#src/evaluation/settings/methods.ts";
import type { SeedReplicates } from "#src/evaluation/statistics/hierarchical-estimate.ts";
import { classificationReport } from "#src/metrics/index.ts";

const settings = SUITES["smoke"]!;
const { types } = settings.data;
const truth = Array.from({ length: 60 }, (_, film) => film % 3);

/** A method whose verdicts are right on `right` of 60 films, every class alike, and whose statistics are known. */
function resultOf(
  method: MethodId,
  seed: number,
  right: number,
  values?: Partial<Record<StatisticName, number>>,
): MethodResult {
  const test = Uint8Array.from(truth, (type, film) => (film < right ? type : (type + 1) % 3));
  const classifier = {
    validation: { pooled: 0.5 },
    chosen: "pooled",
    test: classificationReport(truth, test, { trainingFilms: [40, 20, 10] }),
  };
  if (values === undefined) return { method, seed, classifier, test };
  const statistics = Object.fromEntries(
    STATISTICS.map((name): [StatisticName, SeedReplicates] => {
      const value = values[name] ?? 0.5;
      // The same scatter under every method: what is paired falls out of a ratio.
      const noise = normal(foldIn(foldIn(key(1), name), seed), 40);
      return [
        name,
        { value, replicates: noise.map((each) => value * (1 + 0.05 * each)), samples: 16 },
      ];
    }),
  ) as Record<StatisticName, SeedReplicates>;
  return {
    method,
    seed,
    classifier,
    test,
    generated: {
      guidanceScale: 2,
      tuning: [
        { guidanceScale: 1, validationKid: 0.2 },
        { guidanceScale: 2, validationKid: 0.1 },
      ],
      tailMemorised: 0.01,
      classes: types.map((type) => ({
        type,
        fid: 1,
        kid: 1,
        precision: 1,
        recall: 1,
        density: 1,
        coverage: 1,
        diversity: values.tailDiversity ?? 1,
        realDiversity: 4,
        vendi: 2,
        realVendi: 4,
        memorised: 0.01,
        similarity: 0.5,
        realSimilarity: 0.4,
        recognised: 0.5,
      })),
      anatomy: {},
      // The search moves the left lung by 0.01 in half of the films.
      lungImbalance: {
        Pneumoperitoneum: Float32Array.of(0.1, method === "A2" ? 0.2 : 0.21),
      },
      statistics,
    },
  };
}

const methods = [0, 1].flatMap((seed) => [
  resultOf("B2", seed, 30),
  resultOf("B3", seed, 30, { tailFid: 4, tailKid: 0.2, tailDiversity: 1 }),
  resultOf("A1", seed, 45, { tailFid: 3, tailKid: 0.1, tailDiversity: 2.5 }),
]);
const results: SuiteResults = {
  settings,
  sizes: [{ imageSizePx: 16, methods, counterfactuals: [] }],
  stages: [{ name: "A1-16-seed0", wallSeconds: 90 }, { name: "A1-16-seed1" }],
  sheets: new Map([["A1-16", Uint8Array.of(137, 80, 78, 71)]]),
};
const options = { command: "npx counterlab evaluate smoke", stream: key(0), truthOf: () => truth };

describe("a suite's report", () => {
  const report = buildReport(results, options);

  it("states the three claims as they are defined", () => {
    const { claims } = report;
    const { fidReductionPercent, accuracyGainPercent, diversityRatio, guards } = claims!;
    // 1 − 3/4; (45/60)/(30/60) − 1; 2.5/1.
    assert.ok(Math.abs(fidReductionPercent.estimate - 25) < 1e-9);
    assert.ok(Math.abs(accuracyGainPercent.estimate - 50) < 1e-9);
    assert.ok(Math.abs(diversityRatio.estimate - 2.5) < 1e-9);
    // Paired: both methods scatter alike.
    assert.ok(fidReductionPercent.high - fidReductionPercent.low < 1e-4);
    assert.ok(
      accuracyGainPercent.low > 0 && accuracyGainPercent.low < 50 && accuracyGainPercent.high > 50,
    );
    assert.ok(fidReductionPercent.isMet && accuracyGainPercent.isMet && diversityRatio.isMet);
    for (const claim of [fidReductionPercent, accuracyGainPercent, diversityRatio]) {
      assert.equal(claim.command, options.command);
      assert.equal(claim.seeds, 2);
    }
    assert.ok(Math.abs(guards.tailKidDifference.estimate + 0.1) < 1e-9);
    assert.deepEqual(guards.diversityOfReal, { ours: 2.5 / 4, B3: 1 / 4 });
    assert.ok(Math.abs(guards.diversityGapClosed - 0.5) < 1e-9);
  });

  it("makes the claims of films of training patients where there are any, and reports drawn patients beside", () => {
    const [size] = results.sizes;
    const ours = [0, 1].map((seed) => resultOf("A9", seed, 50, { tailFid: 2, tailDiversity: 3 }));
    const found = buildReport(
      { ...results, sizes: [{ ...size!, methods: [...methods, ...ours] }] },
      options,
    );
    const { fidReductionPercent, guards } = found.claims!;
    assert.equal(fidReductionPercent.method, "A9");
    assert.ok(Math.abs(fidReductionPercent.estimate - 50) < 1e-9);
    assert.equal(guards.diversityOfReal.ours, 3 / 4);
    assert.ok(Math.abs(guards.drawnPatients!.fidReductionPercent.estimate - 25) < 1e-9);
    assert.ok(Math.abs(guards.drawnPatients!.diversityRatio.estimate - 2.5) < 1e-9);
    const text = reportMarkdown(found);
    assert.match(text, /KID, A9 − B3/);
    assert.match(text, /FID reduction below B3 with patients drawn too \(A1\), % \| 25\.00 \[/);
    assert.equal(report.claims!.guards.drawnPatients, undefined);
  });

  it("says that a claim is missed", () => {
    const worse = methods.map((each) =>
      each.method === "A1"
        ? resultOf("A1", each.seed, 20, { tailFid: 3.9, tailDiversity: 1.2 })
        : each,
    );
    const { claims } = buildReport(
      { ...results, sizes: [{ ...results.sizes[0]!, methods: worse }] },
      options,
    );
    const met = Object.values({ ...claims!, guards: undefined }).map((claim) => claim?.isMet);
    assert.deepEqual(met, [false, false, false, undefined]);
  });

  it("makes no claim before the methods that it compares have run, and only from seeds that they share", () => {
    const without = (dropped: (result: MethodResult) => boolean) =>
      buildReport(
        {
          ...results,
          sizes: [{ ...results.sizes[0]!, methods: methods.filter((each) => !dropped(each)) }],
        },
        options,
      );
    assert.equal(without(({ method }) => method === "B3").claims, undefined);
    const one = without(({ method, seed }) => method === "B3" && seed === 1);
    assert.equal(one.claims!.fidReductionPercent.seeds, 1);
    assert.equal(one.sizes[0]!.methods.find(({ method }) => method === "A1")!.seeds.length, 2);
  });

  it("says how far the search of noise moves the lungs of the same patients, where there is a run without", () => {
    const [size] = results.sizes;
    const both = [...methods, resultOf("A2", 0, 40, {})];
    const found = buildReport({ ...results, sizes: [{ ...size!, methods: both }] }, options);
    const change = (from: typeof report, id: MethodId) =>
      from.sizes[0]!.methods.find(({ method }) => method === id)!.generated?.lungChange;
    // Films differ by 0 and by 0.01.
    assert.ok(Math.abs(change(found, "A1")! - 0.005) < 1e-6);
    assert.equal(change(found, "B3"), undefined);
    assert.equal(change(report, "A1"), undefined);
  });

  it("is the same each time it is built", () => {
    assert.deepEqual(buildReport(results, options), report);
  });

  it("becomes a Markdown file and a page that needs nothing else", () => {
    const text = reportMarkdown(report);
    assert.match(text, /\| reduction of the tail's FID below B3, % \| 25\.00 \[/);
    assert.match(text, /1 of 2 stages/);
    const page = reportHtml(report, results.sheets);
    assert.match(page, /<svg [^]*data:image\/png;base64,iVBORw==/);
    assert.doesNotMatch(page, /(src|href)="(?!data:)|url\(|<script/);
    assert.doesNotMatch(page, /NaN|undefined/);
  });
});
