/** The band of intensities (0 to 1) that is spread over black to white. */
export interface WindowLevel {
  /** Intensity shown as middle grey. */
  readonly center: number;
  /** Width of the band; 1 around 0.5 shows everything as it is. */
  readonly width: number;
}

/** Shows every intensity as it is. */
export const fullWindow: WindowLevel = { center: 0.5, width: 1 };

/** Windows that readers choose by what they look for; films carry no physical unit, so these are bands of grey. */
export const windowPresets: readonly (WindowLevel & { readonly name: string })[] = [
  { name: "full range", ...fullWindow },
  { name: "lungs", center: 0.35, width: 0.6 },
  { name: "heart and mediastinum", center: 0.7, width: 0.5 },
  { name: "bones and devices", center: 0.85, width: 0.3 },
  { name: "soft contrast", center: 0.5, width: 1.6 },
];

/** Narrower than this, neighbouring byte values would jump from black to white. */
export const smallestWindowWidth = 0.02;

/** Keeps a window usable: centre within 0 to 1, width from `smallestWindowWidth` to 2. */
export function clampWindow({ center, width }: WindowLevel): WindowLevel {
  return {
    center: Math.min(1, Math.max(0, center)),
    width: Math.min(2, Math.max(smallestWindowWidth, width)),
  };
}

/** For each byte of a film the byte to show: grey = (intensity − center) / width + 1/2, clamped. */
export function windowLookup({ center, width }: WindowLevel): Uint8Array {
  const lookup = new Uint8ClampedArray(256);
  for (let byte = 0; byte < 256; byte++) {
    lookup[byte] = ((byte / 255 - center) / width + 0.5) * 255;
  }
  return new Uint8Array(lookup.buffer);
}
