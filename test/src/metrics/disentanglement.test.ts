import assert from "node:assert/strict";
import { key } from "#src/engine/random.ts";
import {
  fitLogistic,
  predictProbabilities,
} from "#src/metrics/disentanglement/penalised-regression.ts";
import { standardise, standardiserOf } from "#src/metrics/disentanglement/standardise.ts";
import {
  blockLeakage,
  completeness,
  dci,
  disentanglement,
  drawFixedFactorBatches,
  explicitness,
  factorVaeScore,
  modularity,
  mutualInformationGap,
  selectRows,
  separatedAttributePredictability,
  type CodedFilms,
  type Factor,
  type Table,
} from "#src/metrics/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { closeTo } from "./reference/inputs.ts";
import { nearlyNormal, parkMiller } from "./reference/park-miller.ts";
import { reference } from "./reference/reference.ts";

const expected = reference.codes;
const uniform = parkMiller(7);

// make_reference.py's coded_films.
function codedFilms(count: number): CodedFilms {
  const normal = nearlyNormal(uniform);
  const list = (next: () => number) => Float64Array.from({ length: count }, next);
  const f0 = list(() => Math.floor(uniform() * 4));
  const f1 = list(() => Math.floor(uniform() * 3));
  const f2 = list(() => Math.floor(uniform() * 2));
  const f3 = list(normal);
  const noise = Float64Array.from({ length: count * 5 }, normal);
  const data = new Float64Array(count * 5);
  for (let row = 0; row < count; row++) {
    const [a, b, c, d, e] = noise.subarray(row * 5, row * 5 + 5) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    data.set(
      [
        f0[row]! + 0.3 * a,
        f1[row]! + 0.5 * b,
        0.5 * f0[row]! + f2[row]! + 0.5 * c,
        0.9 * f3[row]! + 0.3 * d,
        f2[row]! + 0.8 * e,
      ],
      row * 5,
    );
  }
  const discrete = (name: string, values: Float64Array): Factor => ({
    name,
    kind: "discrete",
    values,
  });
  const factors = [discrete("f0", f0), discrete("f1", f1), discrete("f2", f2)];
  return {
    codes: { data, shape: [count, 5] },
    factors: [...factors, { name: "f3", kind: "continuous", values: f3 }],
  };
}

