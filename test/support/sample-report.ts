import { extractFindings } from "#src/reports/index.ts";
import type { ReportFindings } from "#src/reports/index.ts";

/** A report with every presence, and two findings in one sentence. */
export const sampleReport =
  "FINDINGS: There is a moderate left pleural effusion with adjacent basilar atelectasis. No pneumothorax. " +
  "Possible nodule in the right upper lobe.\nIMPRESSION: Moderate left pleural effusion.";

export const sampleFindings: ReportFindings["findings"] = extractFindings({
  report: "sample",
  text: sampleReport,
}).findings;
