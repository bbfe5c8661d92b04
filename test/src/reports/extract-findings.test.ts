import assert from "node:assert/strict";
import { extractFindings } from "#src/reports/index.ts";

/** Findings as "Name presence severity side zone", dashes where nothing is said. */
function read(text: string): string[] {
  return extractFindings({ report: "r", text }).findings.map(
    ({ name, presence, severity, side, zone }) =>
      [name, presence, severity ?? "-", side ?? "-", zone ?? "-"].join(" "),
  );
}

const reads = (text: string, expected: readonly string[]) => {
  assert.deepEqual(read(text), expected, text);
};

describe("the rule extractor", () => {
  it("carries a denial along a list and stops where something new is said", () => {
    reads("No consolidation, pleural effusion or pneumothorax.", [
      "Effusion negative - - -",
      "Pneumothorax negative - - -",
      "Consolidation negative - - -",
    ]);
    reads("No pneumothorax, small left pleural effusion.", [
      "Effusion positive mild left -",
      "Pneumothorax negative - - -",
    ]);
    reads("There is no pleural effusion or pneumothorax and the heart is mildly enlarged.", [
      "Cardiomegaly positive mild - -",
      "Effusion negative - - -",
      "Pneumothorax negative - - -",
    ]);
    reads("No evidence of pneumothorax but there is a moderate right effusion.", [
      "Effusion positive moderate right -",
      "Pneumothorax negative - - -",
    ]);
    reads("Neither pneumothorax nor effusion is seen.", [
      "Effusion negative - - -",
      "Pneumothorax negative - - -",
    ]);
    reads("Stable cardiomegaly without effusion.", [
      "Cardiomegaly positive - - -",
      "Effusion negative - - -",
    ]);
  });

  it("reads a denial that follows, and normal size as a denial", () => {
    reads("A pneumothorax is not seen.", ["Pneumothorax negative - - -"]);
    reads("Pneumonia is unlikely.", ["Pneumonia negative - - -"]);
    reads("The heart is not enlarged.", ["Cardiomegaly negative - - -"]);
    reads("Heart size is within normal limits.", ["Cardiomegaly negative - - -"]);
    reads("The costophrenic angles are sharp.", ["Effusion negative - - -"]);
  });

  it("does not take 'no change' for a denial of what has not changed", () => {
    reads("No change in the small left pleural effusion.", ["Effusion positive mild left -"]);
    reads("Right effusion not significantly changed.", ["Effusion positive - right -"]);
  });

  it("leaves open what is hedged and affirms what is only softened", () => {
    reads("A small effusion cannot be excluded.", ["Effusion uncertain mild - -"]);
    reads("Opacity at the right base may be atelectasis or pneumonia.", [
      "Atelectasis uncertain - right basal",
      "Pneumonia uncertain - right basal",
    ]);
    reads("No definite pneumothorax; however, a tiny left apical pneumothorax is possible.", [
      "Pneumothorax uncertain mild left apical",
    ]);
    reads("Consolidation in the right upper lobe, likely pneumonia.", [
      "Pneumonia positive - right upper",
      "Consolidation positive - right upper",
    ]);
    const [possible] = extractFindings({ report: "r", text: "Possible effusion." }).findings;
    const [probable] = extractFindings({ report: "r", text: "Probable effusion." }).findings;
    const [stated] = extractFindings({ report: "r", text: "Effusion." }).findings;
    assert.ok(possible!.probability < probable!.probability);
    assert.ok(probable!.probability < stated!.probability);
  });

  it("takes what has resolved for absent, and the present size before the past one", () => {
    reads("The previously seen small left pleural effusion has resolved.", [
      "Effusion negative - - -",
    ]);
    reads("Interval resolution of the large right pleural effusion.", ["Effusion negative - - -"]);
    reads("The right lower lobe consolidation on the prior study is no longer seen.", [
      "Consolidation negative - - -",
    ]);
    reads("The left effusion has nearly resolved.", ["Effusion positive - left -"]);
    reads("Small right apical pneumothorax, previously large.", [
      "Pneumothorax positive mild right apical",
    ]);
  });

  it("gives severity and place to the finding they belong to", () => {
    reads("Mild cardiomegaly with large left pleural effusion and right basilar atelectasis.", [
      "Atelectasis positive - right basal",
      "Cardiomegaly positive mild - -",
      "Effusion positive severe left -",
    ]);
    reads("Moderate right pleural effusion with adjacent atelectasis.", [
      "Atelectasis positive - right -",
      "Effusion positive moderate right -",
    ]);
    reads("Mild degenerative changes of the spine and emphysema.", ["Emphysema positive - - -"]);
    reads("Mild bibasilar atelectasis/infiltrate.", [
      "Atelectasis positive mild bilateral basal",
      "Infiltration positive mild bilateral basal",
    ]);
    reads("Moderate-to-severe cardiomegaly.", ["Cardiomegaly positive severe - -"]);
    reads("Small amount of left pleural fluid.", ["Effusion positive mild left -"]);
  });

  it("reads sides as the patient's, and both where both are meant", () => {
    reads("Pleural effusions, right greater than left.", ["Effusion positive - bilateral -"]);
    reads("Left effusion. Right effusion.", ["Effusion positive - bilateral -"]);
    reads("Atelectasis in the lung bases.", ["Atelectasis positive - bilateral basal"]);
    reads("Nodule in the lingula.", ["Nodule positive - left mid"]);
    reads(
      "Left basilar opacities are present. The appearance is most consistent with atelectasis.",
      ["Atelectasis positive - left -"],
    );
  });

  it("ignores indication, history and comparison, in any spelling of the heading", () => {
    reads("INDICATION: Pneumonia?\nCOMPARISON: Effusion in 2010.\nFINDINGS: Mild edema.", [
      "Edema positive mild - -",
    ]);
    reads("Clinical history: pneumothorax. Findings: No effusion.", ["Effusion negative - - -"]);
    reads("History of pneumonia. Lungs are clear.", ["Pneumonia uncertain - - -"]);
  });

  it("does not mistake other things for a finding", () => {
    reads(
      "Subcutaneous emphysema in the left chest wall. Pericardial effusion. Cystic fibrosis.",
      [],
    );
    reads("No mass effect. Inguinal hernia.", []);
    reads("The aorta is enlarged.", []);
  });

  it("cuts numbered lists and sentences that lack their stop or space", () => {
    reads("1. Cardiomegaly 2. Small effusions", [
      "Cardiomegaly positive - - -",
      "Effusion positive mild bilateral -",
    ]);
    reads("A 1.5 cm nodule in the right apex.No effusion", [
      "Effusion negative - - -",
      "Nodule positive - right apical",
    ]);
  });

  it("gives as evidence the exact sentence, line breaks and all", () => {
    const text =
      "FINDINGS: Heart normal. There is a\n small LEFT pleural effusion.\nIMPRESSION: Effusion.";
    const { findings } = extractFindings({ report: "r", text });
    const effusion = findings.find(({ name }) => name === "Effusion")!;
    assert.equal(effusion.evidence, "There is a\n small LEFT pleural effusion");
    assert.ok(text.includes(effusion.evidence));
    assert.deepEqual([effusion.severity, effusion.side], ["mild", "left"]);
  });

  it("affirms what is affirmed anywhere, and says nothing of what is not mentioned", () => {
    reads("No effusion on the right. Small left effusion.", ["Effusion positive mild left -"]);
    reads("", []);
    reads("The lungs are clear.", []);
  });

  it("keeps offsets where letters change length in lower case", () => {
    const text = "İİİ patient. Small left effusion.";
    const [finding] = extractFindings({ report: "r", text }).findings;
    assert.equal(finding!.evidence, "Small left effusion");
  });
});
