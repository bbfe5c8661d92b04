import { foldIn, key, type Key } from "../../engine/random.ts";
import type { Film, FilmDataset } from "../dataset.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { drawAcquisition, type PhantomAcquisition } from "./acquisition.ts";
import {
  confoundExposure,
  confoundIdentity,
  markerProbability,
  requireConfounder,
  type PhantomConfounder,
} from "./confounder.ts";
import { drawIdentity, type PhantomIdentity } from "./identity.ts";
import { dealToPatients } from "./long-tail.ts";
import {
  drawPathology,
  pathologyCell,
  severityBin,
  PATHOLOGY_TYPES,
  type PathologyType,
  type PhantomPathology,
} from "./pathology.ts";
import { lesionMask, renderPhantom } from "./render.ts";
import { writeReport, type PhantomReport } from "./report.ts";

/** The truth behind one film. */
export interface PhantomTruth {
  readonly identity: PhantomIdentity;
  readonly pathology: PhantomPathology;
  readonly acquisition: PhantomAcquisition;
}

/** Phantom films with all that is known of them. Indices are those of `films`. */
export interface PhantomDataset extends FilmDataset {
  truth(index: number): PhantomTruth;
  /** The film as it would have been with another pathology, all else equal; shape [H, W]. */
  counterfactual(index: number, pathology: PhantomPathology): Float32Array;
  /** 1 where the film's pathology changes it, or where `pathology` would; shape [H, W]. */
  lesionMask(index: number, pathology?: PhantomPathology): Uint8Array;
  report(index: number): PhantomReport;
}

export interface PhantomDatasetOptions {
  /** Films of each pathology, in the order of `PATHOLOGY_TYPES`; missing ones are 0. */
  readonly counts: Readonly<Partial<Record<PathologyType, number>>>;
  /** Names an independent draw of patients: equal seeds with different streams share no patient. */
  readonly stream: string;
  readonly seed?: number;
  readonly imageSizePx?: number;
  readonly confounder?: PhantomConfounder;
}

/** Rendered films are kept, a byte a pixel, as long as all of them stay below this. */
const CACHE_LIMIT_BYTES = 512 * 2 ** 20;

/** Draws a set of phantom patients and films: `counts` films of each pathology, 3 to 6 a patient. */
export function createPhantomDataset({
  counts,
  stream,
  seed = 0,
  imageSizePx = 64,
  confounder,
}: PhantomDatasetOptions): PhantomDataset {
  if (!(Number.isInteger(imageSizePx) && imageSizePx >= 8 && imageSizePx <= 1024)) {
    throw new RangeError(
      `createPhantomDataset: imageSizePx is ${imageSizePx}; give a whole number from 8 to 1024.`,
    );
  }
  if (confounder !== undefined) requireConfounder(confounder);
  const root = foldIn(foldIn(key(seed), PHANTOM_VERSION), stream);
  const truths: PhantomTruth[] = [];
  const films: Film[] = [];
  const classCounts = PATHOLOGY_TYPES.map((type) => counts[type] ?? 0);
  dealToPatients(foldIn(root, "deal"), classCounts).forEach((classes, patientIndex) => {
    const patientKey = foldIn(foldIn(root, "patient"), patientIndex);
    const identity = confoundIdentity(patientKey, drawIdentity(patientKey), {
      types: classes.map((classIndex) => PATHOLOGY_TYPES[classIndex]!),
      confounder,
    });
    const patient = `${stream}-${String(patientIndex).padStart(5, "0")}`;
    const cells = new Set<string>();
    classes.forEach((classIndex, visit) => {
      const filmKey = foldIn(patientKey, visit);
      const pathology = drawUnseenPathology(filmKey, PATHOLOGY_TYPES[classIndex]!, cells);
      cells.add(pathologyCell(pathology));
      const { type } = pathology;
      const acquisition = confoundExposure(
        filmKey,
        drawAcquisition(filmKey, markerProbability(type, confounder)),
        { type, confounder },
      );
      truths.push({ identity, pathology, acquisition });
      const film = describeFilm(`${patient}-${visit}`, patient, { pathology, acquisition });
      films.push(withConfounded(film, { identity, acquisition }, confounder));
    });
  });
  const images = new RenderedFilms(truths, imageSizePx);
  const truth = (index: number): PhantomTruth => {
    const found = truths[index];
    if (found === undefined) {
      throw new RangeError(
        `phantom: film ${index} does not exist; this set has 0 to ${truths.length - 1}.`,
      );
    }
    return found;
  };
  return {
    name: PHANTOM_VERSION,
    imageSizePx,
    classes: PATHOLOGY_TYPES.filter((_, k) => classCounts[k]! > 0).sort(
      (a, b) => (counts[b] ?? 0) - (counts[a] ?? 0),
    ),
    films,
    fingerprint: fingerprintOf(
      JSON.stringify([PHANTOM_VERSION, seed, stream, imageSizePx, classCounts, confounder ?? null]),
    ),
    readImages: (indices) =>
      new Promise((resolve) => {
        indices.forEach(truth);
        resolve(images.read(indices));
      }),
    truth,
    counterfactual: (index, pathology) =>
      renderPhantom({ ...truth(index), pathology }, { imageSizePx }),
    lesionMask: (index, pathology = truth(index).pathology) =>
      lesionMask({ ...truth(index), pathology }, { imageSizePx }),
    report: (index) => writeReport(foldIn(foldIn(root, "report"), index), truth(index).pathology),
  };
}

