import type { AnyWidget } from "./core-widget.ts";

const mostLetters = 2000;

type State = Readonly<Record<string, unknown>>;

interface File {
  readonly name: string;
}

/** A control and what is in it as a reader would tell it, a line for each: "Size: 7". For those who have no kernel. */
export function controlWords(widget: AnyWidget): string {
  return clipped(linesOf(widget).join("\n"));
}

function linesOf(widget: AnyWidget): string[] {
  const state = (widget as { readonly state?: State }).state ?? {};
  const name = String(widget.wireState()["_model_name"]).replace(/Model$/, "");
  const { children, titles, outputs, description } = state;
  if (Array.isArray(children)) {
    return (children as readonly AnyWidget[]).flatMap((child, at) => {
      const title = (titles as readonly string[] | undefined)?.[at] ?? "";
      const lines = linesOf(child);
      return title === "" ? lines : [`${title}:`, ...lines.map((line) => `  ${line}`)];
    });
  }
  if (Array.isArray(outputs)) return (outputs as readonly State[]).map(outputText);
  const label = typeof description === "string" && description !== "" ? description : name;
  const value = valueText(state);
  return [value === "" ? label : `${label}: ${value}`];
}

function valueText({ value, label, format }: State): string {
  if (value instanceof Uint8Array) return `${String(format)}, ${Math.ceil(value.length / 1000)} kB`;
  if (typeof label === "string") return label;
  if (value instanceof Date) return value.toLocaleString();
  // Also the tags of `HTML`.
  if (typeof value === "string") return value.replace(/<[^>]*>/g, "");
  if (value === undefined || value === null) return "";
  if (!Array.isArray(value)) return JSON.stringify(value);
  return (value as readonly (string | number | File)[])
    .map((item) => (typeof item === "object" ? item.name : item))
    .join(", ");
}

function outputText({ text, data }: State): string {
  const plain = (text ?? (data as State | undefined)?.["text/plain"] ?? "") as
    string | readonly string[];
  return [plain].flat().join("").trimEnd();
}

function clipped(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters - 1)}…` : text;
}
