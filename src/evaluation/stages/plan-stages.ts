import { METHOD_IDS, METHODS, type AutoencoderVariant } from "../settings/methods.ts";
import type { SuiteSettings } from "../settings/suite-settings.ts";
import { autoencoderStage, autoencoderStageName } from "./autoencoder-stage.ts";
import { classifierStage } from "./classifier-stage.ts";
import { counterfactualStage } from "./counterfactual-stage.ts";
import { generatorStage } from "./generator-stage.ts";
import { readersStage } from "./readers-stage.ts";
import { referenceStage } from "./reference-stage.ts";
import type { Stage } from "./stage.ts";

/**
 * All stages of a suite in the order they are run: seed after seed, so that what one machine has trained is used up before the next
 * seed begins, and every seed that is done is a result.
 */
export function planStages(settings: SuiteSettings): readonly Stage[] {
  const stages: Stage[] = [];
  for (const { imageSizePx, methods, counterfactuals } of settings.sizes) {
    stages.push(readersStage(imageSizePx), referenceStage(imageSizePx));
    const chosen = METHOD_IDS.filter((id) => methods[id] !== undefined);
    const seeds = [
      ...new Set([
        ...chosen.flatMap((id) => methods[id]!),
        ...counterfactuals.flatMap((each) => each.seeds),
      ]),
    ].sort((a, b) => a - b);
    for (const seed of seeds) {
      const ofSeed = chosen.filter((id) => methods[id]!.includes(seed));
      for (const id of ofSeed) {
        if (METHODS[id].kind === "classifier")
          stages.push(classifierStage(id, { imageSizePx, seed }));
      }
      const variants: readonly AutoencoderVariant[] = ["full", "noGroups", "noTransformer"];
      for (const variant of variants) {
        const generators = ofSeed.filter((id) => {
          const method = METHODS[id];
          return method.kind === "generator" && method.autoencoder === variant;
        });
        const panels = counterfactuals.filter(
          (each) => each.autoencoder === variant && each.seeds.includes(seed),
        );
        const plain = { imageSizePx, seed, variant };
        if (generators.length > 0) stages.push(autoencoderStage(plain));
        for (const { confounding } of panels) {
          const choice = { ...plain, ...(confounding === 0 ? {} : { confounding }) };
          if (!stages.some(({ name }) => name === autoencoderStageName(choice))) {
            stages.push(autoencoderStage(choice));
          }
          stages.push(counterfactualStage(choice));
        }
        for (const id of generators) stages.push(generatorStage(id, { imageSizePx, seed }));
      }
    }
  }
  return stages;
}
