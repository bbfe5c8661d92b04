import * as tf from "@tensorflow/tfjs-core";
import type { PhantomDataset } from "../../data/index.ts";
import { foldIn, randint, type Key, type Runtime } from "../../engine/index.ts";
import {
  adamState,
  applyAdam,
  learningRateAt,
  type AdamState,
  type ParameterStore,
} from "../../nn/index.ts";
import { ANATOMY_MEASURES, anatomyOf } from "../anatomy.ts";
import { readerNetwork, SIDES, ZONES, type FilmReaderSettings } from "./film-reader.ts";

export interface ReaderTraining {
  /** Filled here. */
  readonly parameters: ParameterStore;
  readonly settings: FilmReaderSettings;
  /** Balanced renders that nothing else is trained or tested on. */
  readonly dataset: PhantomDataset;
  readonly runtime: Runtime;
  readonly stream: Key;
  readonly totalSteps: number;
}

/** What a reader's training tells after each step. */
export interface ReaderProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly loss: number;
}

const BATCH = 64;
/** Beside the classes: with a tenth of it hardly a measure of the anatomy was read with R² of 0.95 at 32 px after 4,000 steps. */
const NUMBERS_WEIGHT = 40;

/**
 * Trains a reader on everything that is known of balanced renders: type, side, zone, severity and anatomy, so that its
 * features tell disease and patient alike. Yields after each step.
 */
export async function* trainFilmReader({
  parameters,
  settings,
  dataset,
  runtime,
  stream,
  totalSteps,
}: ReaderTraining): AsyncGenerator<ReaderProgress, void, void> {
  const size = settings.imageSizePx;
  const numbers = 1 + ANATOMY_MEASURES.length;
  let optimizer: AdamState | undefined;
  const program = await runtime.compile(
    (inputs) => {
      const losses = () => {
        const seen = readerNetwork(parameters, inputs["images"] as tf.Tensor4D, settings);
        const classes = (["type", "side", "zone"] as const).map((head) =>
          tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(inputs[head]!, seen[head]),
        );
        const squares = tf.mean<tf.Scalar>(tf.square(tf.sub(seen.numbers, inputs["numbers"]!)));
        return tf.addN([...classes, tf.mul<tf.Scalar>(squares, NUMBERS_WEIGHT)]);
      };
      const shown = losses(); // makes the parameters
      const all = parameters.entries();
      const { grads } = tf.variableGrads(losses, [...all.values()]);
      optimizer ??= adamState(all);
      const gradients = new Map([...all].map(([name, variable]) => [name, grads[variable.name]!]));
      applyAdam(all, gradients, optimizer, inputs["rate"]!, { weightDecay: 0.02, clipNorm: 5 });
      return { loss: shown };
    },
    {
      inputs: {
        images: [BATCH, size, size, 1],
        type: [BATCH, settings.types.length],
        side: [BATCH, SIDES.length],
        zone: [BATCH, ZONES.length],
        numbers: [BATCH, numbers],
        rate: [],
      },
    },
  );
  try {
    for (let step = 0; step < totalSteps; step++) {
      const films = Array.from(randint(foldIn(stream, step), BATCH, { max: dataset.films.length }));
      const truths = films.map((film) => dataset.truth(film));
      const { loss } = await program.run({
        images: await dataset.readImages(films),
        type: oneHot(
          truths.map(({ pathology }) => settings.types.indexOf(pathology.type)),
          settings.types.length,
        ),
        side: oneHot(
          truths.map(({ pathology }) => SIDES.indexOf(pathology.side)),
          SIDES.length,
        ),
        zone: oneHot(
          truths.map(({ pathology }) => ZONES.indexOf(pathology.zone)),
          ZONES.length,
        ),
        numbers: Float32Array.from(
          truths.flatMap((truth) => {
            const anatomy = anatomyOf(truth, size);
            return [truth.pathology.severity, ...ANATOMY_MEASURES.map((name) => anatomy[name])];
          }),
        ),
        rate: Float32Array.of(
          learningRateAt(step, totalSteps, { peak: 0.002, decayFraction: 0.8 }),
        ),
      });
      yield { step: step + 1, totalSteps, loss: loss!.data[0]! };
    }
  } finally {
    await program.dispose();
  }
}

function oneHot(classes: readonly number[], width: number): Float32Array {
  const rows = new Float32Array(classes.length * width);
  classes.forEach((value, row) => (rows[row * width + value] = 1));
  return rows;
}
