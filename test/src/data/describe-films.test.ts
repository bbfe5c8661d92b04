import assert from "node:assert/strict";
import type { Film } from "#src/data/dataset.ts";
import { classFrequency, describeFilms } from "#src/data/describe-films.ts";

function film(patient: string, labels: readonly string[], view?: string): Film {
  const attributes = view === undefined ? {} : { view };
  return { id: `${patient}${labels.join()}`, patient, labels, cell: labels.join("|"), attributes };
}

describe("describeFilms", () => {
  it("counts films, patients, classes with their patients, and views", () => {
    const films = [
      film("1", ["Edema", "Effusion"], "PA"),
      film("1", ["Effusion"], "AP"),
      film("2", ["Effusion"], "PA"),
      film("3", []),
    ];
    const { pairs, ...counts } = describeFilms(films);
    assert.deepEqual(counts, {
      films: 4,
      patients: 3,
      patientsWithSeveral: 1,
      classes: [
        { name: "Effusion", films: 3, patients: 2, frequency: "tail" },
        { name: "Edema", films: 1, patients: 1, frequency: "tail" },
      ],
      views: { PA: 2, AP: 1, "": 1 },
    });
    assert.deepEqual(pairs.pairs, { samePathology: 1, samePatient: 1, nothingShared: 1 });
  });

  it("calls classes of over 500 films head, of 100 to 500 medium, of fewer tail", () => {
    assert.deepEqual([501, 500, 100, 99].map(classFrequency), ["head", "medium", "medium", "tail"]);
  });
});
