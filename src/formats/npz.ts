import { unzipSync, zipSync } from "fflate";
import type { NumberArray } from "./array-types.ts";
import { FormatError } from "./format-error.ts";
import { readNpy, writeNpy } from "./npy.ts";

/**
 * Reads a NumPy .npz archive: its arrays by name, without the ".npy".
 *
 * @param only Which arrays to unpack; all when omitted.
 * @throws FormatError when the bytes are no zip archive or an array cannot be read.
 */
export function readNpz(
  bytes: Uint8Array,
  { only = () => true }: { readonly only?: (name: string) => boolean } = {},
): Record<string, NumberArray> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, { filter: ({ name }) => only(name.replace(/\.npy$/, "")) });
  } catch (cause) {
    throw new FormatError("npz", "the bytes are no zip archive, or a damaged one", {
      fix: "Give a file written by numpy.savez or numpy.savez_compressed.",
      cause,
    });
  }
  return Object.fromEntries(
    Object.entries(files)
      .filter(([name]) => name.endsWith(".npy"))
      .map(([name, content]) => [name.slice(0, -".npy".length), readNpy(content)]),
  );
}

/** Names of the arrays of a NumPy .npz archive, none of them unpacked. */
export function npzNames(bytes: Uint8Array): string[] {
  const names: string[] = [];
  readNpz(bytes, {
    only: (name) => {
      names.push(name);
      return false;
    },
  });
  return names;
}

/** Writes a compressed NumPy .npz archive; equal arrays give equal bytes. */
export function writeNpz(arrays: Readonly<Record<string, NumberArray>>): Uint8Array {
  const files = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)]),
  );
  // A fixed date, or the same arrays would give other bytes tomorrow.
  return zipSync(files, { mtime: "1980-01-02" });
}
