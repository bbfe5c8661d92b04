import type { Constant, Graph, Value } from "./graph.ts";

/** Numbers as JSON, which by itself writes NaN and both infinities as null, and -0 as 0. */
export function spellNumber(_: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  return Number.isFinite(value) && !Object.is(value, -0) ? value : `number ${1 / value} ${value}`;
}

/** A graph as text: two graphs of the same text compute the same. */
export function spellGraph(graph: Graph): string {
  const places = new Map(graph.nodes.map((node, place) => [node, place]));
  const spell = ({ node, index, shape, dtype }: Value) =>
    `${places.get(node) ?? "-"}.${index}${dtype}[${shape.join()}]`;
  const lines = graph.nodes.map(({ op, inputs, attributes, outputs }) => {
    const constant = attributes["constant"] as Constant | undefined;
    let line = `${op} ${constant === undefined ? JSON.stringify(attributes, spellNumber) : spellConstant(constant)}`;
    for (const name in inputs) line += ` ${name}:${spell(inputs[name]!)}`;
    for (const { shape, dtype } of outputs) line += ` ${dtype}[${shape.join()}]`;
    return line;
  });
  const record = (values: Readonly<Record<string, Value>>) =>
    Object.entries(values).map(([name, value]) => `${JSON.stringify(name)}=${spell(value)}`);
  const states = graph.states.map(
    ({ id, before, after }) => `${id}:${spell(before)}>${after === undefined ? "" : spell(after)}`,
  );
  return [...lines, ...record(graph.inputs), "", ...record(graph.outputs), "", ...states].join(
    "\n",
  );
}

function spellConstant(constant: Constant): string {
  if ("fill" in constant) return JSON.stringify(constant, spellNumber);
  const { buffer, byteOffset, byteLength } = constant.data;
  return new TextDecoder("latin1").decode(new Uint8Array(buffer, byteOffset, byteLength));
}
