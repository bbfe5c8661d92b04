import type { FindingName } from "./finding-names.ts";

/**
 * How far a term goes by itself: `named` says the finding; `hinted` says something that may be it (an
 * airspace opacity, a blunted angle); `normal` denies it ("heart size is normal").
 */
export type TermStrength = "named" | "hinted" | "normal";

export interface FindingTerm {
  readonly strength: TermStrength;
  readonly pattern: RegExp;
}

/** The terms of one finding; a text without any of its stems has none of them. */
export interface FindingVocabulary {
  readonly name: FindingName;
  readonly stems: readonly string[];
  readonly terms: readonly FindingTerm[];
}

const HEART = String.raw`(?:heart|cardiac|cardio ?mediastinal|cardiopericardial)(?: (?:silhouettes?|size|shadow|contours?|fluid|xxxx|outline))*`;
const NOT_HEART =
  "lungs?|aort\\w+|hil\\w+|vascul\\w+|vessels?|arter\\w+|atri\\w+|ventric\\w+|effusions?|hernia|knob|root|lymph";
/** Up to eight words that leave the heart the subject. */
const STILL = String.raw`(?:[\s,:]+(?!(?:${NOT_HEART}|normal|but|with|no)\b)[\w/-]+){0,8}?[\s,:]+`;
const THIRD = "(?:upper|mid|middle|lower)";

const named = (source: string): FindingTerm => term("named", source);
const hinted = (source: string): FindingTerm => term("hinted", source);
const normal = (source: string): FindingTerm => term("normal", source);

function term(strength: TermStrength, source: string): FindingTerm {
  return { strength, pattern: new RegExp(String.raw`\b(?:${source})`, "g") };
}

