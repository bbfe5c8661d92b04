import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openPhantom } from "#src/data/index.ts";
import { createRuntime, type Runtime } from "#src/engine/index.ts";
import { evaluateFolder, FOLDER_EVALUATION, folderMarkdown } from "#src/evaluation/index.ts";
import type { FolderReport } from "#src/evaluation/index.ts";
import { openResultsFolder } from "#src/io/index.ts";
import type { DatasetSplits } from "#src/pipelines/index.ts";

const settings = {
  ...FOLDER_EVALUATION,
  imageSizePx: 16,
  autoencoderSteps: 8,
  denoiserSteps: { pathology: 8, identity: 4 },
  samplerSteps: 3,
  noiseIterations: 2,
  rareBelow: 20,
  generatedPerLabel: 4,
  methods: ["B3", "A1"] as const,
  classifierSteps: 8,
  classifierSeeds: [0],
  minPatients: 3,
  replicates: 20,
};

describe("the evaluation of a folder's films", () => {
  let dir: string;
  let runtime: Runtime;
  // Films that are known like those of a folder: labels, patients and views, no reports and no truth.
  const { train, validation, test } = openPhantom({
    imageSizePx: 16,
    types: ["No Finding", "Effusion", "Pneumothorax"],
    maxPerClass: 40,
    imbalance: 4,
    validationPerClass: 4,
    testPerClass: 12,
  });
  const origin = { source: "phantom", imageSizePx: 16, seed: 0 };
  const splits: DatasetSplits = {
    ...{ name: "folder", origin, train, validation, test, problems: [] },
    notes: ["A note on the folder."],
  };
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "counterlab-folder-"));
    runtime = await createRuntime({ device: "cpu" });
  });
  after(async () => {
    await runtime.dispose();
    await rm(dir, { recursive: true });
  });

  const evaluate = async (minPatients = 3): Promise<[FolderReport, Set<string>]> => {
    const evaluating = evaluateFolder({
      splits,
      settings: { ...settings, minPatients },
      runtime,
      results: openResultsFolder(path.join(dir, "results")),
      work: openResultsFolder(path.join(dir, "work")),
      command: "npx counterlab evaluate films",
    });
    const doings = new Set<string>();
    for (;;) {
      const next = await evaluating.next();
      if (next.done === true) return [next.value, doings];
      doings.add(next.value.doing);
    }
  };

  it("measures classifiers with and without generated films, and does nothing twice", async () => {
    const [report, doings] = await evaluate();
    assert.deepEqual(
      report.methods.map(({ method }) => method),
      ["B0", "B1", "B3", "A1"],
    );
    assert.deepEqual(report.measured, train.classes);
    for (const { scores, kid, method } of report.methods) {
      assert.ok(scores.macroAuroc.estimate > 0 && scores.macroAuroc.estimate < 1);
      assert.equal(scores.macroAuroc.seeds, 1);
      assert.equal(kid !== undefined, method === "B3" || method === "A1");
    }
    assert.deepEqual(Object.keys(report.methods[3]!.kid!), ["Effusion", "Pneumothorax"]);
    assert.ok([...doings].some((doing) => doing.includes("searching noise for Pneumothorax")));
    assert.ok(![...doings].some((doing) => doing.includes("searching noise for Effusion")));
    const text = folderMarkdown(report);
    assert.match(text, /A note on the folder\./);
    assert.doesNotMatch(text, /NaN|undefined/);
    const [again, doneAgain] = await evaluate();
    assert.deepEqual(again, report);
    assert.deepEqual([...doneAgain], ["measuring", "training the extractor"]);
  });

  it("refuses films of too few held-out patients", async () => {
    await assert.rejects(evaluate(1000), /found in 1000 held-out patients/);
  });
});
