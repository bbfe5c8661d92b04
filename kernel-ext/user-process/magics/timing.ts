// Imported, because a cell may replace the globals, e.g. by a fake clock.
import { performance } from "node:perf_hooks";

/** A clock that was started. */
export interface Timer {
  readonly wallMs: number;
  readonly cpu: NodeJS.CpuUsage;
}

export function startTimer(): Timer {
  return { wallMs: performance.now(), cpu: process.cpuUsage() };
}

/** How long it is since a timer was started, as IPython writes it. */
export function describeTimer({ wallMs, cpu }: Timer): string {
  const passedMs = performance.now() - wallMs;
  const { user, system } = process.cpuUsage(cpu);
  const ms = (microseconds: number): string => formatDuration(microseconds / 1e3);
  return `CPU times: user ${ms(user)}, sys: ${ms(system)}, total: ${ms(user + system)}\nWall time: ${formatDuration(passedMs)}\n`;
}

/** Three significant digits, in the unit that suits them. */
export function formatDuration(ms: number): string {
  if (ms >= 60_000) {
    const seconds = Math.round(ms / 1000);
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const [scale, unit] =
    ms >= 1000 ? [1e-3, "s"] : ms >= 1 ? [1, "ms"] : ms >= 1e-3 ? [1e3, "µs"] : [1e6, "ns"];
  return `${Number((ms * scale).toPrecision(3))} ${unit}`;
}

export interface TimeitOptions {
  /** Runs in one repeat; as many as take a tenth of a second when omitted. */
  readonly loops?: number;
  readonly repeats?: number;
}

const longEnoughMs = 100;
const mostLoops = 1e8;

/** Measures a function, which may return a promise: the mean time of one call and its spread over the repeats. */
export function timeit(
  run: () => unknown,
  { loops, repeats = 7 }: TimeitOptions,
): string | Promise<string> {
  const first = run();
  return first instanceof Promise
    ? first.then(() => timeitAsync(run as () => Promise<unknown>, { loops, repeats }))
    : timeitSync(run, { loops, repeats });
}

interface Plan {
  readonly loops: number | undefined;
  readonly repeats: number;
}

function timeitSync(run: () => unknown, { loops, repeats }: Plan): string {
  const measure = (count: number): number => {
    const start = performance.now();
    for (let i = 0; i < count; i += 1) run();
    return performance.now() - start;
  };
  let count = loops ?? 1;
  if (loops === undefined) while (measure(count) < longEnoughMs && count < mostLoops) count *= 10;
  return describe(
    Array.from({ length: repeats }, () => measure(count) / count),
    count,
  );
}

async function timeitAsync(run: () => Promise<unknown>, { loops, repeats }: Plan): Promise<string> {
  const measure = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < count; i += 1) await run();
    return performance.now() - start;
  };
  let count = loops ?? 1;
  if (loops === undefined) {
    while ((await measure(count)) < longEnoughMs && count < mostLoops) count *= 10;
  }
  const times: number[] = [];
  for (let i = 0; i < repeats; i += 1) times.push((await measure(count)) / count);
  return describe(times, count);
}

function describe(times: readonly number[], loops: number): string {
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const variance = times.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / times.length;
  const runs = `${times.length} run${times.length === 1 ? "" : "s"}`;
  return `${formatDuration(mean)} ± ${formatDuration(Math.sqrt(variance))} per loop (mean ± std. dev. of ${runs}, ${loops.toLocaleString("en")} loop${loops === 1 ? "" : "s"} each)\n`;
}
