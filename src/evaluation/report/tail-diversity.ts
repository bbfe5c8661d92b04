/** Diversity of a class's films, and of as many real ones. */
interface ClassDiversity {
  readonly type?: unknown;
  readonly diversity?: unknown;
  readonly realDiversity?: unknown;
}

/** Diversity of the tail's films as a share of what real films have. */
export function tailShareOfReal(
  classes: readonly ClassDiversity[],
  tailClasses: readonly string[],
): number {
  const tail = classes.filter(({ type }) => tailClasses.includes(String(type)));
  const sum = (which: "diversity" | "realDiversity") =>
    tail.reduce((total, own) => total + Number(own[which]), 0);
  return sum("diversity") / sum("realDiversity");
}
