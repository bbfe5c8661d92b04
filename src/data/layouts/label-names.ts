/**
 * Labels of published data sets that mean one of our finding names and nothing else, in lower case. Broader ones (Lung
 * Opacity, Lung Lesion, Pleural Other) keep their own names: which finding they are, nobody can say.
 */
const OURS: Readonly<Record<string, string>> = {
  "no finding": "No Finding",
  normal: "No Finding",
  "pleural effusion": "Effusion",
  effusion: "Effusion",
  atelectasis: "Atelectasis",
  cardiomegaly: "Cardiomegaly",
  infiltration: "Infiltration",
  infiltrates: "Infiltration",
  mass: "Mass",
  "pulmonary mass": "Mass",
  nodule: "Nodule",
  pneumonia: "Pneumonia",
  pneumothorax: "Pneumothorax",
  consolidation: "Consolidation",
  edema: "Edema",
  "pulmonary edema": "Edema",
  emphysema: "Emphysema",
  fibrosis: "Fibrosis",
  "pulmonary fibrosis": "Fibrosis",
  // MedMNIST shortens it.
  pleural: "Pleural_Thickening",
  "pleural thickening": "Pleural_Thickening",
  hernia: "Hernia",
  "hiatal hernia": "Hernia",
  pneumoperitoneum: "Pneumoperitoneum",
};

/** Our name for a published label, or the label itself. */
export function ownLabelName(label: string): string {
  return OURS[label.trim().toLowerCase().replaceAll("_", " ")] ?? label.trim();
}
