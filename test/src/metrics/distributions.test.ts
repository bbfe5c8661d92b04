import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { ssim as trainingSsim } from "#src/autoencoder/index.ts";
import { key, normal } from "#src/engine/random.ts";
import {
  bootstrapAll,
  extractFeatures,
  extrapolatedFrechetDistance,
  frechetDistance,
  frechetDistanceFrom,
  kernelDistance,
  kernelDistanceInBlocks,
  kernelDistanceOfResamples,
  meanPairwiseDistance,
  meanPairwiseDistanceOfResamples,
  meanPairwiseSimilarity,
  memorisation,
  MetricInputError,
  multiScaleSimilarity,
  nullSubtractedFrechetDistance,
  nullSubtractedFrechetDistanceOfResamples,
  precisionRecall,
  reIdentificationAuc,
  selectRows,
  structuralSimilarity,
  vendiScore,
  type Features,
  type FilmStack,
} from "#src/metrics/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { closeTo, featuresOf, referenceFilms } from "./reference/inputs.ts";
import { nearlyNormal, parkMiller } from "./reference/park-miller.ts";
import { reference as golden } from "./reference/reference.ts";

const expected = golden.distributions;

function inputs() {
  const draw = nearlyNormal(parkMiller(11));
  const reference = featuresOf(Float64Array.from({ length: 300 * 8 }, draw), 8);
  const raw = Float64Array.from({ length: 200 * 8 }, () => draw() * 0.8);
  const mixed = raw.map((value, at) => value + (at % 8 > 0 ? 0.5 * raw[at - 1]! : 0) + 0.3);
  const few = featuresOf(Float64Array.from({ length: 20 * 30 }, draw), 30);
  return { reference, generated: featuresOf(mixed, 8), few };
}

// Many films of one distribution, moved and stretched.
function gaussians(seed: number, count: number, { dimensions = 8, shift = 0, scale = 1 } = {}) {
  const values = normal(key(seed), count * dimensions).map((value) => value * scale + shift);
  return featuresOf(Float64Array.from(values), dimensions);
}

