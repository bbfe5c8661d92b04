import assert from "node:assert/strict";
import { cellTokens, tokenLabels, tokenVocabulary, type Film } from "#src/data/index.ts";

const film = (labels: string[], attributes: Record<string, string> = {}): Film => ({
  id: "a",
  patient: "p",
  labels,
  cell: labels.join("|"),
  attributes,
});

describe("cell tokens", () => {
  it("are the labels, and side, zone and severity where they say something", () => {
    const effusion = film(["Effusion"], {
      side: "left",
      zone: "none",
      severity: "mild",
      view: "PA",
    });
    assert.deepEqual(cellTokens(effusion), ["Effusion", "side:left", "severity:mild"]);
    assert.deepEqual(cellTokens(film(["Mass", "Nodule"])), ["Mass", "Nodule"]);
  });

  it("become rows of zeros and ones over the vocabulary", () => {
    const films = [film(["Mass", "Edema"]), film(["Edema"]), film([])];
    const vocabulary = tokenVocabulary(films);
    assert.deepEqual(vocabulary, ["Edema", "Mass"]);
    assert.deepEqual([...tokenLabels(films, vocabulary)], [1, 1, 1, 0, 0, 0]);
    assert.deepEqual([...tokenLabels([film(["Hernia", "Mass"])], vocabulary)], [0, 1]);
  });
});