/** Name of the frozen rendering and drawing rules; any change to what films look like needs a new one. */
export const PHANTOM_VERSION = "phantom-v1";

// A patient's films of one type differ in place or severity while there is anything left to differ in.
function drawUnseenPathology(
  filmKey: Key,
  type: PathologyType,
  seen: ReadonlySet<string>,
): PhantomPathology {
  let pathology = drawPathology(filmKey, type);
  for (let attempt = 1; attempt < 8 && seen.has(pathologyCell(pathology)); attempt++) {
    pathology = drawPathology(foldIn(filmKey, `attempt ${attempt}`), type);
  }
  return pathology;
}

/** Whoever is to adjust for a confounded attribute must see it; the marker is seen anyway. */
function withConfounded(
  film: Film,
  { identity, acquisition }: Omit<PhantomTruth, "pathology">,
  confounder: PhantomConfounder | undefined,
): Film {
  const { attribute = "marker" } = confounder ?? {};
  if (attribute === "marker") return film;
  const isHigh = attribute === "exposure" ? acquisition.exposureGain > 1 : identity[attribute] > 0;
  return { ...film, attributes: { ...film.attributes, [attribute]: isHigh ? "high" : "low" } };
}

function describeFilm(
  id: string,
  patient: string,
  { pathology, acquisition }: Omit<PhantomTruth, "identity">,
): Film {
  return {
    id,
    patient,
    labels: [pathology.type],
    cell: pathologyCell(pathology),
    attributes: {
      view: "PA",
      side: pathology.side,
      zone: pathology.zone,
      severity: severityBin(pathology),
      marker: acquisition.marker ? "yes" : "no",
    },
  };
}

/** Renders films when first asked for and keeps them, a byte a pixel. */
class RenderedFilms {
  readonly #truths: readonly PhantomTruth[];
  readonly #sizePx: number;
  readonly #kept: (Uint8Array | undefined)[] = [];
  readonly #keeps: boolean;

  constructor(truths: readonly PhantomTruth[], sizePx: number) {
    this.#truths = truths;
    this.#sizePx = sizePx;
    this.#keeps = truths.length * sizePx * sizePx <= CACHE_LIMIT_BYTES;
  }

  read(indices: readonly number[]): Float32Array {
    const pixels = this.#sizePx * this.#sizePx;
    const batch = new Float32Array(indices.length * pixels);
    indices.forEach((index, slot) => {
      batch.set(this.#film(index), slot * pixels);
    });
    return batch;
  }

  #film(index: number): Float32Array {
    const kept = this.#kept[index];
    // Films come in steps of 1/255, so a byte holds them exactly.
    if (kept !== undefined) return Float32Array.from(kept, (byte) => byte / 255);
    const film = renderPhantom(this.#truths[index]!, { imageSizePx: this.#sizePx });
    if (this.#keeps) this.#kept[index] = Uint8Array.from(film, (value) => Math.round(value * 255));
    return film;
  }
}
