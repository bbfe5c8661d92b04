/** What a report may state: the fourteen labels of NIH ChestX-ray14, and the phantom's free air. */
export const FINDING_NAMES = [
  "Atelectasis",
  "Cardiomegaly",
  "Effusion",
  "Infiltration",
  "Mass",
  "Nodule",
  "Pneumonia",
  "Pneumothorax",
  "Consolidation",
  "Edema",
  "Emphysema",
  "Fibrosis",
  "Pleural_Thickening",
  "Hernia",
  "Pneumoperitoneum",
] as const;

export type FindingName = (typeof FINDING_NAMES)[number];

/**
 * CheXpert's fourteen observations in our names (Irvin et al. 2019, arXiv:1901.07031); null where ours
 * have no counterpart. Its Lung Lesion holds nodules and masses: it becomes the commoner.
 */
export const FINDING_FROM_CHEXPERT: Readonly<Record<string, FindingName | null>> = {
  "No Finding": null,
  "Enlarged Cardiomediastinum": null,
  Cardiomegaly: "Cardiomegaly",
  "Lung Lesion": "Nodule",
  "Lung Opacity": "Infiltration",
  Edema: "Edema",
  Consolidation: "Consolidation",
  Pneumonia: "Pneumonia",
  Atelectasis: "Atelectasis",
  Pneumothorax: "Pneumothorax",
  "Pleural Effusion": "Effusion",
  "Pleural Other": "Pleural_Thickening",
  Fracture: null,
  "Support Devices": null,
};

const BY_SPELLING: ReadonlyMap<string, FindingName | null> = new Map<string, FindingName | null>([
  ...Object.entries(FINDING_FROM_CHEXPERT).map(([name, ours]) => [spelling(name), ours] as const),
  ...FINDING_NAMES.map((name) => [spelling(name), name] as const),
]);

/** Our name for a label in any spelling of NIH's or CheXpert's; null where there is none. */
export function findingNameFrom(label: string): FindingName | null {
  return BY_SPELLING.get(spelling(label)) ?? null;
}

function spelling(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z]+/g, " ")
    .trim();
}
