// What the kernel side and the views of the noise trajectory say to each other.

export type SearchPhase = "waiting" | "running" | "control" | "stopped" | "finished" | "failed";

/** Which vectors the plane shows: what the sampler ends in, or the initial noise itself. */
export type PlaneSpace = "latents" | "noise";

/** What a reader kept: the best noise of one sample when the button was pressed. */
export interface KeptNoise {
  readonly sample: number;
  readonly iteration: number;
  readonly objective: number;
}

/** Synced state, beside what every visible widget has. */
export interface NoiseTrajectoryState {
  readonly title: string;
  /** Films are square; 0 when the search gives none. */
  readonly imageSizePx: number;
  readonly phase: SearchPhase;
  /** A reader asked for the end, and the iteration under way is not done yet. */
  readonly isStopping: boolean;
  /** Why it failed. */
  readonly message: string;
  /** Samples that are followed: the first ones of the batch. */
  readonly samples: number;
  readonly termNames: readonly string[];
  readonly totalIterations: number;
  /** Rows of `recordWidth` numbers, see `recordsOf`: Float32Array as bytes. */
  readonly records: Uint8Array;
  /** Rows of network calls and each sample's best objective so far of the control: Float32Array as bytes. */
  readonly control: Uint8Array;
  readonly space: PlaneSpace;
  /** Rows of `planeWidth` numbers, see `planePoints`: Float32Array as bytes. */
  readonly plane: Uint8Array;
  readonly selectedSample: number;
  readonly kept: readonly KeptNoise[];
}

/** One sample after one evaluation. */
export interface SampleRecord {
  readonly iteration: number;
  readonly sample: number;
  readonly networkCalls: number;
  readonly objective: number;
  readonly best: number;
  readonly noiseNorm: number;
  /** In the order of `termNames`. */
  readonly terms: readonly number[];
}

/** One point of the plane: an iterate of the search, or a candidate of the control. */
export interface PlanePoint {
  readonly isControl: boolean;
  readonly iteration: number;
  readonly sample: number;
  readonly x: number;
  readonly y: number;
}

/** A film of the search; iteration `controlFilm` is the control's best. */
export interface SearchFrame {
  readonly iteration: number;
  readonly sample: number;
}

export const controlFilm = -1;

/** Kernel to views: films are the buffers of the message, one a frame. */
export interface NoiseTrajectoryUpdate {
  readonly type: "frames";
  readonly sequence: number;
  readonly frames: readonly SearchFrame[];
}

/** View to kernel. */
export type NoiseTrajectoryRequest =
  /** A view came: send it all films. */
  | { readonly type: "hello" }
  | { readonly type: "drawn"; readonly sequence: number }
  | { readonly type: "stop" }
  | { readonly type: "keep"; readonly sample: number };

const fixedNumbers = 6;

/** Packs records for the wire. */
export function packRecords(records: readonly SampleRecord[]): Uint8Array {
  const rows = records.map(
    ({ iteration, sample, networkCalls, objective, best, noiseNorm, terms }) => [
      ...[iteration, sample, networkCalls, objective, best, noiseNorm],
      ...terms,
    ],
  );
  return packFloats(rows.flat());
}

export function recordsOf({
  records,
  termNames,
}: Pick<NoiseTrajectoryState, "records" | "termNames">): SampleRecord[] {
  return rowsOf(records, fixedNumbers + termNames.length).map(
    ([iteration, sample, networkCalls, objective, best, noiseNorm, ...terms]) => ({
      ...{ iteration: iteration!, sample: sample!, networkCalls: networkCalls! },
      ...{ objective: objective!, best: best!, noiseNorm: noiseNorm!, terms },
    }),
  );
}

export function packPlane(points: readonly PlanePoint[]): Uint8Array {
  return packFloats(
    points.flatMap(({ isControl, iteration, sample, x, y }) => [
      ...[Number(isControl), iteration, sample],
      ...[x, y],
    ]),
  );
}

export function planePoints({ plane }: Pick<NoiseTrajectoryState, "plane">): PlanePoint[] {
  return rowsOf(plane, 5).map(([isControl, iteration, sample, x, y]) => ({
    ...{ isControl: isControl === 1, iteration: iteration!, sample: sample! },
    ...{ x: x!, y: y! },
  }));
}

/** Network calls, then each sample's best so far. */
export function controlRows({
  control,
  samples,
}: Pick<NoiseTrajectoryState, "control" | "samples">): number[][] {
  return rowsOf(control, 1 + samples);
}

export function packFloats(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(numbers).buffer);
}

function rowsOf(bytes: Uint8Array, width: number): number[][] {
  // A copy: bytes that came over the wire may begin anywhere.
  const values = new Float32Array(bytes.slice().buffer);
  return Array.from({ length: Math.floor(values.length / width) }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}
