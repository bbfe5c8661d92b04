import type { CodeStream } from "./code-streams.ts";

/** Where the diffusion models of an autoencoder's run are kept: runs of their own within its folder. */
export function diffusionFolder(runFolder: string, stream: CodeStream): string {
  return `${runFolder}/diffusion-${stream}`;
}
