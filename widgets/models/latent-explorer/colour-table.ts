import { categoryColour, otherColour, sequentialMap } from "../../drawing/category-colours.ts";
import type { ExplorerColours } from "./latent-explorer-protocol.ts";

const accent = [0x56, 0xb4, 0xe9] as const;

/** Darker than all of a scale, whose middle is grey. */
const unknownColour = [0x3d, 0x43, 0x4c] as const;

/** Colours by their places: red, green, blue of each, for `drawPointMap`. */
export function colourTable(
  { kind, names }: Pick<ExplorerColours, "kind" | "names">,
  nearestColour: number,
): Uint8Array {
  switch (kind) {
    case "none":
      return Uint8Array.from(accent);
    case "categories":
      return joined([...names.map((_, place) => categoryColour(place)), otherColour]);
    case "ordered": {
      const { rgb } = sequentialMap(Math.max(2, names.length));
      return joined([
        ...names.map((_, place) => [...rgb.slice(place * 3, place * 3 + 3)]),
        unknownColour,
      ]);
    }
    case "scale":
      return joined([[...sequentialMap(256).rgb], unknownColour]);
    case "same": {
      const rgb = new Uint8Array(65_536 * 3);
      for (let place = 0; place < 65_536; place++) rgb.set(otherColour, place * 3);
      rgb.set(categoryColour(3), nearestColour * 3);
      return rgb;
    }
  }
}

function joined(colours: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(colours.flat());
}
