import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { criticLosses } from "#src/autoencoder/critic-losses.ts";
import { key } from "#src/engine/index.ts";
import { ParameterStore } from "#src/nn/index.ts";
import { wave } from "../../support/wave.ts";

describe("the critic's losses", () => {
  before(() => tf.setBackend("cpu"));

  const films = (phase: number, count: number) =>
    tf.div<tf.Tensor4D>(tf.add(wave(phase, count, 16, 16, 1), 1), 2);
  const labels = (count: number) =>
    tf.tensor2d(Array.from({ length: count }, (_, row) => [row % 2, 1 - (row % 2)]));

  const losses = (store: ParameterStore, decoded: tf.Tensor4D) =>
    criticLosses(store, {
      images: films(0, 6),
      labels: labels(6),
      decoded: [decoded, films(1, 2)],
      crossed: films(2, 2),
      crossedLabels: labels(2),
    });

  it("find no distance between a film and itself", () => {
    const store = new ParameterStore(key(0));
    const images = films(0, 6);
    const same = tf.slice(images, 0, 2);
    const { featureMatching } = criticLosses(store, {
      images,
      labels: labels(6),
      decoded: [same, same],
      crossed: same,
      crossedLabels: labels(2),
    });
    assert.ok(featureMatching.dataSync()[0]! < 1e-6);
  });

  it("teach the critic from real films alone, and the autoencoder through decoded ones", () => {
    const store = new ParameterStore(key(0));
    const decoded = tf.keep(tf.variable(films(0.5, 2)));
    losses(store, decoded);
    const variables = [decoded, ...store.entries().values()];
    const largest = (name: "critic" | "effectiveness" | "featureMatching") => {
      const { grads } = tf.variableGrads(() => losses(store, decoded)[name], variables);
      // Variables that a loss does not reach have no gradient.
      const reached: Readonly<Record<string, tf.Tensor | null>> = grads;
      const [toFilms, ...toCritic] = variables.map(({ name }) =>
        Math.max(...(reached[name] ? tf.abs(reached[name]).dataSync() : [0])),
      );
      return { toFilms: toFilms!, toCritic: Math.max(...toCritic) };
    };
    assert.ok(largest("critic").toCritic > 0);
    assert.equal(largest("critic").toFilms, 0);
    assert.equal(largest("effectiveness").toCritic, 0);
    assert.equal(largest("featureMatching").toCritic, 0);
    assert.ok(largest("featureMatching").toFilms > 0);
  });
});