/** What findings are called, in lower case. Where two terms overlap the earlier row wins. */
export const FINDING_TERMS: readonly FindingVocabulary[] = [
  {
    name: "Atelectasis",
    stems: ["atelect", "collaps"],
    terms: [
      named(String.raw`atelect\w+`),
      named(
        String.raw`(?:partial |complete |near[- ]complete )*collapsed? (?:of (?:\w+ ){0,4}?)?(?:(?:the|left|right|entire|upper|middle|lower) )*(?:lungs?|lobes?)\b`,
      ),
      named(String.raw`(?:lung|lobe|lobar|segmental) collapse`),
    ],
  },
  {
    name: "Cardiomegaly",
    stems: ["cardi", "heart"],
    terms: [
      named(String.raw`cardiomegaly|megalocardia`),
      named(String.raw`(?:enlargement|increase in (?:the )?size) of (?:the )?${HEART}`),
      named(String.raw`(?:heart|cardiac) (?:silhouette |size )?enlargement`),
      named(
        String.raw`enlarged (?:\w+ )?(?:heart|cardiac|cardiomediastinal)(?: silhouette| size| shadow)?`,
      ),
      named(String.raw`${HEART}${STILL}(?:enlarged|large|borderline)\b(?! normal)`),
      named(String.raw`borderline (?:heart|cardiac) size`),
      normal(
        String.raw`${HEART}(?:[\s,]+(?:and|is|are|of|at|in|size|appears?|remains?|the|mediastin\w+|vascul\w+|pulmonary|contours?|silhouettes?|lungs|within|upper|limits?|stable|near|xxxx|hil\w+|configuration|otherwise|grossly))*[\s,]+(?:normal|unremarkable)`,
      ),
      normal(
        String.raw`normal (?:size of the )?(?:heart|cardiac|cardiomediastinal)(?: size| silhouette| contour)*`,
      ),
    ],
  },
  {
    name: "Edema",
    stems: ["edema"],
    terms: [
      // Congestion and the edema it goes with are one thing to grade.
      named(String.raw`(?:vascular|venous) congestion with (?:\w+ ){0,4}?edema`),
      named(
        String.raw`(?<!(?:soft tissue|subcutaneous|peripheral|leg|laryngeal|pedal) )(?:o?edema)(?:tous)?\b`,
      ),
    ],
  },
  {
    name: "Effusion",
    stems: ["effusion", "fluid", "thorax", "costophrenic", "blunt"],
    terms: [
      named(String.raw`(?:pleural (?:and|or|and/or) pericardial )effusions?`),
      named(String.raw`(?<!(?:pericardial|joint) )(?:pleural )?effusions?\b`),
      named(String.raw`(?:loculated |free )?pleural (?:space )?fluid`),
      named(
        String.raw`fluid (?:collection )?(?:with)?in (?:the )?(?:\w+ ){0,2}(?:fissures?|pleural spaces?|pleura)`,
      ),
      named(String.raw`(?:hydro|haemo|hemo)(?:thorax)\b`),
      named(String.raw`hydropneumothorax`),
      hinted(
        String.raw`blunt\w+(?: \w+){0,6}? (?:costophrenic|costodiaphragmatic|posterior|cp)(?: \w+)? (?:angles?|sul\w+|recess\w*|xxxx)`,
      ),
      hinted(
        String.raw`(?:costophrenic|cp) (?:angles?|sul\w+|recess\w*|xxxx)(?: \w+){0,4}? blunt\w+`,
      ),
      normal(
        String.raw`(?:costophrenic|cp) (?:angles?|sul\w+|recess\w*)(?: \w+){0,3}? (?:clear|sharp|preserved|normal)`,
      ),
    ],
  },
  {
    name: "Emphysema",
    stems: ["emphys", "copd", "obstructive"],
    terms: [
      named(
        String.raw`(?<!(?:subcutaneous|mediastinal|tissue|surgical|cutaneous|wall) )emphysem\w+`,
      ),
      hinted(String.raw`copd\b|chronic obstructive (?:pulmonary|lung|airways?) disease`),
    ],
  },
  {
    name: "Fibrosis",
    stems: ["fibro"],
    terms: [named(String.raw`(?<!cystic )(?:fibrosis|fibrotic|fibroses)\b`)],
  },
  {
    name: "Hernia",
    stems: ["hernia"],
    terms: [
      named(String.raw`(?<!(?:inguinal|umbilical|ventral|incisional|abdominal wall) )hernias?\b`),
    ],
  },
  {
    name: "Infiltration",
    stems: ["infiltrat"],
    terms: [named(String.raw`infiltrat\w+`)],
  },
  {
    name: "Pneumoperitoneum",
    stems: ["peritone", "air", "gas"],
    terms: [
      named(String.raw`pneumoperitoneum`),
      named(
        String.raw`(?:free )?(?:intraperitoneal|subdiaphragmatic|sub-diaphragmatic|intra-abdominal|intraabdominal|peritoneal) (?:free )?(?:air|gas)`,
      ),
      named(
        String.raw`free (?:air|gas)(?: \w+){0,3}? (?:under|underneath|beneath|below)(?: \w+){0,2}? (?:hemi)?diaphragms?`,
      ),
      named(String.raw`free (?:air|gas)\b`),
    ],
  },
  {
    name: "Mass",
    stems: ["mass"],
    terms: [
      named(String.raw`(?<!body )(?:(?:lung |pulmonary |pleural )?mass(?:es)?)\b(?! effect)`),
    ],
  },
  {
    name: "Nodule",
    stems: ["nodul", "lesion"],
    terms: [
      // A nodular opacity is only a possible nodule; said of a zone, as of a phantom's film, it is one.
      named(String.raw`(?<!thyroid )nodules?\b`),
      named(String.raw`(?<=${THIRD} zone )nodular (?:opacity|opacities|densit\w+)`),
      named(String.raw`round(?:ed)? (?:lung |pulmonary )?lesions?`),
      hinted(String.raw`nodular (?:\w+ )?(?:opacity|opacities|densit\w+|lesions?)`),
    ],
  },
  {
    name: "Pleural_Thickening",
    stems: ["thicken"],
    terms: [
      named(String.raw`(?:pleural|fissural|pleuroparenchymal|apical|biapical)(?: \w+)? thickening`),
      named(
        String.raw`thickening (?:of|in|along|within) (?:the )?(?:\w+ ){0,3}?(?:pleura\w*|fissures?)`,
      ),
    ],
  },
  {
    name: "Pneumothorax",
    stems: ["pneumothora", "ptx"],
    terms: [named(String.raw`(?:hydro)?pneumothora\w+|ptx\b`)],
  },
  {
    name: "Pneumonia",
    stems: ["pneumoni"],
    terms: [named(String.raw`(?:broncho)?pneumonias?\b|pneumonitis|pneumonic`)],
  },
  {
    name: "Consolidation",
    stems: ["consolidat", "opacit", "air", "alveolar"],
    terms: [
      // Likewise an opacity said of a lung zone; of a lobe or base it is unspecific.
      named(String.raw`consolidat\w+`),
      named(String.raw`(?<=${THIRD} (?:lung )?zone )(?:air ?space )?opacit\w+`),
      named(String.raw`(?<=${THIRD} lung )(?:air ?space )?opacit\w+`),
      named(
        String.raw`air ?space opacit\w+(?= in the (?:left |right )?${THIRD} lung\b(?! (?:lobe|base)))`,
      ),
      hinted(String.raw`(?:air[- ]?space|alveolar) (?:disease|opacit\w+|process|densit\w+)`),
    ],
  },
];
