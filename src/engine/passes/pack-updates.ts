import type { Graph, GraphNode, GraphState, Value } from "../graph.ts";
import { makeConstant, makeNode, uniformFill } from "../graph.ts";
import { redirect } from "./redirect.ts";

const ELEMENTWISE =
  /^(Add|Sub|Multiply|RealDiv|Maximum|Minimum|Square|Sqrt|Rsqrt|Neg|Abs|Sign|ClipByValue)$/;
// On longer vectors the work itself costs more than starting it.
const MAX_LENGTH = 4096;
const MIN_MEMBERS = 4;

/**
 * Updates all small vectors (biases, scales and shifts of norms) together: fourteen operations of Adam on each of a
 * hundred become fourteen on all of them joined, which compute the same. Joined are vectors whose new values are computed
 * alike; their expressions are followed down for as long as operations and numbers agree.
 */
export function packUpdates(graph: Graph): Graph {
  const packs = new Packs();
  const depths = new Map<Value, number>();
  // The longest first: an average's expression holds that of its parameter, and this the moments'.
  const groups = groupsOf(graph.states).sort(
    ([a], [b]) => depthOf(b!.after!, depths) - depthOf(a!.after!, depths),
  );
  for (const group of groups) {
    const values = group.map(({ after }) => after!);
    if (values.some((value) => !packs.has(value))) packs.join(values);
  }
  const { nodes, parts } = packs.take(graph);
  // Where one training step follows another in a graph, what is joined may depend on itself; then all stays as it was.
  return parts.size === 0 ? graph : (redirect(graph, nodes, parts) ?? graph);
}

/** States that are assigned small vectors, by how these are computed. */
function groupsOf(states: readonly GraphState[]): GraphState[][] {
  const numbers = new Map<Value, number>();
  const groups = new Map<string, GraphState[]>();
  for (const state of states) {
    const { before, after } = state;
    if (after === undefined || !isElementwise(after) || after.dtype !== "float32") continue;
    const [length = 0] = after.shape;
    if (after.shape.length !== 1 || length < 2 || length > MAX_LENGTH) continue;
    const spell = (value: Value, depth: number): string => {
      if (value === before) return "itself";
      if (value.shape.length === 0) {
        numbers.set(value, numbers.get(value) ?? numbers.size);
        return `#${numbers.get(value)!}`;
      }
      if (depth === 0 || !isElementwise(value)) return "";
      const inputs = Object.values(value.node.inputs).map((input) => spell(input, depth - 1));
      return `${value.node.op}(${inputs.join()})`;
    };
    const key = spell(after, 2);
    groups.set(key, [...(groups.get(key) ?? []), state]);
  }
  return [...groups.values()].filter(({ length }) => length >= MIN_MEMBERS);
}

/** Whether a vector is computed element by element from vectors of its length and from numbers. */
function isElementwise({ node, shape }: Value): boolean {
  return (
    ELEMENTWISE.test(node.op) &&
    Object.values(node.inputs).every(
      (input) => input.shape.length === 0 || input.shape.join() === shape.join(),
    )
  );
}

function depthOf(value: Value, known: Map<Value, number>): number {
  let depth = known.get(value);
  if (depth === undefined) {
    const inputs = isElementwise(value) ? Object.values(value.node.inputs) : [];
    depth = 1 + Math.max(0, ...inputs.map((input) => depthOf(input, known)));
    known.set(value, depth);
  }
  return depth;
}

/** Vectors joined end to end. */
class Packs {
  readonly #nodes: GraphNode[] = [];
  /** Each joined operation's result, and the values that it stands for. */
  readonly #members = new Map<Value, readonly Value[]>();
  readonly #packed = new Set<Value>();
  readonly #known = new Map<string, Value>();
  readonly #ids = new Map<Value, number>();

  has(value: Value): boolean {
    return this.#packed.has(value);
  }

  /** One vector that holds all the given ones. */
  join(values: readonly Value[]): Value {
    const key = values.map((value) => this.#idOf(value)).join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const joined = this.#joined(values);
    this.#nodes.push(joined.node);
    this.#known.set(key, joined);
    return joined;
  }

  /** The nodes that join, compute and part, and what each vector used outside is a part of. */
  take(graph: Graph): { nodes: readonly GraphNode[]; parts: ReadonlyMap<Value, Value> } {
    const used = new Set<Value>(Object.values(graph.outputs));
    for (const { after } of graph.states) if (after !== undefined) used.add(after);
    const rest = graph.nodes.filter(({ outputs }) => !this.#packed.has(outputs[0]!));
    for (const { inputs } of [...rest, ...this.#nodes]) {
      Object.values(inputs).forEach((input) => used.add(input));
    }
    const parts = new Map<Value, Value>();
    const nodes = [...this.#nodes];
    for (const [x, members] of this.#members) {
      if (!members.some((member) => used.has(member) && !parts.has(member))) continue;
      const sizes = members.map(({ shape }) => shape[0]!);
      const node = makeNode("SplitV", { x }, { numOrSizeSplits: sizes, axis: 0 }, members);
      nodes.push(node);
      for (const [at, member] of members.entries()) parts.set(member, node.outputs[at]!);
    }
    return { nodes, parts };
  }

  #joined(values: readonly Value[]): Value {
    const spec = { shape: [values.reduce((sum, { shape }) => sum + shape[0]!, 0)] };
    const [first] = values;
    const { dtype } = first!;
    const fill = uniformFill(first!);
    if (fill !== undefined && values.every((value) => Object.is(uniformFill(value), fill))) {
      return makeConstant({ fill }, { ...spec, dtype }).outputs[0]!;
    }
    const inputs = values.every((value) => !this.#packed.has(value)) && this.#inputsOf(values);
    if (inputs === false) {
      const list = Object.fromEntries(values.map((value, at) => [String(at), value]));
      return makeNode("Concat", list, { axis: 0 }, [{ ...spec, dtype }]).outputs[0]!;
    }
    const { op, attributes } = first!.node;
    const [result] = makeNode(op, inputs, attributes, [{ ...spec, dtype }]).outputs;
    this.#members.set(result!, values);
    for (const value of values) this.#packed.add(value);
    return result!;
  }

  /** The joined inputs of values that are computed alike; false when they are not. */
  #inputsOf(values: readonly Value[]): Record<string, Value> | false {
    const { node } = values[0]!;
    const attributes = JSON.stringify(node.attributes);
    const isAlike = values.every(
      (value) =>
        isElementwise(value) &&
        value.node.op === node.op &&
        JSON.stringify(value.node.attributes) === attributes,
    );
    if (!isAlike) return false;
    const columns = Object.entries(node.inputs).map(
      ([name]) => [name, values.map((value) => value.node.inputs[name]!)] as const,
    );
    const agree = columns.every(([, [first, ...others]]) =>
      others.every(
        (other) => other === first || (first!.shape.length === 1 && other.shape.length === 1),
      ),
    );
    if (!agree) return false;
    return Object.fromEntries(
      columns.map(([name, column]) => [
        name,
        column[0]!.shape.length === 0 ? column[0]! : this.join(column),
      ]),
    );
  }

  #idOf(value: Value): number {
    const id = this.#ids.get(value) ?? this.#ids.size;
    this.#ids.set(value, id);
    return id;
  }
}
