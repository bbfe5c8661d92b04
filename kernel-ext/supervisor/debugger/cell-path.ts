import path from "node:path";

/** How the paths of cells are made; JupyterLab makes them itself from what `debugInfo` says. */
export interface CellPaths {
  readonly hashSeed: number;
  readonly tmpFilePrefix: string;
  readonly tmpFileSuffix: string;
}

/**
 * The paths of one kernel's cells. No such files are written: they only name the text.
 *
 * JupyterLab 4.6 calls a frame "Cell [3]" instead of by its path only where the path contains "ipykernel_".
 */
export function cellPaths(tmpDir: string, pid: number): CellPaths {
  return {
    hashSeed: 0xc70f6907,
    tmpFilePrefix: path.join(tmpDir, `counterlab_ipykernel_${pid}`) + path.sep,
    tmpFileSuffix: ".ts",
  };
}

/** The path that stands for a cell's text. */
export function cellPath(code: string, paths: CellPaths): string {
  return `${paths.tmpFilePrefix}${murmur2(code, paths.hashSeed)}${paths.tmpFileSuffix}`;
}

/** MurmurHash2 (32 bits) of a text's UTF-8 bytes, as an unsigned integer. */
export function murmur2(text: string, seed: number): number {
  const multiplier = 0x5bd1e995;
  const bytes = Buffer.from(text, "utf8");
  const mix = (word: number): number => {
    const mixed = Math.imul(word, multiplier);
    return Math.imul(mixed ^ (mixed >>> 24), multiplier);
  };
  let hash = seed ^ bytes.length;
  const whole = bytes.length - (bytes.length % 4);
  for (let index = 0; index < whole; index += 4) {
    hash = Math.imul(hash, multiplier) ^ mix(bytes.readInt32LE(index));
  }
  if (whole < bytes.length) {
    hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}
