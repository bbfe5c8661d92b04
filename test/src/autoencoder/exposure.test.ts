import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { evenExposure, expose, measureExposure } from "#src/autoencoder/exposure.ts";
import assert from "node:assert/strict";
import { NO_FINDING, openPhantom, renderPhantom } from "#src/data/index.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

describe("the exposure of films", () => {
  const size = 32;
  const { test } = openPhantom({ imageSizePx: size, testPerClass: 2 });
  const takenWith = (exposureGain: number, film = 0, healthy = false) => {
    const truth = test.truth(film);
    const acquisition = { ...truth.acquisition, marker: false, exposureGain };
    const pathology = healthy ? NO_FINDING : truth.pathology;
    return renderPhantom({ ...truth, pathology, acquisition }, { imageSizePx: size });
  };
  const stack = (films: readonly Float32Array[]) =>
    tf.tensor4d(Float32Array.from(films.flatMap((film) => [...film])), [
      films.length,
      size,
      size,
      1,
    ]);

  before(() => tf.setBackend("cpu"));

  it("is taken away and given back without a trace", () => {
    const films = stack([0.6, 1, 1.6].map((gain) => takenWith(gain)));
    const exposure = measureExposure(films);
    const back = expose(evenExposure(films, exposure), exposure);
    assertAllClose(back.dataSync(), films.dataSync(), { atol: 2e-3, rtol: 0 });
  });

  it("is most of what tells apart two films of one patient that were exposed differently", () => {
    const films = stack([takenWith(0.7), takenWith(1.4)]);
    const [pale, dark] = tf.split(evenExposure(films, measureExposure(films)), 2);
    const [before, after] = [tf.split(films, 2), [pale!, dark!]].map(
      ([first, second]) => tf.mean(tf.abs(tf.sub(first!, second!))).dataSync()[0]!,
    );
    assert.ok(after! < 0.2 * before!, `${before} -> ${after}`);
  });

  it("is hardly changed by a disease", () => {
    for (const [film, { labels }] of test.films.entries()) {
      const [ill, well] = measureExposure(
        stack([takenWith(1, film), takenWith(1, film, true)]),
      ).dataSync();
      assert.ok(Math.abs(ill! - well!) < 0.3, `${labels[0]}: ${ill} and ${well}`);
    }
  });

  it("of black and of white films is a number, and so are the films", () => {
    const films = tf.concat<tf.Tensor4D>([tf.zeros([1, 8, 8, 1]), tf.ones([1, 8, 8, 1])]);
    const even = evenExposure(films, measureExposure(films));
    assert.ok([...measureExposure(films).dataSync(), ...even.dataSync()].every(Number.isFinite));
  });
});
