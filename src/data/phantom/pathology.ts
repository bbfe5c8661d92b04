import { foldIn, randint, uniform, type Key } from "../../engine/random.ts";

/** Phantom pathologies from head to tail of the long tail. */
export const PATHOLOGY_TYPES = [
  "No Finding",
  "Effusion",
  "Consolidation",
  "Cardiomegaly",
  "Edema",
  "Nodule",
  "Pneumothorax",
  "Pneumoperitoneum",
] as const;

export type PathologyType = (typeof PATHOLOGY_TYPES)[number];

/** The patient's side, so "right" is drawn at image left; "none" where side means nothing. */
export type Side = "left" | "right" | "bilateral" | "none";
export type Zone = "upper" | "mid" | "lower" | "none";
export type SeverityBin = "none" | "mild" | "moderate" | "severe";

/** What is wrong with one film. */
export interface PhantomPathology {
  readonly type: PathologyType;
  readonly side: Side;
  readonly zone: Zone;
  /** From 0 to 1; thirds are mild, moderate and severe. */
  readonly severity: number;
  /** Fixes the lesion's exact place within its zone and its texture. */
  readonly lesionSeed: number;
}

export const NO_FINDING: PhantomPathology = {
  type: "No Finding",
  side: "none",
  zone: "none",
  severity: 0,
  lesionSeed: 0,
};

/** Where each pathology occurs: every listed side goes with every listed zone, equally often. */
export const PLACEMENTS: Readonly<
  Record<PathologyType, { readonly sides: readonly Side[]; readonly zones: readonly Zone[] }>
> = {
  "No Finding": { sides: ["none"], zones: ["none"] },
  Effusion: { sides: ["left", "right", "bilateral"], zones: ["lower"] },
  Consolidation: { sides: ["left", "right", "bilateral"], zones: ["upper", "mid", "lower"] },
  Cardiomegaly: { sides: ["none"], zones: ["none"] },
  Edema: { sides: ["bilateral"], zones: ["mid", "lower"] },
  Nodule: { sides: ["left", "right"], zones: ["upper", "mid", "lower"] },
  Pneumothorax: { sides: ["left", "right"], zones: ["upper", "lower"] },
  Pneumoperitoneum: { sides: ["left", "right", "bilateral"], zones: ["lower"] },
};

export function severityBin({ type, severity }: PhantomPathology): SeverityBin {
  if (type === "No Finding") return "none";
  return severity < 1 / 3 ? "mild" : severity < 2 / 3 ? "moderate" : "severe";
}

/** Names type, side, zone and severity bin: films with equal cells count as the same pathology. */
export function pathologyCell(pathology: PhantomPathology): string {
  if (pathology.type === "No Finding") return "No Finding";
  return [pathology.type, pathology.side, pathology.zone, severityBin(pathology)].join("/");
}

/** Draws a pathology of one type: side and zone equally likely, severity uniform from 0 to 1. */
export function drawPathology(stream: Key, type: PathologyType): PhantomPathology {
  if (type === "No Finding") return NO_FINDING;
  const { sides, zones } = PLACEMENTS[type];
  const place = randint(foldIn(stream, "place"), 1, { max: sides.length * zones.length })[0]!;
  return {
    type,
    side: sides[place % sides.length]!,
    zone: zones[Math.floor(place / sides.length)]!,
    severity: uniform(foldIn(stream, "severity"), 1)[0]!,
    lesionSeed: Math.floor(uniform(foldIn(stream, "lesion"), 1)[0]! * 2 ** 24),
  };
}

/** Patient sides that a pathology touches, as signs of image x: the patient's right is negative. */
export function imageSides(side: Side): readonly (-1 | 1)[] {
  if (side === "right") return [-1];
  if (side === "left") return [1];
  return side === "bilateral" ? [-1, 1] : [];
}
