import * as tf from "@tensorflow/tfjs-core";
import { PATHOLOGY_TYPES, type PhantomDataset, type PhantomPathology } from "../data/index.ts";
import type { Runtime } from "../engine/index.ts";
import { dense, type ParameterScope, type ParameterStore } from "../nn/index.ts";
import {
  filmFeatures,
  openFilmReader,
  trainFilmNetwork,
  type FilmNetworkProgress,
  type FilmNetworkTraining,
} from "./film-network.ts";

/** What an oracle takes a film for. */
export interface OracleVerdict {
  readonly type: string;
  /** Left, right or bilateral, and the zone: its best guess even where it sees a type that has none. */
  readonly side: string;
  readonly zone: string;
  /** From 0 to 1; thirds are mild, moderate and severe. */
  readonly severity: number;
}

/** Reads type, side, zone and severity from phantom films. */
export interface PathologyOracle {
  judge(images: Float32Array): Promise<OracleVerdict[]>;
  dispose(): Promise<void>;
}

const SIDES = ["left", "right", "bilateral"];
const ZONES = ["upper", "mid", "lower"];
const [TYPE_AT, SIDE_AT] = [0, PATHOLOGY_TYPES.length];
const ZONE_AT = SIDE_AT + SIDES.length;
const SEVERITY_AT = ZONE_AT + ZONES.length;
const WIDTH = SEVERITY_AT + 2;

/**
 * Trains an oracle on exact renders, to judge films that something else made: cross-entropy for type, side and zone, absolute
 * error for severity; side, zone and severity from the films that have one. Nothing that is judged may have seen it.
 */
export function trainPathologyOracle(
  training: FilmNetworkTraining & { readonly dataset: PhantomDataset },
): AsyncGenerator<FilmNetworkProgress, void, void> {
  const { dataset, parameters } = training;
  return trainFilmNetwork(training, {
    width: WIDTH,
    fill: (row, film) => {
      fillTargets(row, dataset.truth(film).pathology);
    },
    loss: (images, targets) => oracleLoss(oracleHeads(parameters, images), targets),
  });
}

/** Makes a trained oracle ready to judge. */
export async function openPathologyOracle(
  runtime: Runtime,
  parameters: ParameterStore,
  imageSizePx: number,
): Promise<PathologyOracle> {
  const reader = await openFilmReader(runtime, imageSizePx, (images) => {
    const { type, side, zone, severity } = oracleHeads(parameters, images);
    return {
      type: tf.argMax(type, 1),
      side: tf.argMax(side, 1),
      zone: tf.argMax(zone, 1),
      severity,
    };
  });
  return {
    judge: async (images) => {
      const { type, side, zone, severity } = await reader.read(images);
      return Array.from(type, (best, film) => ({
        type: PATHOLOGY_TYPES[best]!,
        side: SIDES[side[film]!]!,
        zone: ZONES[zone[film]!]!,
        severity: severity[film]!,
      }));
    },
    dispose: () => reader.dispose(),
  };
}

// One-hot type, side and zone, then severity and whether there is one.
function fillTargets(row: Float32Array, { type, side, zone, severity }: PhantomPathology): void {
  row[TYPE_AT + PATHOLOGY_TYPES.indexOf(type)] = 1;
  if (side !== "none") row[SIDE_AT + SIDES.indexOf(side)] = 1;
  if (zone !== "none") row[ZONE_AT + ZONES.indexOf(zone)] = 1;
  if (type === "No Finding") return;
  row[SEVERITY_AT] = severity;
  row[SEVERITY_AT + 1] = 1;
}

interface OracleHeads {
  /** Logits. */
  readonly type: tf.Tensor2D;
  readonly side: tf.Tensor2D;
  readonly zone: tf.Tensor2D;
  /** Shape [B, 1], 0 to 1. */
  readonly severity: tf.Tensor2D;
}

function oracleHeads(parameters: ParameterScope, images: tf.Tensor4D): OracleHeads {
  const features = filmFeatures(parameters, images);
  const head = (name: string, width: number) => dense(parameters.at(name), features, width);
  return {
    type: head("type", PATHOLOGY_TYPES.length),
    side: head("side", SIDES.length),
    zone: head("zone", ZONES.length),
    severity: tf.sigmoid(head("severity", 1)),
  };
}

function oracleLoss({ type, side, zone, severity }: OracleHeads, targets: tf.Tensor2D): tf.Scalar {
  const [types, sides, zones, severities, isIll] = tf.split<tf.Tensor2D>(
    targets,
    [PATHOLOGY_TYPES.length, SIDES.length, ZONES.length, 1, 1],
    1,
  );
  // A row without a one counts nothing.
  const crossEntropy = (labels: tf.Tensor2D, logits: tf.Tensor2D) =>
    tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)));
  const errors = tf.mul(tf.abs(tf.sub(severity, severities!)), isIll!);
  const ofPlace = tf.add(crossEntropy(sides!, side), crossEntropy(zones!, zone));
  return tf.add<tf.Scalar>(crossEntropy(types!, type), tf.add(ofPlace, tf.mul(tf.mean(errors), 5)));
}
