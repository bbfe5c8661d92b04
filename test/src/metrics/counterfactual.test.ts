import assert from "node:assert/strict";
import {
  amplification,
  composition,
  counterfactualError,
  effectiveness,
  minimality,
  reversibility,
  structuralSimilarity,
  type FilmStack,
} from "#src/metrics/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";
import { closeTo, featuresOf, referenceFilms } from "./reference/inputs.ts";
import { nearlyNormal, parkMiller } from "./reference/park-miller.ts";
import { reference } from "./reference/reference.ts";

const expected = reference.counterfactual;
const judge = { name: "test", hash: "1" };
const plus = (films: FilmStack, amount: number): FilmStack => ({
  ...films,
  data: films.data.map((value) => value + amount),
});

describe("counterfactual metrics", () => {
  const uniform = parkMiller(13);
  const exact = referenceFilms(uniform, 3, 16, 20);
  const made = referenceFilms(uniform, 3, 16, 20);
  const lesion = Uint8Array.from({ length: 960 }, () => (uniform() < 0.3 ? 1 : 0));
  const normal = nearlyNormal(uniform);
  const rows = (count: number) => featuresOf(Float64Array.from({ length: count * 3 }, normal), 3);
  const [observed, changed, real] = [rows(4), rows(4), rows(60)];

  it("errors inside and outside the lesion agree with numpy and torchmetrics", () => {
    const { inside, outside } = counterfactualError({ made, exact, lesion });
    closeTo(inside.meanAbsoluteError, expected.errorInside, 1e-12);
    closeTo(outside.meanAbsoluteError, expected.errorOutside, 1e-12);
    // torchmetrics keeps the signal's range in float32.
    closeTo(inside.peakSignalToNoiseDb, expected.psnrInside, 1e-6);
    closeTo(outside.peakSignalToNoiseDb, expected.psnrOutside, 1e-6);
    assert.equal(inside.pixels + outside.pixels, 960);
    const weighted = inside.byFilm.map(
      (error, film) =>
        error * lesion.subarray(film * 320, (film + 1) * 320).reduce((a, b) => a + b, 0),
    );
    const total = weighted.reduce((sum, error) => sum + error, 0);
    closeTo(total / inside.pixels, inside.meanAbsoluteError, 1e-12);
  });

  it("similarity inside and outside the lesion are parts of the whole films' similarity", () => {
    const window = { windowSizePx: 7 };
    const left = Uint8Array.from(exact.data, (_, at) => (at % 20 < 10 ? 1 : 0));
    const { inside, outside } = counterfactualError({ made, exact, lesion: left }, window);
    const whole = structuralSimilarity(made, exact, window);
    // As many windows left as right.
    const mean = (inside.structuralSimilarity + outside.structuralSimilarity) / 2;
    closeTo(mean, (whole[0]! + whole[1]! + whole[2]!) / 3, 1e-12);
  });

  it("similarity at one pixel is that of the window around it", () => {
    const [row, column] = [8, 5];
    const dot = new Uint8Array(960);
    dot[320 + row * 20 + column] = 1;
    const window = { windowSizePx: 7 };
    const crop = ({ data }: FilmStack): FilmStack => ({
      data: Float64Array.from({ length: 49 }, (_, at) => {
        const [y, x] = [row - 3 + Math.floor(at / 7), column - 3 + (at % 7)];
        return data[320 + y * 20 + x]!;
      }),
      shape: [1, 7, 7],
    });
    const { inside } = counterfactualError({ made, exact, lesion: dot }, window);
    closeTo(
      inside.structuralSimilarity,
      structuralSimilarity(crop(made), crop(exact), window)[0]!,
      1e-12,
    );
  });

  it("composition measures the drift of doing nothing, cycle by cycle", async () => {
    const found = await composition(exact, (films) => plus(films, 0.01));
    assert.deepEqual(
      found.map(({ cycles }) => cycles),
      [1, 10],
    );
    closeTo(found[0]!.value, 0.01, 1e-9);
    closeTo(found[1]!.value, 0.1, 1e-9);
    assert.equal(found[0]!.byFilm.length, 3);
  });

  it("reversibility is 0 where the way back undoes the way there", async () => {
    const there = async (films: FilmStack) => plus(films, 0.25);
    const [good] = await reversibility(exact, {
      there,
      back: (films) => plus(films, -0.25),
      cycles: [3],
    });
    closeTo(good!.value, 0, 1e-12);
    const [lazy] = await reversibility(exact, { there, back: (films) => films, cycles: [2] });
    closeTo(lazy!.value, 0.5, 1e-9);
    await assert.rejects(
      composition(exact, (films) => films, { cycles: [0] }),
      /1 or more/,
    );
  });

  it("effectiveness counts classes and measures numbers, under the judge's name", () => {
    const [type, severity] = effectiveness(
      [
        { name: "type", kind: "discrete", intended: [1, 2, 3, 3], read: [1, 2, 0, 3] },
        { name: "severity", kind: "continuous", intended: [0.5, 1], read: [0.25, 1] },
      ],
      judge,
    );
    assert.deepEqual([type!.value, type!.measure, type!.judge], [0.75, "accuracy", judge]);
    assert.deepEqual([severity!.value, severity!.measure], [0.125, "meanAbsoluteError"]);
  });

  it("amplification counts movement in standard deviations, in either direction", () => {
    const attribute = { name: "age", before: [1, 2], after: [2, 1], standardDeviation: 4 };
    const [age] = amplification([attribute], judge);
    assert.equal(age!.value, 0.25);
    const still = { ...attribute, standardDeviation: 0 };
    assert.throws(() => amplification([still], judge), /above 0/);
  });

  it("minimality agrees with its formula in numpy to 1e-12", () => {
    const films = {
      observed,
      counterfactual: changed,
      reference: real,
      observedClass: [0, 1, 2, 0],
      counterfactualClass: [1, 2, 0, 1],
      referenceClass: Array.from({ length: 60 }, (_, k) => k % 3),
    };
    const { byFilm } = minimality(films);
    assertAllClose(byFilm, expected.minimality, { rtol: 1e-12, atol: 0 });
    const stranger = { ...films, counterfactualClass: [9, 9, 9, 9] };
    assert.throws(() => minimality(stranger), /no film of class 9/);
  });
});
