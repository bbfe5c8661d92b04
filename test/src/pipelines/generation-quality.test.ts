import assert from "node:assert/strict";
import { PATHOLOGY_TYPES } from "#src/data/index.ts";
import { key } from "#src/engine/index.ts";
import {
  drawPrompts,
  measureGeneration,
  promptCondition,
  type GenerationPrompt,
  type OracleVerdict,
} from "#src/pipelines/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

const prompts = drawPrompts(key(0), 12);

const truth = ({ pathology }: GenerationPrompt): OracleVerdict => pathology;

describe("agreement of generated films with their prompts", () => {
  it("draws prompts that the rules read back as they are meant", () => {
    const vocabulary = { findings: [...PATHOLOGY_TYPES], views: [], slots: 2 };
    for (const { text, pathology } of prompts) {
      const [finding, ...more] = promptCondition(text, vocabulary).findings;
      assert.equal(more.length, 0, text);
      assert.equal(finding!.name, pathology.type, text);
      assert.equal(finding!.side ?? "none", pathology.side, text);
      assert.equal(finding!.zone ?? "none", pathology.zone, text);
      if (pathology.type === "No Finding") continue;
      const bin = ["mild", "moderate", "severe"][Math.floor(pathology.severity * 3)];
      assert.equal(finding!.severity, bin, text);
    }
  });

  it("is whole when the oracle sees what was asked for", () => {
    const seen = prompts.map(truth);
    const quality = measureGeneration(prompts, { generated: seen, exact: seen }, key(1));
    for (const { estimate } of Object.values(quality.share)) assert.equal(estimate, 1);
    assert.equal(quality.severityExcess.estimate, 0);
    assert.equal(quality.exactSeverityError, 0);
  });

  it("means over types: one type lost of eight is an eighth, one of the six with a side a sixth", () => {
    const exact = prompts.map(truth);
    const generated = exact.map((verdict) =>
      verdict.type === "Nodule" ? { ...verdict, type: "No Finding", side: "bilateral" } : verdict,
    );
    const { share, byType } = measureGeneration(prompts, { generated, exact }, key(1));
    const estimates = [share.type, share.side, share.chosenSide, share.zone].map(
      ({ estimate }) => estimate,
    );
    // Edema, always on both sides, has a side but no choice of one.
    assertAllClose(estimates, [7 / 8, 5 / 6, 4 / 5, 1], { atol: 1e-12 });
    assert.deepEqual(
      Object.entries(byType["Nodule"]!.seenAs).map(([name]) => name),
      ["No Finding"],
    );
    assert.equal(byType["Cardiomegaly"]!.generated.side, undefined);
  });

  it("measures severity from the middle of the third that was asked for, and its excess over exact renders", () => {
    const exact = prompts.map((prompt) => ({
      ...truth(prompt),
      severity: (Math.floor(prompt.pathology.severity * 3) + 0.5) / 3,
    }));
    const generated = exact.map((verdict) => ({ ...verdict, severity: verdict.severity + 0.1 }));
    const quality = measureGeneration(prompts, { generated, exact }, key(1));
    assertAllClose(
      [quality.generated.severityError.estimate, quality.severityExcess.estimate],
      [0.1, 0.1],
      { atol: 1e-9 },
    );
  });
});
