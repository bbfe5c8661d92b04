import type { PhantomDataset } from "../../data/index.ts";
import {
  extractFeatures,
  reIdentificationAuc,
  type FeatureExtractor,
} from "../../metrics/index.ts";
import type { TestSwaps } from "./test-swaps.ts";

/** Whether swapped films are still told to be their patient's, beside that patient's other test films: an AUC. */
export async function samePatientAuc(
  test: PhantomDataset,
  {
    swaps: { pairs },
    films,
    extractor,
  }: {
    readonly swaps: TestSwaps;
    readonly films: Float32Array;
    readonly extractor: FeatureExtractor;
  },
): Promise<number> {
  const patientOf = (film: number) => test.films[film]!.patient;
  const used = new Set(pairs.map(({ source }) => source));
  const patients = new Set(pairs.map(({ source }) => patientOf(source)));
  const others = [...test.films.keys()].filter(
    (film) => !used.has(film) && patients.has(patientOf(film)),
  );
  return reIdentificationAuc({
    reference: {
      features: await extractFeatures(extractor, await test.readImages(others)),
      patients: others.map(patientOf),
    },
    generated: {
      features: await extractFeatures(extractor, films),
      patients: pairs.map(({ source }) => patientOf(source)),
    },
  }).value;
}