describe("distances of distributions", () => {
  const { reference, generated, few } = inputs();

  it("the Fréchet distance agrees with clean-fid and pytorch-fid to 1e-8, and says what it rests on", () => {
    const { value, extractor, samples } = frechetDistance({ reference, generated });
    closeTo(value, expected.frechetCleanFid, 1e-8);
    closeTo(value, expected.frechetPytorchFid, 1e-8);
    assert.deepEqual(extractor, reference.extractor);
    assert.deepEqual(samples, { reference: 300, generated: 200 });
    closeTo(frechetDistanceFrom(reference)(generated), value, 1e-12);
  });

  it("the Fréchet distance needs no correction where there are fewer films than dimensions", () => {
    const half = (begin: number) =>
      selectRows(
        few,
        Array.from({ length: 10 }, (_, k) => begin + k),
      );
    const { value } = frechetDistance({ reference: half(0), generated: half(10) });
    // scipy's root of a singular product is itself only good to about 1e-4.
    closeTo(value, expected.frechetFewFilms, 1e-3);
  });

  it("subtracting the null leaves nothing of the distance between equal distributions", () => {
    const films = {
      reference: gaussians(21, 3000),
      generated: gaussians(22, 150),
      heldOut: gaussians(23, 1500),
    };
    const score = nullSubtractedFrechetDistance(films, { stream: key(1) });
    closeTo(score.raw, frechetDistance(films).value, 1e-9);
    const { mean, standardDeviation } = score.nullDistance;
    assert.ok(score.raw > 5 * standardDeviation, "the plain distance is far above 0");
    assert.ok(Math.abs(score.value) < 3 * standardDeviation, `${score.value} is near 0`);
    closeTo(score.value, score.raw - mean, 1e-12);
  });

  it("intervals of null-subtracted distances hold the estimate and the truth, those of plain ones not", () => {
    const films = {
      reference: gaussians(31, 2000),
      generated: gaussians(32, 120, { shift: 0.2 }),
      heldOut: gaussians(33, 480),
    };
    const subtracted = nullSubtractedFrechetDistanceOfResamples(films);
    const plain = frechetDistanceFrom(films.reference);
    const design = { samples: [120], isShared: false };
    const estimates = bootstrapAll(
      ({ samples: [rows] }) => ({
        subtracted: subtracted(rows),
        plain: plain(selectRows(films.generated, rows!)),
      }),
      design,
      { stream: key(6), replicates: 100 },
    );
    const truth = 8 * 0.2 ** 2;
    const { low, high, estimate } = estimates.subtracted;
    assert.ok(low < estimate && estimate < high && low < truth && truth < high);
    assert.ok(estimates.plain.estimate < estimates.plain.low, "the trap is there");
    closeTo(subtracted(), estimate, 1e-12);
  });

  it("extrapolation to infinitely many films comes nearer to the distance of the distributions", () => {
    const films = {
      reference: gaussians(24, 8000),
      generated: gaussians(25, 600, { shift: 0.2, scale: 1.1 }),
    };
    // Between Gaussians: D (0.2² + (1.1 − 1)²).
    const truth = 8 * (0.2 ** 2 + 0.1 ** 2);
    const score = extrapolatedFrechetDistance(films, { stream: key(2) });
    const plain = frechetDistance(films).value;
    assert.ok(Math.abs(score.value - truth) < 0.6 * (plain - truth), `${score.value}, ${plain}`);
    assert.equal(score.points.length, 15);
    assert.deepEqual([score.points[0]!.generated, score.points.at(-1)!.generated], [60, 600]);
    closeTo(score.points.at(-1)!.value, plain, 1e-9);
  });

  it("the kernel distance agrees with clean-fid, torchmetrics and scikit-learn's kernel to 1e-9", () => {
    const equal = selectRows(
      reference,
      Array.from({ length: 200 }, (_, row) => row),
    );
    const { value } = kernelDistance({ reference: equal, generated });
    closeTo(value, expected.kidCleanFid, 1e-9);
    closeTo(value, expected.kidTorchmetrics, 1e-9);
    closeTo(kernelDistance({ reference, generated }).value, expected.kidUnequal, 1e-9);
  });

  it("the kernel distance in blocks has the mean of the whole, and is the whole in one block", () => {
    const stream = key(3);
    const equal = selectRows(
      reference,
      Array.from({ length: 200 }, (_, row) => row),
    );
    const films = { reference: equal, generated };
    const whole = kernelDistance(films).value;
    const blocks = kernelDistanceInBlocks(films, { stream, blocks: 60, blockSize: 50 });
    assert.ok(Math.abs(blocks.value - whole) < (4 * blocks.standardDeviation) / Math.sqrt(60));
    const one = kernelDistanceInBlocks(films, { stream, blocks: 1 });
    assert.equal(one.blockSize, 200);
    closeTo(one.value, whole, 1e-9);
  });

  it("the kernel distance of a resample leaves out pairs of a film with itself", () => {
    const small = selectRows(
      generated,
      Array.from({ length: 30 }, (_, row) => row),
    );
    const distance = kernelDistanceOfResamples({ reference, generated: small });
    closeTo(distance(), kernelDistance({ reference, generated: small }).value, 1e-9);
    // Every film twice: the same pairs, each counted four times.
    const rows = Array.from({ length: 60 }, (_, at) => at % 30);
    closeTo(distance(rows), distance(), 1e-9);
  });

  it("precision, recall, density and coverage agree with prdc exactly", () => {
    const { precision, recall, density, coverage } = precisionRecall({ reference, generated });
    assertAllClose(
      [precision, recall, density, coverage],
      [
        expected.overlap.precision,
        expected.overlap.recall,
        expected.overlap.density,
        expected.overlap.coverage,
      ],
      { rtol: 1e-12, atol: 0 },
    );
  });

  it("refuses features of two extractors, and numbers that are not finite", () => {
    const other: Features = { ...generated, extractor: { name: "b", hash: "2", dimensions: 8 } };
    assert.throws(() => frechetDistance({ reference, generated: other }), /extract both with one/);
    const bad = gaussians(1, 5);
    bad.data[9] = NaN;
    assert.throws(() => kernelDistance({ reference, generated: bad }), /NaN in row 1/);
    assert.throws(() => precisionRecall({ reference, generated: bad }), MetricInputError);
  });
});

describe("diversity, memorisation and re-identification", () => {
  const { reference, generated, few } = inputs();

  it("the mean pairwise distance agrees with scipy's to 1e-12", () => {
    closeTo(meanPairwiseDistance(generated).value, expected.meanPairwiseDistance, 1e-12);
    const ofResamples = meanPairwiseDistanceOfResamples(generated);
    closeTo(ofResamples(), expected.meanPairwiseDistance, 1e-12);
    // A film beside its own copy is no pair: two films, each twice, are as far apart as they are.
    const two = meanPairwiseDistance(selectRows(generated, [3, 8])).value;
    closeTo(ofResamples([3, 8, 8, 3]), two, 1e-12);
  });

  it("the Vendi score agrees with vendi_score to 1e-9, with more films than dimensions and with fewer", () => {
    closeTo(vendiScore(generated).value, expected.vendi, 1e-9);
    closeTo(vendiScore(few).value, expected.vendiFewFilms, 1e-9);
  });

  it("memorisation agrees with scikit-learn's neighbours and numpy's percentile", () => {
    const result = memorisation({ reference, generated }, { percentile: 10 });
    closeTo(result.value, expected.memorisedShare, 1e-12);
    closeTo(result.threshold, expected.memorisationThreshold, 1e-9);
    closeTo(result.nearestPercentiles[0]!, expected.nearestPercentile, 1e-9);
    const copies = memorisation({ reference, generated: selectRows(reference, [1, 2, 3]) });
    assert.equal(copies.value, 1);
    assert.deepEqual([...copies.nearestPercentiles], [0, 0, 0]);
  });

  it("re-identification agrees with scikit-learn's AUROC of cosine similarity to 1e-12", () => {
    const { value, pairs } = reIdentificationAuc({
      reference: { features: reference, patients: Array.from({ length: 300 }, (_, k) => k % 40) },
      generated: { features: generated, patients: Array.from({ length: 200 }, (_, k) => k % 50) },
    });
    closeTo(value, expected.reIdentification, 1e-12);
    assert.equal(pairs.same + pairs.different, 60_000);
  });
});

