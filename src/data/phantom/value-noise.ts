import { foldIn, key, uniform } from "../../engine/random.ts";
import type { Grid } from "./grid.ts";

/**
 * Fractal value noise in patient coordinates, about -1 to 1, mean near 0: octaves of smoothly
 * interpolated random lattices. Equal seeds give the same pattern at every film size.
 *
 * @param cells Lattice cells across the film in the first octave; each further octave has twice as many.
 * @param gain Amplitude of each octave relative to the one before.
 */
export function fractalNoise(
  grid: Grid,
  seed: number,
  { cells, octaves, gain = 0.6 }: { cells: number; octaves: number; gain?: number },
): Float32Array {
  const out = new Float32Array(grid.x.length);
  let amplitude = 1;
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    addLattice(out, grid, seed, cells * 2 ** octave, amplitude);
    total += amplitude;
    amplitude *= gain;
  }
  for (let i = 0; i < out.length; i++) out[i]! /= total;
  return out;
}

function addLattice(
  out: Float32Array,
  grid: Grid,
  seed: number,
  cells: number,
  amplitude: number,
): void {
  // Two spare cells on each side: rotation moves the corners out of [-1, 1].
  const side = cells + 5;
  const stream = foldIn(foldIn(key(seed), "noise"), cells);
  const lattice = uniform(stream, side * side, { min: -amplitude, max: amplitude });
  const scale = cells / 2;
  const { x, y } = grid;
  for (let i = 0; i < out.length; i++) {
    const u = (x[i]! + 1) * scale + 2;
    const v = (y[i]! + 1) * scale + 2;
    const column = Math.floor(u);
    const row = Math.floor(v);
    const fu = u - column;
    const fv = v - row;
    const su = fu * fu * (3 - 2 * fu);
    const sv = fv * fv * (3 - 2 * fv);
    const at = row * side + column;
    const top = lattice[at]! + (lattice[at + 1]! - lattice[at]!) * su;
    const bottom = lattice[at + side]! + (lattice[at + side + 1]! - lattice[at + side]!) * su;
    out[i]! += top + (bottom - top) * sv;
  }
}
