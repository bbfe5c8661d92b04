import type { CodeGroup } from "./latent-explorer-protocol.ts";

/** "pathology code"; a group that is called "code" needs no more. */
export function groupCodesName({ name }: Pick<CodeGroup, "name">): string {
  return name === "code" ? name : `${name} code`;
}
