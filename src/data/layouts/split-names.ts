/** The part of a data set that a table or column names: "train", "validation" or "test". */
export function splitFromName(name: string): "train" | "validation" | "test" | undefined {
  const word =
    /(?:^|[^a-z])(train|dev(?:elopment)?|val(?:id(?:at(?:e|ion))?)?|test)(?:[^a-z]|$)/i.exec(
      name.replace(/^.*\//, ""),
    )?.[1];
  if (word === undefined) return undefined;
  if (/^train/i.test(word)) return "train";
  return /^test/i.test(word) ? "test" : "validation";
}
