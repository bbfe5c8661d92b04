import { formatEstimate } from "../../metrics/index.ts";
import type { FolderReport } from "./evaluate-folder.ts";

/** A folder's report as Markdown tables. */
export function folderMarkdown(report: FolderReport): string {
  const { dataset, command, settings, films, patients, labels, measured, methods, notes } = report;
  const { extractor, realKid } = report;
  const skipped = Object.keys(labels).filter((label) => !measured.includes(label));
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  const generators = methods.filter(({ kid }) => kid !== undefined);
  const generatedLabels = measured.filter((label) => generators[0]?.kid?.[label] !== undefined);
  const views = Object.keys(methods[0]!.scores.byView);
  return [
    `# ${dataset}, ${settings.imageSizePx} px`,
    "",
    `Made by \`${command}\`: ${films.train} training films of ${patients.train} patients, ${films.test} held-out films of ${patients.test}. ` +
      `Intervals (95 %) resample whole held-out patients and the ${settings.classifierSeeds.length} training seeds of the classifiers; the generators were trained once. ` +
      `Labels in fewer than ${settings.minPatients} held-out patients are not measured: ${skipped.join(", ") || "none"}.`,
    ...notes.map((note) => `\n${note}`),
    "",
    "## What generated films add to a classifier",
    "",
    `The same network and updates for all; ${settings.generatedPerLabel} generated films of each label added. Balanced accuracy is over films with just one of the measured labels.`,
    "",
    table(
      ["training films", "macro AUROC", "gain on B1", "macro AUPRC", "balanced accuracy", ...views],
      methods.map(({ method, title, scores }) => [
        `${method} ${title}`,
        formatEstimate(scores.macroAuroc, 3),
        scores.aurocGain === undefined ? "–" : formatEstimate(scores.aurocGain, 3),
        formatEstimate(scores.macroAveragePrecision, 3),
        formatEstimate(scores.balancedAccuracy, 3),
        ...views.map((view) => scores.byView[view]!.macroAuroc.toFixed(3)),
      ]),
    ),
    "",
    "## AUROC by label",
    "",
    table(
      ["training films", ...measured],
      [
        [
          "films held out (training)",
          ...measured.map((label) => `${labels[label]!.test} (${labels[label]!.train})`),
        ],
        ...methods.map(({ method, scores }) => [
          method,
          ...measured.map((label) => scores.byLabel[label]!.auroc.toFixed(3)),
        ]),
      ],
    ),
    ...(generatedLabels.length === 0
      ? []
      : [
          "",
          "## How near generated films are to held-out ones",
          "",
          `KID in ${extractor.dimensions} features of ${extractor.name} (${extractor.hash}); the training films' own beside.`,
          "",
          table(
            ["films", ...generatedLabels],
            [
              ["training films", ...generatedLabels.map((label) => realKid[label]!.toFixed(3))],
              ...generators.map(({ method, kid }) => [
                method,
                ...generatedLabels.map((label) => kid![label]!.toFixed(3)),
              ]),
            ],
          ),
        ]),
    "",
  ].join("\n");
}
