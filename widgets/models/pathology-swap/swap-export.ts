import { strToU8, zipSync, zlibSync } from "fflate";
import { encodePng } from "../picture/png.ts";
import type { CellPlace, PathologySwapState } from "./pathology-swap-protocol.ts";
import type { SwapCell } from "./swap-cell.ts";

/** One cell as files: what a colleague needs to see it and to make it again. */
export interface ExportedCell {
  /** "patient-2-with-effusion-right". */
  readonly name: string;
  /** 8-bit grey PNGs as they were rendered, without window and level, and `cell.json`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** All files as one ZIP. */
  readonly zip: Uint8Array;
}

/** Packs a cell: films, labels, severity, distances, codes and seed. */
export function exportCell(
  { identities, pathologies, imageSizePx }: PathologySwapState,
  { identity, pathology }: CellPlace,
  cell: Extract<SwapCell, { status: "ready" }>,
): ExportedCell {
  const { label, detail, film } = identities[identity]!;
  const { label: pathologyLabel, detail: pathologyDetail } = pathologies[pathology]!;
  const words = `${label} with the pathology of ${pathologyLabel}`;
  const png = (pixels: Uint8Array, description: string): Uint8Array =>
    encodePng(
      { widthPx: imageSizePx, heightPx: imageSizePx, channels: 1, pixels },
      { deflate: zlibSync, text: { Description: description } },
    );
  const { severity, seed, codes, fromOriginal, fromReconstruction, fromExact } = cell;
  const description = {
    identity: { index: identity, label, detail },
    pathology: { index: pathology, label: pathologyLabel, detail: pathologyDetail, severity },
    imageSizePx,
    side: "the patient's right is at image left",
    seed,
    codes,
    differenceFromOriginal: fromOriginal,
    differenceFromReconstruction: fromReconstruction,
    differenceFromExact: fromExact,
  };
  const optional = { "reconstruction.png": cell.reconstruction, "exact.png": cell.exact };
  const files: Record<string, Uint8Array> = {
    "counterfactual.png": png(cell.image, words),
    "original.png": png(film!, label),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([name, pixels]) =>
        pixels === null ? [] : [[name, png(pixels, `${words}: ${name.slice(0, -4)}`)]],
      ),
    ),
    "cell.json": strToU8(`${JSON.stringify(description, null, 2)}\n`),
  };
  // A fixed time: equal cells give equal files.
  const zip = zipSync(files, { mtime: new Date(2000, 0, 1) });
  return { name: fileName(words), files, zip };
}

function fileName(words: string): string {
  return words
    .replace("the pathology of ", "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 80);
}
