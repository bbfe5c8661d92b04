import path from "node:path";
import { conditionArray, type Condition } from "../conditioning/index.ts";
import { RESIDUAL_POLICIES, type ResidualPolicy } from "../causal/index.ts";
import { createRuntime, foldIn, key, type Device } from "../engine/index.ts";
import { decodeFilm, encodePng, InputError, resolvePath, writeFileAtomic } from "../io/index.ts";
import {
  counterfactualSheet,
  createFilmCausalModel,
  DEFAULT_FILM_CAUSAL_SETTINGS,
  describeCondition,
  diffusionFolder,
  filmCondition,
  openAutoencoder,
  openDiffusion,
  openFilmDecoder,
  openRunDataset,
  type AutoencoderModel,
} from "../pipelines/index.ts";
import { readIntervention } from "./intervention.ts";
import {
  integerOption,
  parseOptions,
  positiveOption,
  textOption,
  UsageError,
  type CommandIo,
} from "./usage.ts";

const ABDUCTIONS = ["inversion", "fresh"] as const;
const { guidanceScale, numInferenceSteps } = DEFAULT_FILM_CAUSAL_SETTINGS;

const HELP = `Usage: counterlab counterfactual --run RUN --film FILM --do WHAT [options]

  --run RUN            folder of a trained run
  --film FILM          an image file, or the number of one of the run's test films
  --do WHAT            what to set, as in finding=Nodule,side=left,severity=0.6 or severity=mild or finding=none
  --observed WHAT      what the film shows, likewise (default: what is known of it, else what the run's critic sees)
  --out FILE.png       film, counterfactual and difference (default: counterfactual.png); FILE.json says how they were made
  --abduction HOW      inversion: the same lesion, changed (default); fresh: any lesion of that kind
  --guidance X         how hard the finding is pressed, 1 is off (default: ${guidanceScale})
  --residual HOW       what the codes cannot hold: attenuated where the film changes (default), kept, dropped
  --sampling-steps N   (default: ${numInferenceSteps})
  --seed N             draws fresh lesions (default: 0)
  --json               write FILE.json's content to standard output instead of words
  --device D           auto, cpu, webgpu or cuda (default: auto)
  --help               this text`;

/** `counterlab counterfactual`: a film as it would have been under another finding. */
export async function counterfactualCommand(
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  const values = parseOptions(args, HELP, io);
  if (values === undefined) return 0;
  const required = (name: string, example: string) => {
    const text = textOption(values, name, undefined);
    if (text === undefined) throw new UsageError(`--${name} is missing. ${example}`);
    return text;
  };
  const folder = required("run", "Give the folder that `counterlab train` wrote.");
  const film = required("film", "Give an image file, or the number of a test film.");
  const asked = required("do", "Give for example finding=Nodule,side=left.");
  const out = textOption(values, "out", "counterfactual.png");
  if (!out.endsWith(".png")) {
    throw new UsageError(`--out ${out} is not a PNG. Give a name that ends with .png.`);
  }
  const settings = {
    abduction: choice("abduction", textOption(values, "abduction", "inversion"), ABDUCTIONS),
    residual: choice<ResidualPolicy>(
      "residual",
      textOption(values, "residual", "attenuated"),
      RESIDUAL_POLICIES,
    ),
    guidanceScale: positiveOption(values, "guidance", guidanceScale),
    numInferenceSteps: integerOption(values, "sampling-steps", {
      min: 1,
      otherwise: numInferenceSteps,
    }),
  };
  const seed = integerOption(values, "seed", { min: 0, otherwise: 0 });
  const runtime = await createRuntime({ device: textOption(values, "device", "auto") as Device });
  try {
    const autoencoder = await openAutoencoder(folder, runtime);
    const decoder = await openFilmDecoder(autoencoder.run, runtime);
    const diffusion = await openDiffusion(diffusionFolder(folder, "pathology"), runtime);
    const vocabulary = diffusion.settings.conditions;
    const stream = foldIn(key(seed), "counterfactual");
    const model = createFilmCausalModel({
      ...{ autoencoder, decoder, diffusion, runtime, stream },
      ...settings,
    });
    const read = await readFilm(film, autoencoder);
    const [seen] = await model.recognise(read.image);
    const known = read.known ?? seen!;
    const told = textOption(values, "observed", undefined);
    const observed =
      told === undefined ? known : readIntervention(told, { observed: known, vocabulary });
    const action = readIntervention(asked, { observed, vocabulary });
    conditionArray([observed, action], vocabulary); // says what the model does not know
    const { counterfactual } = await model.counterfactual(
      { film: read.image, finding: [observed] },
      { do: { finding: [action] } },
    );
    const sheet = counterfactualSheet({
      imageSizePx: autoencoder.settings.imageSizePx,
      films: read.image,
      counterfactuals: counterfactual.film,
    });
    const [seenAfter] = await model.recognise(counterfactual.film);
    const meanAbsoluteChange =
      counterfactual.film.reduce((sum, value, at) => sum + Math.abs(value - read.image[at]!), 0) /
      read.image.length;
    const description = {
      format: "counterlab-counterfactual",
      version: 1,
      ...{ run: folder, film: read.name, observed, do: action, ...settings, seed },
      meanAbsoluteChange,
      criticSees: { film: seen, counterfactual: seenAfter },
      ...{ autoencoderStep: autoencoder.step, diffusionStep: diffusion.step },
      picture: path.basename(out),
    };
    const text = `${JSON.stringify(description, null, 2)}\n`;
    await writeFileAtomic(out, await encodePng(sheet.draw()));
    await writeFileAtomic(`${out.slice(0, -".png".length)}.json`, text);
    if (values["json"] === true) {
      io.out.write(text);
      return 0;
    }
    io.out.write(
      `${read.name}: ${describeCondition(observed)} -> ${describeCondition(action)}; the critic sees ${describeCondition(seen!)} -> ${describeCondition(seenAfter!)}\n`,
    );
    io.out.write(`Wrote ${out}: film, counterfactual, difference (blue darker, red brighter)\n`);
    return 0;
  } finally {
    await runtime.dispose();
  }
}

/** A film by its number among the run's test films, with what is known of it, or by its file. */
async function readFilm(
  text: string,
  { run, settings: { imageSizePx } }: AutoencoderModel,
): Promise<{
  readonly name: string;
  readonly image: Float32Array;
  readonly known: Condition | undefined;
}> {
  if (/^\d+$/.test(text)) {
    const { test } = await openRunDataset(run);
    const film = test.films[Number(text)];
    if (film === undefined) {
      throw new UsageError(
        `There is no test film ${text}. Give a number from 0 to ${test.films.length - 1}.`,
      );
    }
    const image = await test.readImages([Number(text)]);
    const known = film.labels.length === 0 ? undefined : filmCondition(film);
    return { name: film.id, image, known };
  }
  let bytes: Uint8Array;
  try {
    bytes = await decodeFilm(resolvePath(text), { imageSizePx, fit: "pad" });
  } catch (cause) {
    throw new InputError(
      `--film ${text} is not an image that can be read.`,
      "Give a film's file, or the number of a test film.",
      cause,
    );
  }
  return { name: text, image: Float32Array.from(bytes, (byte) => byte / 255), known: undefined };
}

function choice<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${option} ${text} is not one of ${allowed.join(", ")}. Give one of these.`,
  );
}
