import { InputError } from "../../io/index.ts";
import { rSquared, type ExtractorIdentity } from "../../metrics/index.ts";
import { ANATOMY_MEASURES, anatomyOf, type AnatomyMeasure } from "../anatomy.ts";
import type { FilmReader } from "../networks/film-reader.ts";
import { SIDES, ZONES } from "../networks/film-reader.ts";
import {
  openExtractor,
  READER_ROLES,
  trainStoredReader,
  type ReaderRole,
} from "../networks/stored-reader.ts";
import type { Workshop } from "../workshop.ts";
import type { Stage } from "./stage.ts";

/** A measure is read by a judge only if it explains so much of it on films that it has not seen. */
export const READABLE_R_SQUARED = 0.95;

/** How well a reader reads validation films. */
export interface ReaderQuality {
  readonly name: string;
  readonly hash: string;
  readonly dimensions: number;
  readonly films: number;
  readonly typeAccuracy: number;
  readonly sideAccuracy: number;
  readonly zoneAccuracy: number;
  readonly severityRSquared: number;
  readonly anatomyRSquared: Readonly<Record<AnatomyMeasure, number>>;
  /** Measures of at least {@link READABLE_R_SQUARED}. */
  readonly readable: readonly AnatomyMeasure[];
}

/** What the stage leaves behind; of an extractor that somebody else trained it says no more than which it is. */
export interface Readers {
  readonly extractor: ExtractorIdentity & Partial<ReaderQuality>;
  readonly judge: ReaderQuality;
}

/** Trains extractor and judge on balanced renders of their own. */
export function readersStage(imageSizePx: number): Stage {
  return {
    name: `readers-${imageSizePx}`,
    needs: [],
    async *run(workshop) {
      const summary: Partial<Record<ReaderRole, ExtractorIdentity | ReaderQuality>> = {};
      for (const role of READER_ROLES) {
        if (role === "extractor" && workshop.settings.measures.extractor !== undefined) {
          const given = await openExtractor(workshop, imageSizePx);
          const { name, hash, dimensions } = given;
          summary.extractor = { name, hash, dimensions };
          await given.dispose();
          continue;
        }
        const reader = yield* trainStoredReader(workshop, imageSizePx, role);
        summary[role] = await readerQuality(workshop, reader);
        await reader.dispose();
      }
      return { summary };
    },
  };
}

/** What the readers' stage found of the judge; the stage must be done. */
export async function judgeQuality(
  { results }: Workshop,
  imageSizePx: number,
): Promise<ReaderQuality> {
  const name = `stages/readers-${imageSizePx}.json`;
  const text = await results.readText(name);
  if (text === undefined) {
    throw new InputError(
      `${results.path} lacks ${name}.`,
      `Run the stage readers-${imageSizePx} first.`,
    );
  }
  return (JSON.parse(text) as { readonly judge: ReaderQuality }).judge;
}

async function readerQuality(workshop: Workshop, reader: FilmReader): Promise<ReaderQuality> {
  const { validation } = workshop.phantom(reader.imageSizePx);
  const indices = [...validation.films.keys()];
  const truths = indices.map((film) => validation.truth(film));
  const anatomies = truths.map((truth) => anatomyOf(truth, reader.imageSizePx));
  const seen = await reader.read(await validation.readImages(indices));
  const share = (read: ArrayLike<number>, truth: readonly number[]) =>
    truth.filter((value, at) => read[at] === value).length / truth.length;
  const anatomyRSquared = Object.fromEntries(
    ANATOMY_MEASURES.map((name) => [
      name,
      rSquared(
        seen.anatomy[name],
        anatomies.map((anatomy) => anatomy[name]),
      ),
    ]),
  ) as Record<AnatomyMeasure, number>;
  const { name, hash, dimensions } = reader;
  const types: readonly string[] = workshop.settings.data.types;
  return {
    name,
    hash,
    dimensions,
    films: indices.length,
    typeAccuracy: share(
      seen.type,
      truths.map(({ pathology }) => types.indexOf(pathology.type)),
    ),
    sideAccuracy: share(
      seen.side,
      truths.map(({ pathology }) => SIDES.indexOf(pathology.side)),
    ),
    zoneAccuracy: share(
      seen.zone,
      truths.map(({ pathology }) => ZONES.indexOf(pathology.zone)),
    ),
    severityRSquared: rSquared(
      seen.severity,
      truths.map(({ pathology }) => pathology.severity),
    ),
    anatomyRSquared,
    readable: ANATOMY_MEASURES.filter((name) => anatomyRSquared[name] >= READABLE_R_SQUARED),
  };
}
