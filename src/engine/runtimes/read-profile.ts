import type { Profile, ProfiledNode } from "./messages.ts";

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

const SUFFIX = "_kernel_time";

/** Reads ONNX Runtime's profile of one warm-up and `runs` runs; the warm-up is left out. */
export function readProfile(json: string, runs: number): Profile {
  const events = (JSON.parse(json) as Event[]).filter(
    ({ cat, name }) => cat === "Node" && name.endsWith(SUFFIX),
  );
  const times = new Map<string, { ms: number; event: Event }>();
  for (const event of events.slice(events.length / (runs + 1))) {
    const known = times.get(event.name)?.ms ?? 0;
    times.set(event.name, { ms: known + event.dur / 1000 / runs, event });
  }
  const nodes = [...times].map(([key, { ms, event }]): ProfiledNode => {
    const name = key.slice(0, -SUFFIX.length);
    const slash = name.indexOf("/");
    const kernel = slash > 0 ? name.slice(0, slash) : (event.args.op_name ?? name);
    const shape = Object.values(event.args.output_type_shape?.[0] ?? {})[0] ?? [];
    return { name, kernel, ms, shape };
  });
  nodes.sort((a, b) => b.ms - a.ms);
  return { runMs: nodes.reduce((sum, { ms }) => sum + ms, 0), nodes };
}
