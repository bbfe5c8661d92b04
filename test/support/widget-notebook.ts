import { sampleReport } from "./sample-report.ts";

/** What each cell of the notebook holds; its place among the cells. */
export const widgetCell = {
  explorer: 1,
  swap: 2,
  noise: 3,
  training: 4,
  report: 5,
  controls: 6,
  answers: 7,
} as const;

/**
 * A notebook with each widget of ours and some core controls, as a reader would write it. Films, codes, search and training are made up by the
 * cells, so that a test needs no data and knows the numbers; nothing waits, so that the cells below run.
 */
export const widgetNotebook: readonly string[] = [
  `import { extractFindings, FINDING_NAMES } from "counterlab";
import {
  FloatSlider, Image, IntSlider, LatentExplorer, NoiseTrajectory, PathologySwap, ReportReader, TrainingMonitor, VBox,
} from "counterlab/widgets";

const sizePx = 64;
/** Two dark lungs, a heart to the image right, ribs; a round lesion in the patient's right lower zone. */
function film(seed: number, lesion = 0): Float32Array {
  return Float32Array.from({ length: sizePx * sizePx }, (_, index) => {
    const [u, v] = [(index % sizePx) / (sizePx - 1), Math.floor(index / sizePx) / (sizePx - 1)];
    const lung = (x: number) => Math.exp(-(((u - x) / (0.17 + 0.02 * seed)) ** 2) - ((v - 0.45) / 0.3) ** 4);
    const heart = Math.exp(-(((u - 0.57) / 0.14) ** 2) - ((v - 0.62) / 0.16) ** 2);
    const ribs = 0.04 * Math.sin(v * 40 + Math.abs(u - 0.5) * 14 + seed);
    const spot = Math.exp(-((Math.hypot(u - 0.27, v - 0.68) / 0.12) ** 4));
    return 0.78 - 0.12 * v - 0.52 * Math.max(lung(0.28), lung(0.72)) + 0.35 * heart + ribs + lesion * spot;
  });
}`,
  `const films = 600;
const codes = Float32Array.from({ length: films * 3 }, (_, at) => {
  const one = Math.floor(at / 3);
  return Math.sin(one * [12.9, 78.2, 37.7][at % 3]! + at) + (at % 3 === 1 ? 2.2 * ((one % 3) - 1) : 0);
});
const explorer = new LatentExplorer({
  codes, imageSizePx: sizePx, title: "Codes of sample films",
  decode: (code: Float32Array) => film(code[0]!, 0.2 * Math.max(0, code[1]!)),
  groups: [{ name: "identity", width: 1 }, { name: "pathology", width: 2 }],
  columns: { severity: Array.from({ length: films }, (_, one) => ["none", "mild", "severe"][one % 3]!) },
});
explorer`,
  `const grid = new PathologySwap({
  imageSizePx: sizePx, title: "Sample swaps",
  identities: [0, 1, 2].map((seed) => ({ label: \`Patient \${seed + 1}\`, image: film(seed) })),
  pathologies: ["No finding", "Small effusion", "Large effusion"].map((label, at) => ({ label, image: film(3, 0.2 * at) })),
  counterfactual: async (identity, pathology) => film(identity, pathology * 0.2),
});
grid`,
  `async function* search(callsPerIteration: number, floor: number) {
  const best = { objective: new Float32Array(2), iteration: new Int32Array(2), noise: new Float32Array(8), latents: new Float32Array(8) };
  for (let iteration = 0; iteration <= 400; iteration++) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    const objective = Float32Array.of(floor + 1 / (1 + iteration), floor + 2 / (1 + iteration));
    best.objective.set(objective);
    best.iteration.fill(iteration);
    const latents = Float32Array.from({ length: 8 }, (_, at) => Math.sin(at * 2 + iteration / 9));
    yield {
      iteration, totalIterations: 400, objective, terms: { classifier: objective }, noiseNorm: Float32Array.of(2, 2),
      noise: latents, latents, best, networkCalls: (iteration + 1) * callsPerIteration,
      films: async () => Float32Array.of(...film(0, Math.min(0.4, iteration / 100)), ...film(1, Math.min(0.4, iteration / 100))),
    };
  }
}
const watched = new NoiseTrajectory({
  search: search(2, 0), control: () => search(1, 0.3), imageSizePx: sizePx, title: "Sample search",
});
void watched.run();
watched`,
  `const listeners = new Set<() => void>();
const history = Array.from({ length: 400 }, (_, at) => {
  const wave = 1 + 0.15 * Math.sin(at * 1.7);
  return { step: at + 1, loss: wave * (at + 1) ** -0.35 + 0.2, reconstruction: 0.5 * wave * (at + 1) ** -0.4, noop: wave * (at + 1) ** -0.3 };
});
const training = {
  out: "runs/sample", history,
  status: {
    phase: "running", step: 400, totalSteps: 1000, loss: history.at(-1)!.loss, filmsPerSecond: 96,
    etaSeconds: 150, learningRate: 0.002, message: "",
  },
  turn(phase: string) {
    training.status = { ...training.status, phase };
    for (const listener of listeners) listener();
    return Promise.resolve();
  },
  pause: () => training.turn("paused"),
  resume: () => training.turn("running"),
  stop: () => training.turn("stopped"),
  setLearningRate: async (learningRate: number) => { training.status = { ...training.status, learningRate }; },
  sample: async () => { throw new Error("The sample training has no films."); },
  onChange(listener: () => void) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};
new TrainingMonitor(training, { title: "Sample training" })`,
  `const text = ${JSON.stringify(sampleReport)};
const reader = new ReportReader({
  text, findings: extractFindings({ report: "1", text }).findings, names: FINDING_NAMES, title: "Sample report",
  film: { image: film(1, 0.3), imageSizePx: sizePx, caption: "Generated from the findings" },
});
reader`,
  `const size = new IntSlider({ value: 7, max: 10, description: "Size" });
const box = new VBox([size, new FloatSlider({ value: 0.5, max: 1, description: "Scale" })]);
box`,
  `[
  explorer.selection.length, grid.selected.identity, grid.selected.pathology, watched.kept.length, training.status.phase,
  reader.corrections.length, size.value,
].join(" ")`,
];
