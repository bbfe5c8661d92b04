import type { PhantomDataset } from "../../data/index.ts";
import {
  amplification,
  counterfactualError,
  effectiveness,
  rSquared,
  type RegionError,
} from "../../metrics/index.ts";
import { anatomyOf, type AnatomyMeasure } from "../anatomy.ts";
import { SIDES, ZONES, type FilmReader } from "../networks/film-reader.ts";
import { filmStack, type TestSwaps } from "./test-swaps.ts";

/** How far films are from the exact counterfactuals, and what a judge sees in them. */
export interface SwapPanel {
  readonly inside: RegionSummary;
  readonly outside: RegionSummary;
  /** Accuracy of type, side and zone, mean absolute error of severity. */
  readonly effectiveness: Readonly<Record<string, number>>;
  /** Of each measure that the judge can read. */
  readonly amplification: Readonly<Record<string, number>>;
  /** Of the measures as the judge reads them off, against the patient's own. */
  readonly identityRSquared: Readonly<Record<string, number>>;
}

type RegionSummary = Pick<
  RegionError,
  "meanAbsoluteError" | "peakSignalToNoiseDb" | "structuralSimilarity"
>;

export interface SwapPanelOptions {
  readonly test: PhantomDataset;
  readonly swaps: TestSwaps;
  readonly judge: FilmReader;
  /** What the judge reads well enough. */
  readonly readable: readonly AnatomyMeasure[];
  readonly types: readonly string[];
}

const WINDOW = { windowSizePx: 7 };

/** Prepares a panel: what the judge reads of the sources is read once for all sets of films that are to be compared. */
export async function openSwapPanel({
  test,
  swaps: { pairs, sources, exact, lesion, intended },
  judge,
  readable,
  types,
}: SwapPanelOptions): Promise<(films: Float32Array) => Promise<SwapPanel>> {
  const { imageSizePx } = test;
  const deviations = await readingDeviations(judge, test, readable);
  const before = await judge.read(sources);
  const patients = pairs.map(({ source }) => anatomyOf(test.truth(source), imageSizePx));
  return async (films) => {
    const error = counterfactualError(
      { made: filmStack(films, imageSizePx), exact: filmStack(exact, imageSizePx), lesion },
      WINDOW,
    );
    const after = await judge.read(films);
    const effects = effectiveness(
      [
        {
          name: "type",
          kind: "discrete",
          intended: intended.map(({ type }) => types.indexOf(type)),
          read: after.type,
        },
        {
          name: "side",
          kind: "discrete",
          intended: intended.map(({ side }) => SIDES.indexOf(side)),
          read: after.side,
        },
        {
          name: "zone",
          kind: "discrete",
          intended: intended.map(({ zone }) => ZONES.indexOf(zone)),
          read: after.zone,
        },
        {
          name: "severity",
          kind: "continuous",
          intended: intended.map(({ severity }) => severity),
          read: after.severity,
        },
      ],
      judge,
    );
    const moved = amplification(
      readable.map((name) => ({
        name,
        before: before.anatomy[name],
        after: after.anatomy[name],
        standardDeviation: deviations.get(name)!,
      })),
      judge,
    );
    return {
      inside: summaryOf(error.inside),
      outside: summaryOf(error.outside),
      effectiveness: Object.fromEntries(effects.map(({ name, value }) => [name, value])),
      amplification: Object.fromEntries(moved.map(({ name, value }) => [name, value])),
      identityRSquared: Object.fromEntries(
        readable.map((name) => [
          name,
          rSquared(
            after.anatomy[name],
            patients.map((patient) => patient[name]),
          ),
        ]),
      ),
    };
  };
}

function summaryOf({
  meanAbsoluteError,
  peakSignalToNoiseDb,
  structuralSimilarity,
}: RegionError): RegionSummary {
  return { meanAbsoluteError, peakSignalToNoiseDb, structuralSimilarity };
}

/** How much the judge's readings differ from film to film. */
async function readingDeviations(
  judge: FilmReader,
  test: PhantomDataset,
  readable: readonly AnatomyMeasure[],
): Promise<ReadonlyMap<AnatomyMeasure, number>> {
  const { anatomy } = await judge.read(
    await test.readImages([...test.films.keys()].slice(0, 1000)),
  );
  return new Map(
    readable.map((name) => {
      const values = Array.from(anatomy[name]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return [name, Math.sqrt(square)];
    }),
  );
}
