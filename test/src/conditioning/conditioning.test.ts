import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  conditionArray,
  conditionSentence,
  conditionTokens,
  conditionVocabulary,
  createConditionEmbedder,
  dropConditions,
  encodeConditions,
  type Condition,
} from "#src/conditioning/index.ts";
import { createRuntime, key } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

const effusion: Condition = {
  findings: [{ name: "Effusion", severity: "severe", side: "right", zone: "lower" }],
  view: "PA",
};
const both: Condition = {
  findings: [
    { name: "Nodule", side: "left" },
    { name: "Effusion", side: "right" },
  ],
};
const vocabulary = conditionVocabulary([effusion, both]);

describe("conditioning", () => {
  it("knows the findings and views that occur, with room for the most findings and a view", () => {
    assert.deepEqual(vocabulary, { findings: ["Effusion", "Nodule"], views: ["PA"], slots: 3 });
    assert.equal(conditionTokens(vocabulary).length, 2 + 3 + 3 + 3 + 1);
  });

  it("marks each finding's tokens in its own row, and nothing for an empty condition", () => {
    const tokens = conditionTokens(vocabulary);
    const array = conditionArray([effusion, { findings: [] }, both], vocabulary);
    const row = (condition: number, slot: number) => {
      const begin = (condition * 3 + slot) * tokens.length;
      return tokens.filter((_, column) => array[begin + column] === 1);
    };
    assert.deepEqual(row(0, 0), [
      "finding:Effusion",
      "severity:severe",
      "side:right",
      "zone:lower",
    ]);
    assert.deepEqual(row(0, 2), ["view:PA"]);
    assert.deepEqual([row(1, 0), row(1, 1), row(1, 2)], [[], [], []]);
    assert.deepEqual(row(2, 1), ["finding:Effusion", "side:right"]);
  });

  it("refuses what it does not know, naming what it does", () => {
    const ask = (condition: Condition) => () => conditionArray([condition], vocabulary);
    assert.throws(ask({ findings: [{ name: "Gout" }] }), /no finding "Gout".*Effusion, Nodule/);
    assert.throws(ask({ findings: [{ side: "top" }] }), /left, right, bilateral/);
    assert.throws(ask({ findings: [{}, {}, {}] }), /3 findings; this model takes 2/);
    const blind = { ...vocabulary, views: [] };
    assert.throws(() => conditionArray([effusion], blind), /trained without a view/);
  });

  it("drops a tenth of the conditions whole and a tenth of each field, the same for the same key", () => {
    const many = Array.from({ length: 4000 }, () => effusion);
    const dropped = dropConditions(many, key(1));
    const share = (test: (condition: Condition) => boolean) => dropped.filter(test).length / 4000;
    const kept = share(({ findings }) => findings.length > 0);
    // Standard error 0.005.
    assert.ok(Math.abs(kept - 0.9) < 0.02, `${kept} kept`);
    for (const field of ["severity", "side", "zone"] as const) {
      const has = share(({ findings }) => findings[0]?.[field] !== undefined) / kept;
      assert.ok(Math.abs(has - 0.9) < 0.02, `${field}: ${has}`);
    }
    assert.ok(Math.abs(share(({ view }) => view !== undefined) / kept - 0.9) < 0.02);
    assert.ok(
      dropped.every(({ findings }) => findings.length === 0 || findings[0]!.name === "Effusion"),
    );
    assert.deepEqual(dropConditions(many, key(1)), dropped);
    assert.notDeepEqual(dropConditions(many, key(2)), dropped);
  });

  it("encodes sides with their findings, in whatever order, and the empty condition apart", async () => {
    const runtime = await createRuntime({ device: "cpu", numThreads: 1 });
    const parameters = new ParameterStore(key(0));
    const exchanged: Condition = {
      findings: [
        { name: "Nodule", side: "right" },
        { name: "Effusion", side: "left" },
      ],
    };
    const turned: Condition = { findings: [...both.findings].reverse() };
    const conditions = [both, turned, exchanged, { findings: [] }];
    const shape = [4, 3, conditionTokens(vocabulary).length];
    const program = await runtime.compile(
      (inputs) => ({
        code: encodeConditions(parameters, inputs["conditions"] as tf.Tensor3D, { width: 8 }),
      }),
      { inputs: { conditions: shape } },
    );
    const { code } = await program.run({ conditions: conditionArray(conditions, vocabulary) });
    const row = (index: number) => Array.from(code!.data.subarray(8 * index, 8 * index + 8));
    assertAllClose(row(1), row(0), { atol: 1e-5 });
    const apart = (a: number[], b: number[]) => Math.max(...a.map((x, at) => Math.abs(x - b[at]!)));
    assert.ok(apart(row(2), row(0)) > 0.05);
    assertAllClose(
      row(3),
      [...tf.util.flatten(parameters.entries().get("empty")!.arraySync())].map(Number),
      {
        atol: 1e-6,
      },
    );
    await runtime.dispose();
  });

  it("writes a condition as sentences, whatever the order of its findings", () => {
    assert.equal(conditionSentence(effusion), "Severe right lower zone effusion.");
    assert.equal(conditionSentence(both), "Left nodule. Right effusion.");
    assert.equal(
      conditionSentence({ findings: [...both.findings].reverse() }),
      conditionSentence(both),
    );
    const nameless = { findings: [{ name: "Pleural_Thickening" }, { zone: "upper" }] };
    assert.equal(conditionSentence(nameless), "Pleural thickening. Upper zone finding.");
    assert.equal(conditionSentence({ findings: [], view: "PA" }), "");
  });

  it("asks the encoder once for each sentence, and never for the empty condition", async () => {
    const asked: string[] = [];
    const embed = createConditionEmbedder({
      width: 1,
      embed: (sentences) => {
        asked.push(...sentences);
        return Promise.resolve(Float32Array.from(sentences, ({ length }) => length));
      },
    });
    assert.deepEqual([...(await embed([both, { findings: [] }, both]))], [28, 0, 28]);
    assert.deepEqual([...(await embed([effusion, both]))], [33, 28]);
    assert.deepEqual(asked, ["Left nodule. Right effusion.", "Severe right lower zone effusion."]);
  });

  it("adds what a frozen sentence embedding says, nothing where it is zero", () => {
    const parameters = new ParameterStore(key(0));
    const conditions = tf.zeros<tf.Rank.R3>([2, 3, 4]);
    const encoded = (sentences?: tf.Tensor2D) =>
      encodeConditions(parameters, conditions, {
        width: 8,
        ...(sentences === undefined ? {} : { sentences }),
      }).dataSync();
    const untold = encoded();
    const told = encoded(tf.tensor2d([0, 0, 0, 1, -2, 3], [2, 3]));
    assertAllClose(told.slice(0, 8), untold.slice(0, 8));
    assert.notDeepEqual(told.slice(8), untold.slice(8));
  });
});
