import { PATHOLOGY_PATHS } from "../autoencoder/index.ts";
import { encodePngUrl } from "../io/index.ts";
import { TOKEN_KINDS, type CodeAttention } from "./code-attention.ts";
import { CODE_BLOCKS, type BlockInformation } from "./code-information.ts";
import { displayMethod, type Displayable } from "./display-method.ts";
import { drawCells } from "./draw-cells.ts";
import { paintDifference, paintFilm, type ColourPicture } from "./draw-sheet.ts";
import type { PathEffects } from "./path-effects.ts";

/** How the codes of a run interact; a notebook shows it as tables and pictures. */
export interface InteractionReport extends Displayable {
  readonly imageSizePx: number;
  readonly attention: CodeAttention;
  readonly information: readonly BlockInformation[];
  readonly paths: PathEffects;
  /** One row a swap: film, swapped, and what each way of the pathology adds (red brighter, blue darker). */
  drawPaths(options?: { readonly rows?: number }): ColourPicture;
}

/** What each way of the pathology code is, in words. */
const PATH_TITLES = {
  tokens: "tokens of the transformer",
  everywhere: "added to every place",
  place: "where it lies, before the transformer",
  map: "where it lies, after it",
} as const;

/** Makes measurements showable. */
export function interactionReport(
  measured: Pick<InteractionReport, "imageSizePx" | "attention" | "information" | "paths">,
): InteractionReport {
  const { imageSizePx, attention, information, paths } = measured;
  const drawPaths: InteractionReport["drawPaths"] = ({ rows = 4 } = {}) => {
    const pixels = imageSizePx ** 2;
    const { source, swapped, without } = paths.films;
    const cells = Array.from({ length: Math.min(rows, paths.swaps) }, (_, row) => {
      const at = (films: Float32Array) => films.subarray(row * pixels, (row + 1) * pixels);
      return [
        paintFilm(at(source)),
        paintFilm(at(swapped)),
        ...PATHOLOGY_PATHS.map((path) => paintDifference(at(swapped), at(without[path]))),
      ];
    });
    return drawCells(cells, { imageSizePx });
  };
  return {
    ...measured,
    drawPaths,
    [displayMethod]: async () => {
      const tables = [attentionTable(attention), informationTable(information), pathTable(paths)];
      const picture = await encodePngUrl(drawPaths());
      const [of, tells, ways] = tables.map(htmlTable) as [string, string, string];
      return {
        "text/html": `<div>${of}${attentionMaps(attention)}${tells}${ways}<img src="${picture}" alt="Film, swapped film, and what each way of the pathology adds, one row a swap"></div>`,
        "text/plain": tables.map(textTable).join("\n\n"),
      };
    },
  };
}

interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly values: readonly (number | undefined)[];
  }[];
}

function attentionTable({ blocks, even, films }: CodeAttention): ReportTable {
  return {
    title: `Attention between tokens, by block of the transformer: shares of each row, mean over ${films} films`,
    columns: TOKEN_KINDS.map((kind) => `to ${kind}`),
    rows: [
      ...blocks.flatMap(({ from }, block) =>
        TOKEN_KINDS.map((kind) => ({
          name: `block ${block + 1}, from ${kind}`,
          values: TOKEN_KINDS.map((to) => from[kind][to]),
        })),
      ),
      { name: "if spread evenly", values: TOKEN_KINDS.map((kind) => even[kind]) },
    ],
  };
}

function informationTable(information: readonly BlockInformation[]): ReportTable {
  return {
    title:
      "What the most telling number of each code says of each factor: mutual information above chance, as a share of the factor's entropy",
    columns: CODE_BLOCKS.map((block) => `${block} code`),
    rows: information.map(({ factor, belongsTo, share }) => ({
      name: `${factor} (${belongsTo})`,
      values: CODE_BLOCKS.map((block) => share[block]),
    })),
  };
}

function pathTable({ paths, error, swaps }: PathEffects): ReportTable {
  const hasTruth = error !== undefined;
  return {
    title: `Ways of the pathology code to the film, ${swaps} swaps: shares of the whole swap's mean change${hasTruth ? "; error in the lesions against the exact counterfactual" : ""}`,
    columns: ["by this way only", "lost without it", ...(hasTruth ? ["error without it"] : [])],
    rows: [
      ...paths.map(({ path, only, lost, errorWithout }) => ({
        name: PATH_TITLES[path],
        values: [only, lost, ...(hasTruth ? [errorWithout] : [])],
      })),
      { name: "all ways", values: [1, 0, ...(hasTruth ? [error] : [])] },
    ],
  };
}

function htmlTable({ title, columns, rows }: ReportTable): string {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const body = rows.map(({ name, values }) => {
    const cells = values.map((value) => {
      const shade = Math.min(1, Math.max(0, value ?? 0)).toFixed(2);
      // The shade works on light and dark pages alike, since the page's own colour shines through.
      return `<td style="text-align:right;background:rgba(59,130,196,${shade === "0.00" ? "0" : shade})">${format(value)}</td>`;
    });
    return `<tr><th scope="row" style="text-align:left">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  return `<table><caption style="text-align:left">${escapeHtml(title)}</caption><thead><tr><td></td>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function textTable({ title, columns, rows }: ReportTable): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(width)}  ${cells.map((cell, at) => cell.padStart(columns[at]!.length)).join("  ")}`;
  return [
    title,
    line("", columns),
    ...rows.map(({ name, values }) => line(name, values.map(format))),
  ].join("\n");
}

const MAP_PX = 96;

/** How much each place of the film attends to the pathology, block by block; the darker, the more. */
function attentionMaps({ blocks }: CodeAttention): string {
  const most = Math.max(...blocks.flatMap(({ toPathology }) => [...toPathology]));
  const maps = blocks.map(({ toPathology }, block) => {
    const side = Math.sqrt(toPathology.length);
    const cell = MAP_PX / side;
    const squares = Array.from(toPathology, (share, place) => {
      const [x, y] = [(place % side) * cell, Math.floor(place / side) * cell];
      return `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="#3b82c4" fill-opacity="${(share / most).toFixed(2)}"><title>${format(share)}</title></rect>`;
    });
    return `<figure style="display:inline-block;margin:4px"><svg viewBox="0 0 ${MAP_PX} ${MAP_PX}" width="${MAP_PX}" height="${MAP_PX}" role="img" aria-label="Attention of places to the pathology, block ${block + 1}">${squares.join("")}</svg><figcaption>block ${block + 1}: places to pathology, at most ${format(Math.max(...toPathology))}</figcaption></figure>`;
  });
  return `<div>${maps.join("")}</div>`;
}

function format(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : value.toFixed(3);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
