import { reconstructionQuality } from "../../pipelines/index.ts";
import { openTrainedAutoencoder, type AutoencoderChoice } from "../models.ts";
import type { Stage } from "./stage.ts";

/** Names an autoencoder among a suite's stages. */
export function autoencoderStageName({
  imageSizePx,
  variant,
  seed,
  confounding = 0,
}: AutoencoderChoice): string {
  return `autoencoder-${imageSizePx}-${variant}${confounding === 0 ? "" : `-confounded-${confounding}`}-seed${seed}`;
}

/** Trains an autoencoder; its checkpoint stays in the work folder. */
export function autoencoderStage(choice: AutoencoderChoice): Stage {
  return {
    name: autoencoderStageName(choice),
    needs: [],
    async *run(workshop) {
      const model = yield* openTrainedAutoencoder(workshop, choice);
      const { validation } = workshop.phantom(choice.imageSizePx);
      const quality = await reconstructionQuality(model, validation, {
        runtime: workshop.runtime,
        maxFilms: 200,
      });
      const history = await model.run.readMetrics();
      await model.dispose();
      const loss = history.map((row) => row["loss"] ?? NaN);
      const part = Math.max(1, Math.floor(loss.length / 20));
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      return {
        summary: {
          ...choice,
          steps: model.step,
          validation: quality,
          // Twenty points of the curve; single steps are noise.
          loss: Array.from({ length: Math.floor(loss.length / part) }, (_, at) =>
            mean(loss.slice(at * part, (at + 1) * part)),
          ),
        },
      };
    },
  };
}
