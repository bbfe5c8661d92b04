import type { NoiseProgram } from "./noise-program.ts";
import type { BestNoise, NoiseIteration } from "./optimize-noise.ts";
import { rowNorms } from "./row-optimizers.ts";

/**
 * The control: draws fresh noise again and again and keeps each sample's best, for as many network calls as an optimization
 * took. What optimization is worth is what it gains over this. The `imageselect` baseline of ReNO (Eyring et al. 2024, arXiv:2406.04312).
 *
 * @param program Compiled with `withGradient: false`, form "noise", so that a candidate costs one forward pass a step.
 * @param options `draw`: noise of one candidate for every sample. `networkCalls`: the budget of one sample.
 * @throws RangeError when the budget does not pay for one candidate.
 */
export async function* bestOfNoise({
  program,
  inputs,
  draw,
  networkCalls,
}: {
  readonly program: NoiseProgram;
  readonly inputs: Readonly<Record<string, Float32Array>>;
  readonly draw: (candidate: number) => Float32Array;
  readonly networkCalls: number;
}): AsyncGenerator<NoiseIteration, void, void> {
  const { batch, width, callsPerIteration } = program;
  const candidates = Math.floor(networkCalls / callsPerIteration);
  if (candidates < 1) {
    throw new RangeError(
      `bestOfNoise: ${networkCalls} network calls do not pay for one candidate of ${callsPerIteration}.`,
    );
  }
  const best: BestNoise = {
    objective: new Float32Array(batch).fill(Infinity),
    iteration: new Int32Array(batch),
    noise: new Float32Array(batch * width),
    latents: new Float32Array(batch * width),
  };
  const active = new Array<boolean>(batch).fill(true);
  for (let candidate = 0; candidate < candidates; candidate++) {
    const drawn = draw(candidate);
    const { objective, terms, noise, latents } = await program.evaluate(drawn, drawn, inputs);
    for (let row = 0; row < batch; row++) {
      if (!(objective[row]! < best.objective[row]!)) continue;
      best.objective[row] = objective[row]!;
      best.iteration[row] = candidate;
      const [begin, end] = [row * width, (row + 1) * width];
      best.noise.set(noise.subarray(begin, end), begin);
      best.latents.set(latents.subarray(begin, end), begin);
    }
    yield {
      objective,
      terms,
      noise,
      latents,
      iteration: candidate,
      totalIterations: candidates - 1,
      noiseNorm: rowNorms(noise, width),
      best,
      active,
      networkCalls: (candidate + 1) * callsPerIteration,
    };
  }
}
