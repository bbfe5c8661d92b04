import type {
  ExplorerColours,
  LatentExplorerState,
  NearestFilm,
} from "./latent-explorer-protocol.ts";

/** "1,234 films" whatever the machine's language. */
export function filmCountWords(count: number): string {
  return `${count.toLocaleString("en")} film${count === 1 ? "" : "s"}`;
}

/** "principal components of all codes". */
export function mapWords(
  { map, mapGroup }: Pick<LatentExplorerState, "map" | "mapGroup">,
  axisNames: readonly [string, string],
): string {
  const codes = mapGroup === "" ? "all codes" : `the ${mapGroup} codes`;
  switch (map) {
    case "pca":
      return `principal components of ${codes}`;
    case "umap":
      return `UMAP of ${codes}`;
    case "axes":
      return `${axisNames[0]} by ${axisNames[1]}`;
  }
}

/** "Nearest film: film 12 (finding: Effusion)." */
export function nearestWords({ label, facts }: NearestFilm): string {
  return `Nearest film: ${label}${facts === "" ? "" : ` (${facts})`}.`;
}

/** The whole explorer in words, for readers who do not see it. */
export function latentExplorerWords(
  state: LatentExplorerState,
  seen: {
    readonly axisNames: readonly [string, string];
    readonly colours: ExplorerColours;
    readonly nearest: NearestFilm;
    readonly fault: string;
  },
): string {
  const { title, filmCount, selectedCount } = state;
  const { colours, fault } = seen;
  const counts = colours.names
    .map((name, place) => `${name} ${colours.counts[place]!}`)
    .slice(0, 8);
  const colouring =
    colours.kind === "none"
      ? ""
      : `, coloured by ${colours.column}${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`;
  return [
    `${title === "" ? "" : `${title}. `}Map of the codes of ${filmCountWords(filmCount)} by ${mapWords(state, seen.axisNames)}${colouring}.`,
    fault === ""
      ? `Beside it the film decoded at the cursor. ${nearestWords(seen.nearest)}`
      : `The code at the cursor could not be decoded: ${fault}`,
    selectedCount === 0 ? "" : `${filmCountWords(selectedCount)} selected.`,
  ]
    .filter((words) => words !== "")
    .join(" ");
}
