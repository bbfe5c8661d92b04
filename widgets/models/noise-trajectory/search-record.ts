import { bytesFromIntensities } from "../../drawing/intensity.ts";
import type { PlanePoint, PlaneSpace, SampleRecord } from "./noise-trajectory-protocol.ts";
import { principalPlane, type PrincipalPlane } from "./principal-plane.ts";

/** The best noise of each sample so far, row by row. */
export interface BestSearched {
  readonly objective: Float32Array;
  readonly iteration: Int32Array;
  readonly noise: Float32Array;
  readonly latents: Float32Array;
}

/** One iteration of a search: what `optimizeNoise`, `bestOfNoise` and `optimizeFilmNoise` yield. */
export interface SearchIteration {
  readonly iteration: number;
  readonly totalIterations: number;
  /** Of each sample. */
  readonly objective: Float32Array;
  readonly terms: Readonly<Record<string, Float32Array>>;
  readonly noiseNorm: Float32Array;
  readonly noise: Float32Array;
  readonly latents: Float32Array;
  readonly best: BestSearched;
  readonly networkCalls: number;
  /** Films of the first `count` samples, 0 black to 1 white. */
  readonly films?: (of: "current" | "best", count?: number) => Promise<Float32Array>;
}

interface Candidate {
  readonly isControl: boolean;
  readonly iteration: number;
  readonly sample: number;
  readonly latents: Float32Array;
  readonly noise: Float32Array;
}

/** What a search and its control have come to so far, of the first samples. */
export interface SearchRecord {
  readonly records: readonly SampleRecord[];
  /** Network calls, then each sample's best so far. */
  readonly control: readonly (readonly number[])[];
  add(iteration: SearchIteration, of: "search" | "control"): void;
  plane(space: PlaneSpace): readonly PlanePoint[];
}

export function searchRecord(samples: number): SearchRecord {
  const records: SampleRecord[] = [];
  const control: number[][] = [];
  const candidates: Candidate[] = [];
  const axes: Partial<Record<PlaneSpace, PrincipalPlane["axes"]>> = {};
  return {
    records,
    control,
    add(step, of) {
      const batch = step.objective.length;
      for (let sample = 0; sample < samples; sample++) {
        const row = (all: Float32Array): Float32Array => {
          const width = all.length / batch;
          return all.slice(sample * width, (sample + 1) * width);
        };
        candidates.push({
          ...{ isControl: of === "control", iteration: step.iteration, sample },
          ...{ latents: row(step.latents), noise: row(step.noise) },
        });
        if (of === "control") continue;
        records.push({
          ...{ iteration: step.iteration, sample, networkCalls: step.networkCalls },
          objective: step.objective[sample]!,
          best: step.best.objective[sample]!,
          noiseNorm: step.noiseNorm[sample]!,
          terms: Object.values(step.terms).map((term) => term[sample]!),
        });
      }
      if (of === "control") {
        control.push([step.networkCalls, ...step.best.objective.slice(0, samples)]);
      }
    },
    plane(space) {
      if (candidates.length === 0) return [];
      const plane = principalPlane(
        candidates.map((candidate) => candidate[space]),
        axes[space],
      );
      axes[space] = plane.axes;
      return candidates.map(({ isControl, iteration, sample }, at) => {
        const [x, y] = plane.coordinates[at]!;
        return { isControl, iteration, sample, x, y };
      });
    },
  };
}

/** Films of several samples as bytes, one each. */
export function filmBytes(films: Float32Array, sizePx: number): Uint8Array[] {
  const pixels = sizePx * sizePx;
  return Array.from({ length: Math.floor(films.length / pixels) }, (_, sample) =>
    bytesFromIntensities(films.subarray(sample * pixels, (sample + 1) * pixels)),
  );
}