describe("structural similarity", () => {
  const uniform = parkMiller(5);
  const [first, second] = [referenceFilms(uniform, 2, 45, 51), referenceFilms(uniform, 2, 45, 51)];
  const [largeFirst, largeSecond] = [
    referenceFilms(uniform, 1, 163, 170),
    referenceFilms(uniform, 1, 163, 170),
  ];
  const blend = (a: FilmStack, b: FilmStack): FilmStack => ({
    ...a,
    data: Float64Array.from(a.data, (value, at) => 0.7 * value + 0.3 * b.data[at]!),
  });
  const blended = blend(first, second);

  it("agrees with pytorch-msssim and torchmetrics to 1e-9, Gaussian and uniform windows", () => {
    const gaussian = structuralSimilarity(blended, first);
    assertAllClose(gaussian, golden.similarity.gaussianPytorchMsssim, { rtol: 1e-9, atol: 0 });
    assertAllClose(gaussian, golden.similarity.gaussianTorchmetrics, { rtol: 1e-9, atol: 0 });
    const flat = structuralSimilarity(blended, first, { window: "uniform", windowSizePx: 7 });
    assertAllClose(flat, golden.similarity.uniformTorchmetrics, { rtol: 1e-9, atol: 0 });
  });

  it("is what the autoencoder is trained on, with its uniform window", async () => {
    await tf.setBackend("cpu");
    const tensor = ({ data, shape }: FilmStack) =>
      tf.tensor4d(Float32Array.from(data), [...shape, 1]);
    const mean = trainingSsim(tensor(blended), tensor(first)).dataSync()[0]!;
    const own = structuralSimilarity(blended, first, { window: "uniform", windowSizePx: 7 });
    closeTo((own[0]! + own[1]!) / 2, mean, 1e-5);
  });

  it("at several scales agrees with pytorch-msssim to 1e-9, on small films with fewer scales", () => {
    const small = multiScaleSimilarity(blended, first);
    assert.equal(small.scales, 3);
    assertAllClose(small.values, golden.similarity.threeScales, { rtol: 1e-9, atol: 0 });
    const large = multiScaleSimilarity(blend(largeFirst, largeSecond), largeFirst);
    assert.equal(large.scales, 5);
    assertAllClose(large.values, [golden.similarity.fiveScales], { rtol: 1e-9, atol: 0 });
    closeTo(multiScaleSimilarity(first, first).values[0]!, 1, 1e-12);
  });

  it("between pairs of a set is the mean over the pairs", () => {
    const both: FilmStack = {
      data: Float64Array.of(...blended.data, ...first.data),
      shape: [4, 45, 51],
    };
    const { value, pairs } = meanPairwiseSimilarity(both, [
      [0, 2],
      [1, 3],
    ]);
    const [a, b] = golden.similarity.threeScales;
    closeTo(value, (a! + b!) / 2, 1e-9);
    assert.equal(pairs, 2);
    assert.throws(() => meanPairwiseSimilarity(both, []), /give 1 or more/);
  });
});

describe("feature extraction", () => {
  const extractor = {
    name: "mean",
    hash: "0",
    dimensions: 1,
    imageSizePx: 2,
    extract: async (films: Float32Array) =>
      Float32Array.from({ length: films.length / 4 }, (_, k) => films[4 * k]!),
  };

  it("goes batch by batch and carries the extractor's name", async () => {
    const features = await extractFeatures(
      extractor,
      Float32Array.from({ length: 20 }, (_, k) => k),
      { batchSize: 2 },
    );
    assert.deepEqual([...features.data], [0, 4, 8, 12, 16]);
    assert.deepEqual(features.extractor, { name: "mean", hash: "0", dimensions: 1 });
  });

  it("refuses parts of films, and extractors that break their promise", async () => {
    await assert.rejects(extractFeatures(extractor, new Float32Array(7)), /whole films of 2 x 2/);
    const liar = { ...extractor, dimensions: 3 };
    await assert.rejects(extractFeatures(liar, new Float32Array(8)), /promises 3 a film/);
  });
});
