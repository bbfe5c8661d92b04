import type { FilmDataset } from "../data/index.ts";
import type { Runtime } from "../engine/index.ts";
import { encodePng } from "../io/index.ts";
import { createAutoencoderModel } from "./autoencoder-model.ts";
import { chooseSwapFilms, readSwapFilms, swapSheet } from "./swap-sheet.ts";
import type { TrainingProgress } from "./train-autoencoder.ts";

/** Patients in a sample. */
const ROWS = 4;

/**
 * Draws what a model in training makes of films it does not learn from: every pathology swapped into a few
 * patients. The picture goes into the run's `samples` folder and has no part in training.
 *
 * @param films Validation films: those for testing are for the end.
 * @returns The picture's name within the run folder.
 */
export async function drawTrainingSample(
  { step, run, controls }: Pick<TrainingProgress, "step" | "run" | "controls">,
  { films, runtime }: { readonly films: FilmDataset; readonly runtime: Runtime },
): Promise<string> {
  const model = createAutoencoderModel(run, await controls.checkpoint(), runtime);
  try {
    const chosen = chooseSwapFilms(films, { rows: ROWS });
    const sources = {
      identities: await readSwapFilms(films, chosen.identities),
      pathologies: await readSwapFilms(films, chosen.pathologies),
    };
    const name = `samples/step-${String(step).padStart(6, "0")}.png`;
    for await (const { sheet } of swapSheet(model, sources)) {
      if (sheet === undefined) continue;
      await run.savePicture(name, await encodePng(sheet.draw("counterfactual")));
    }
    return name;
  } finally {
    await model.dispose();
  }
}
