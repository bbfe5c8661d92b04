import type { DiffusionChoices, FilmNoiseSettings } from "../../pipelines/index.ts";

/** Baselines B and ablations A of the evaluation protocol. */
export const METHOD_IDS = [
  "B0",
  "B1",
  "B2",
  "B3",
  "B4",
  "B5",
  "B7",
  "B8",
  "A1",
  "A2",
  "A3",
  "A4",
  "A5",
  "A6",
  "A7",
  "A8",
  "A9",
  "C0",
  "real",
] as const;

export type MethodId = (typeof METHOD_IDS)[number];

/** Autoencoders: ours, one without swaps, one whose codes meet without a transformer. */
export type AutoencoderVariant = "full" | "noGroups" | "noTransformer";

/** A way to train the classifier without generated films. */
export interface ClassifierMethod {
  readonly kind: "classifier";
  readonly title: string;
  /** `extraReal` is no baseline but the bound: as many real renders as other methods generate. */
  readonly training: "softmax" | "reweighted" | "crt" | "extraReal";
}

/** A way to generate films, and then to train the classifier with them. */
export interface GeneratorMethod {
  readonly kind: "generator";
  readonly title: string;
  readonly autoencoder: AutoencoderVariant;
  /**
   * `split`: identity, then pathology; `joint`: all codes at once; `gaussian`: no diffusion, one normal distribution of codes a
   * class; `none`: films of training patients as they are.
   */
  readonly codes: "split" | "joint" | "gaussian" | "none";
  /** What the denoiser is told: the class alone, what the rules read in the report, or the truth. */
  readonly told: "class" | "report" | "truth";
  readonly choices: Partial<DiffusionChoices>;
  /**
   * Whose films are made ill: patients that are drawn, as the denoiser of identities draws them; or healthy training patients, whose
   * film's own residual is kept. Drawn when left out.
   */
  readonly patients?: "drawn" | "train";
  /** How the initial noise of tail classes is searched for; left out for plain noise. */
  readonly search?: {
    readonly kind: "optimize" | "bestOf";
    readonly settings: Partial<FilmNoiseSettings>;
  };
}

export type MethodSettings = ClassifierMethod | GeneratorMethod;

/** The data's own class frequencies: what a method that knows nothing of long tails trains on. */
const AS_IN_DATA = { classExponent: 1 } as const;

const VANILLA: GeneratorMethod = {
  kind: "generator",
  title: "vanilla conditional latent diffusion",
  autoencoder: "full",
  codes: "joint",
  told: "class",
  choices: AS_IN_DATA,
};

const OURS: GeneratorMethod = {
  kind: "generator",
  title: "split codes, no noise optimization",
  autoencoder: "full",
  codes: "split",
  told: "report",
  choices: {},
};

/**
 * Every method as a value (A9 is not in the protocol); all share the autoencoder's training, the steps of the denoisers, and the classifier's. Notes: method.md
 * 4.5. B6 (T2H, CCUA) is left out there as optional.
 */
export const METHODS: Readonly<Record<MethodId, MethodSettings>> = {
  B0: { kind: "classifier", title: "long-tailed films, softmax", training: "softmax" },
  B1: {
    kind: "classifier",
    title: "long-tailed films, classes drawn equally",
    training: "reweighted",
  },
  B2: {
    kind: "classifier",
    title: "long-tailed films, classifier retrained (cRT)",
    training: "crt",
  },
  real: { kind: "classifier", title: "bound: as many extra real renders", training: "extraReal" },
  B3: VANILLA,
  B4: { ...VANILLA, title: "B3, classes drawn equally", choices: { classExponent: 0 } },
  B5: {
    ...VANILLA,
    title: "B3 with class-balancing loss (CBDM)",
    choices: { ...AS_IN_DATA, balancing: 1 },
  },
  B7: {
    ...VANILLA,
    title: "B3 with SeedSelect",
    search: { kind: "optimize", settings: { classifierWeight: 0, priorWeight: 0 } },
  },
  B8: {
    ...VANILLA,
    title: "B3 without diffusion: a class-conditional variational autoencoder",
    codes: "gaussian",
  },
  A1: {
    ...OURS,
    title: "full method, patients drawn too",
    search: { kind: "optimize", settings: {} },
  },
  A2: OURS,
  A3: { ...OURS, title: "best of as many network calls", search: { kind: "bestOf", settings: {} } },
  A4: {
    ...OURS,
    title: "A1 without group supervision",
    autoencoder: "noGroups",
    search: { kind: "optimize", settings: {} },
  },
  A5: {
    ...OURS,
    title: "A1 without interaction transformer",
    autoencoder: "noTransformer",
    search: { kind: "optimize", settings: {} },
  },
  A6: {
    ...OURS,
    title: "A1 told the class alone",
    told: "class",
    search: { kind: "optimize", settings: {} },
  },
  A7: {
    ...OURS,
    title: "A1 told the truth",
    told: "truth",
    search: { kind: "optimize", settings: {} },
  },
  A8: {
    ...OURS,
    title: "A1, one step ahead instead of the whole sampler",
    search: { kind: "optimize", settings: { horizon: "oneStep", learningRate: 0.05 } },
  },
  A9: {
    ...OURS,
    title: "full method: healthy training patients made ill",
    patients: "train",
    search: { kind: "optimize", settings: {} },
  },
  C0: {
    ...OURS,
    title: "control: A9's patients, nothing done",
    codes: "none",
  },
};
