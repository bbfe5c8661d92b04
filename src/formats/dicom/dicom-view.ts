/**
 * The view of a film from what a DICOM file may say of it: its view position, else its view code's meaning, else the
 * series description; in capitals. Undefined where none names one.
 */
export function describeView({
  position,
  code,
  series,
}: {
  readonly position: string | undefined;
  readonly code: string | undefined;
  readonly series: string | undefined;
}): string | undefined {
  if (position !== undefined && position !== "") return position.toUpperCase();
  return viewFromWords(code) ?? viewFromWords(series);
}

function viewFromWords(words: string | undefined): string | undefined {
  if (words === undefined) return undefined;
  if (/\b(?:PA|postero-?\s?anterior)\b/i.test(words)) return "PA";
  if (/\b(?:AP|antero-?\s?posterior)\b/i.test(words)) return "AP";
  return /\blat(?:eral)?\b/i.test(words) ? "LATERAL" : undefined;
}
