/** How a code lies in its flat vector: a square map, place by place with its channels, then numbers of the whole film. */
export interface CodeLayout {
  /** Places along one side of the map; 0 for a code without one. */
  readonly places: number;
  readonly channels: number;
  /** How many numbers hold for the whole film. */
  readonly whole: number;
}

/** How many numbers a code has in all. */
export function codeWidth({ places, channels, whole }: CodeLayout): number {
  return places ** 2 * channels + whole;
}

/** The size of a denoiser; part of a run's settings. */
export interface DenoiserSettings {
  /**
   * `vector`: dense layers over the flat code, a few MFLOP each: unrolled noise optimization stays interactive. `map`:
   * convolutions over the map, ten times the work.
   */
  readonly form: "vector" | "map";
  readonly layout: CodeLayout;
  /** Numbers of each hidden layer (`vector`), or channels at each place (`map`; a multiple of 8). */
  readonly width: number;
  readonly blocks: number;
  /** Numbers that timestep, condition and identity speak through. */
  readonly contextWidth: number;
  /** The identity code that the denoiser is told; left out where it is told none. */
  readonly identity?: CodeLayout;
}

/** Settings that train in minutes on two cores. */
export function defaultDenoiserSettings(
  layout: CodeLayout,
  {
    form = "vector",
    identity,
  }: { readonly form?: DenoiserSettings["form"]; readonly identity?: CodeLayout } = {},
): DenoiserSettings {
  return {
    form,
    layout,
    width: form === "vector" ? 512 : 64,
    blocks: 4,
    contextWidth: 256,
    ...(identity === undefined ? {} : { identity }),
  };
}
