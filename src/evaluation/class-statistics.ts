import {
  frechetDistanceFrom,
  kernelDistanceOfResamples,
  meanPairwiseDistanceOfResamples,
  moments,
  selectRows,
  type Features,
  type Moments,
} from "../metrics/index.ts";
import type { ClassFilms, ReferenceSet } from "./reference-set.ts";
import { resampledRows } from "./statistics/class-resamples.ts";
import type { SeedReplicates } from "./statistics/hierarchical-estimate.ts";

/** KID needs no large reference: it is unbiased at any size. */
const KERNEL_REFERENCE = 2048;

/** What is resampled of one class's films. */
export interface ClassStatistics {
  readonly moments: Moments;
  readonly fid: SeedReplicates;
  readonly kid: SeedReplicates;
  readonly diversity: SeedReplicates;
  readonly recognised: SeedReplicates;
}

/**
 * Distances of generated features from a class's real ones, how they differ, and how many are recognised.
 *
 * @param right 1 for each film that the judge recognises, else 0.
 */
export function classStatistics(
  generated: Features,
  right: Float64Array,
  { reference, classIndex, nullDistance }: ClassFilms,
  {
    reference: { resamples },
    diversityFilms,
  }: { readonly reference: ReferenceSet; readonly diversityFilms: number },
): ClassStatistics {
  const { stream, replicates } = resamples;
  const count = generated.shape[0];
  const distance = frechetDistanceFrom(reference);
  const kernel = kernelDistanceOfResamples({
    reference: firstRows(reference, KERNEL_REFERENCE),
    generated,
  });
  const spread = meanPairwiseDistanceOfResamples(firstRows(generated, diversityFilms));
  const found = {
    fid: new Float64Array(replicates),
    kid: new Float64Array(replicates),
    diversity: new Float64Array(replicates),
    recognised: new Float64Array(replicates),
  };
  for (let replicate = 0; replicate < replicates; replicate++) {
    const rows = resampledRows(stream, { replicate, classIndex, films: count });
    found.fid[replicate] =
      distance(selectRows(generated, rows)) - nullDistance.replicates[replicate]!;
    found.kid[replicate] = kernel(rows);
    found.diversity[replicate] = spread(
      resampledRows(stream, { replicate, classIndex, films: diversityFilms }),
    );
    found.recognised[replicate] = rows.reduce((sum, row) => sum + right[row]!, 0) / count;
  }
  const fid = distance(generated) - nullDistance.value;
  return {
    fid: { value: fid, replicates: centred(found.fid, fid), samples: count },
    kid: { value: kernel(), replicates: found.kid, samples: count },
    diversity: { value: spread(), replicates: found.diversity, samples: diversityFilms },
    recognised: {
      value: right.reduce((sum, value) => sum + value, 0) / count,
      replicates: found.recognised,
      samples: count,
    },
    moments: moments(generated),
  };
}

/**
 * Films drawn twice look like lost variety. The null takes that off where generated films vary as real ones do; those of a
 * collapsed generator lose less than the null, and their resamples lie below the estimate altogether. What matters is how far they
 * scatter, so they are moved to the estimate.
 */
function centred(replicates: Float64Array, value: number): Float64Array {
  const mean = replicates.reduce((sum, each) => sum + each, 0) / replicates.length;
  return replicates.map((each) => each - mean + value);
}

/** The first rows of a table, or all. */
export function firstRows(features: Features, rows: number): Features {
  const [all, columns] = features.shape;
  if (all <= rows) return features;
  return { ...features, data: features.data.subarray(0, rows * columns), shape: [rows, columns] };
}
