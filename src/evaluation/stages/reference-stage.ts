import { openExtractor } from "../networks/stored-reader.ts";
import { nullArrays, openReferenceSet, referenceStageName } from "../reference-set.ts";
import type { Stage } from "./stage.ts";

/**
 * Renders what generated films are compared with, and keeps the nulls: how far real films are from real films. The features
 * themselves are large; where they are missing they are made again.
 */
export function referenceStage(imageSizePx: number): Stage {
  return {
    name: referenceStageName(imageSizePx),
    needs: [`readers-${imageSizePx}`],
    async *run(workshop) {
      const extractor = await openExtractor(workshop, imageSizePx);
      const { classes } = yield* openReferenceSet(workshop, imageSizePx, extractor);
      const { name, hash, dimensions } = extractor;
      await extractor.dispose();
      return {
        summary: {
          extractor: { name, hash, dimensions },
          classes: classes.map(({ type, reference, heldOut, nullDistance }) => ({
            type,
            referenceFilms: reference.shape[0],
            heldOutFilms: heldOut.shape[0],
            nullFid: nullDistance.value,
          })),
        },
        arrays: nullArrays(classes),
      };
    },
  };
}
