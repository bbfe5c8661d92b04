import { createCausalModel, fixed, root, type CausalModel } from "../causal/index.ts";
import {
  drawAcquisition,
  drawIdentity,
  drawPathology,
  PATHOLOGY_TYPES,
  renderPhantom,
  type PhantomAcquisition,
  type PhantomIdentity,
  type PhantomPathology,
} from "../data/index.ts";
import { foldIn, randint } from "../engine/index.ts";

/** The variables of one phantom film. */
export interface PhantomVariables {
  readonly identity: PhantomIdentity;
  readonly pathology: PhantomPathology;
  readonly acquisition: PhantomAcquisition;
  /** Shape [H, W]. */
  readonly film: Float32Array;
}

/** The noise of each; the film has none, since its causes hold the grain, too. */
export interface PhantomNoise extends Omit<PhantomVariables, "film"> {
  readonly film: undefined;
}

/**
 * The phantom as a causal model with given mechanisms: its counterfactuals are exact. The same questions can be asked of a
 * trained run, see `createFilmCausalModel`.
 *
 * @param options `imageSizePx`: 64 when omitted.
 */
export function createPhantomCausalModel({
  imageSizePx = 64,
}: { readonly imageSizePx?: number } = {}): CausalModel<PhantomVariables, PhantomNoise> {
  return createCausalModel(
    {
      identity: [],
      pathology: [],
      acquisition: [],
      film: ["identity", "pathology", "acquisition"],
    },
    {
      identity: root(drawIdentity),
      pathology: root((stream) => {
        const type = randint(foldIn(stream, "type"), 1, { max: PATHOLOGY_TYPES.length })[0]!;
        return drawPathology(stream, PATHOLOGY_TYPES[type]!);
      }),
      acquisition: root((stream) => drawAcquisition(stream)),
      film: fixed((causes: Omit<PhantomVariables, "film">) =>
        renderPhantom(causes, { imageSizePx }),
      ),
    },
  );
}