describe("disentanglement metrics", () => {
  const [train, test] = [codedFilms(600), codedFilms(400)];
  const importance = Array.from({ length: 6 }, () =>
    Array.from({ length: 4 }, () => uniform() ** 4),
  );
  importance[3]!.fill(0);
  const drawBatches = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const factor = index % 3;
      const { values } = train.factors[factor]!;
      const alike = Array.from(values, (_value, film) => film).filter(
        (film) => values[film] === index % (4 - factor),
      );
      const rows = Array.from({ length: 6 }, () => alike[Math.floor(uniform() * alike.length)]!);
      return { factor, codes: selectRows(train.codes, rows) };
    });
  const [trainBatches, evaluationBatches] = [drawBatches(90), drawBatches(60)];
  const only = (films: CodedFilms, ...names: string[]): CodedFilms => ({
    ...films,
    factors: films.factors.filter(({ name }) => names.includes(name)),
  });
  const discrete = { train: only(train, "f0", "f1", "f2"), test: only(test, "f0", "f1", "f2") };
  const continuous = { train: only(train, "f3"), test: only(test, "f3") };

  it("MIG agrees with disentanglement_lib to 1e-9, also of a binned continuous factor", () => {
    const { byFactor, value } = mutualInformationGap(discrete.train);
    assertAllClose(Object.values(byFactor), expected.mig, { rtol: 1e-9, atol: 1e-9 });
    closeTo(value, expected.mig.reduce((sum, gap) => sum + gap, 0) / 3, 1e-9);
    closeTo(mutualInformationGap(continuous.train).value, expected.migContinuous, 1e-9);
  });

  it("modularity agrees with disentanglement_lib to 1e-9", () => {
    closeTo(modularity(discrete.train).value, expected.modularity, 1e-9);
  });

  it("explicitness agrees with disentanglement_lib's logistic regressions to 1e-4", () => {
    const { byFactor } = explicitness(discrete);
    assertAllClose(Object.values(byFactor), expected.explicitness, { rtol: 0, atol: 1e-4 });
    assert.throws(() => explicitness(continuous), /f3 is continuous/);
  });

  it("SAP agrees with disentanglement_lib, to 1e-9 where continuous, to a film in 400 where discrete", () => {
    closeTo(separatedAttributePredictability(continuous).value, expected.sapContinuous, 1e-9);
    closeTo(separatedAttributePredictability(discrete).value, expected.sapDiscrete, 1 / 400);
  });

  it("DCI of an importance matrix agrees with disentanglement_lib to 1e-9, a dead code included", () => {
    closeTo(disentanglement(importance), expected.disentanglement, 1e-9);
    closeTo(completeness(importance), expected.completeness, 1e-9);
  });

  it("DCI with lasso and L1 logistic regression agrees with scikit-learn's to 1e-3", () => {
    const scores = dci({ train, test });
    assertAllClose(scores.importance.flat(), expected.dciImportance.flat(), {
      rtol: 1e-3,
      atol: 1e-3,
    });
    const informativeness = Object.values(scores.informativeness.byFactor);
    assertAllClose(informativeness, expected.dciInformativeness, { rtol: 0, atol: 1 / 400 });
    closeTo(scores.disentanglement, expected.dciDisentanglement, 1e-3);
    closeTo(scores.completeness, expected.dciCompleteness, 1e-3);
  });

  it("the FactorVAE score agrees with disentanglement_lib exactly", () => {
    const score = factorVaeScore({
      codes: train.codes,
      train: trainBatches,
      evaluation: evaluationBatches,
    });
    closeTo(score.trainAccuracy, expected.factorVae.train, 1e-12);
    closeTo(score.value, expected.factorVae.evaluation, 1e-12);
  });

  it("batches for it agree in the factor that they name, and repeat for equal keys", () => {
    const { factors } = discrete.train;
    const batches = drawFixedFactorBatches(key(4), factors, { batches: 20, batchSize: 8 });
    for (const { factor, films } of batches) {
      const shown = new Set(Array.from(films, (film) => factors[factor]!.values[film]));
      assert.equal(shown.size, 1);
      assert.equal(films.length, 8);
    }
    assert.equal(new Set(batches.map(({ factor }) => factor)).size, 3);
    const again = drawFixedFactorBatches(key(4), factors, { batches: 20, batchSize: 8 });
    assert.deepEqual(batches, again);
  });

  it("block leakage agrees with scikit-learn's logistic and ridge regressions", () => {
    const block = ({ codes, factors }: CodedFilms) => ({
      identityCodes: codes,
      pathologyCodes: codes,
      pathology: factors[0]!.values,
      identityFactors: [factors[3]!],
    });
    const leakage = blockLeakage({ train: block(train), test: block(test) });
    closeTo(leakage.pathologyFromIdentity.accuracy, expected.leakageAccuracy, 1e-9);
    closeTo(leakage.pathologyFromIdentity.balancedAccuracy, expected.leakageBalancedAccuracy, 1e-9);
    closeTo(leakage.identityFromPathology.mean, expected.leakageRSquared, 1e-9);
    assert.equal(leakage.pathologyFromIdentity.chance, 0.25);
  });

  it("block leakage of codes that know nothing is at chance", () => {
    const normal = nearlyNormal(parkMiller(99));
    const noise = (rows: number): Table => ({
      data: Float64Array.from({ length: rows * 4 }, normal),
      shape: [rows, 4],
    });
    const block = ({ factors }: CodedFilms, rows: number) => ({
      identityCodes: noise(rows),
      pathologyCodes: noise(rows),
      pathology: factors[0]!.values,
      identityFactors: [factors[3]!],
    });
    const leakage = blockLeakage({ train: block(train, 600), test: block(test, 400) });
    // Four standard deviations of a share of 400.
    closeTo(leakage.pathologyFromIdentity.balancedAccuracy, 0.25, 0.09);
    assert.ok(leakage.identityFromPathology.mean < 0.02);
  });

  it("logistic regression finds scikit-learn's weights to 1e-3, and probabilities that add up to 1", () => {
    const x = standardise(train.codes, standardiserOf(train.codes));
    const model = fitLogistic(x, train.factors[0]!.values, 4, { l2: 0.001 });
    const weights = model.weights.flatMap((row) => [...row]);
    assertAllClose(weights, expected.logisticWeights.flat(), { rtol: 1e-3, atol: 1e-3 });
    const { data } = predictProbabilities(model, x);
    closeTo(data[0]! + data[1]! + data[2]! + data[3]!, 1, 1e-12);
  });

  it("perfect codes score 1, and mixed ones less", () => {
    const { factors } = discrete.train;
    const perfect: CodedFilms = {
      codes: {
        data: Float64Array.from(
          { length: 1800 },
          (_, at) => factors[at % 3]!.values[(at / 3) | 0]!,
        ),
        shape: [600, 3],
      },
      factors,
    };
    // Three independent factors know a little of each other by accident.
    closeTo(mutualInformationGap(perfect).value, 1, 0.02);
    closeTo(modularity(perfect).value, 1, 0.001);
    assert.ok(dci({ train: perfect, test: perfect }).disentanglement > 0.95);
  });

  it("refuses factors that never change, and tests with other factors", () => {
    const constant: Factor = { name: "side", kind: "discrete", values: new Float64Array(600) };
    const films = { codes: train.codes, factors: [constant] };
    assert.throws(() => mutualInformationGap(films), /side is 0 in every film/);
    const split = { train: discrete.train, test: continuous.test };
    assert.throws(() => explicitness(split), /discrete f0/);
  });
});
