import assert from "node:assert/strict";
import {
  balanceAttribute,
  openPhantom,
  subsetDataset,
  type ConfoundedAttribute,
  type Film,
  type FilmDataset,
} from "#src/data/index.ts";

const open = (correlation: number, attribute: ConfoundedAttribute) =>
  openPhantom({
    ...{ imageSizePx: 16, maxPerClass: 300, imbalance: 10 },
    confounder: { type: "Cardiomegaly", correlation, attribute },
  });

function shares(
  { films }: Pick<FilmDataset, "films">,
  attribute: string,
  value: string,
): { readonly ill: number; readonly others: number } {
  const share = (isIll: boolean) => {
    const group = films.filter(({ labels }) => (labels[0] === "Cardiomegaly") === isIll);
    return group.filter(({ attributes }) => attributes[attribute] === value).length / group.length;
  };
  return { ill: share(true), others: share(false) };
}

describe("balanceAttribute", () => {
  for (const [attribute, value, atLeast] of [
    ["marker", "yes", 0.7],
    ["exposure", "high", 0.7],
    // A patient's other films share the build, so findings and build go together less than 0.9 says.
    ["softTissueThickness", "high", 0.4],
  ] as const) {
    it(`takes away what ${attribute} tells of a finding, and leaves no film out`, async () => {
      const { train } = open(0.9, attribute);
      const before = shares(train, attribute, value);
      assert.ok(before.ill - before.others > atLeast, JSON.stringify(before));
      const { dataset: balanced, untouched } = balanceAttribute(train, attribute);
      assert.deepEqual(untouched, []);
      const after = shares(balanced, attribute, value);
      assert.ok(Math.abs(after.ill - after.others) < 0.01, JSON.stringify(after));
      const ids = new Set(balanced.films.map(({ id }) => id));
      assert.equal(ids.size, train.films.length);
      assert.notEqual(balanced.fingerprint, train.fingerprint);
      const [first] = balanced.films;
      const at = train.films.findIndex(({ id }) => id === first!.id);
      assert.deepEqual(await balanced.readImages([0]), await train.readImages([at]));
    });
  }

  it("leaves a finding as it is that never meets one of the values, names it, and balances the others", () => {
    const { train } = open(0.5, "marker");
    const isLeft = ({ labels, attributes }: Film) =>
      labels[0] !== "Edema" || attributes["marker"] === "no";
    const part = subsetDataset(
      train,
      [...train.films.keys()].filter((film) => isLeft(train.films[film]!)),
    );
    const { dataset, untouched } = balanceAttribute(part, "marker");
    assert.deepEqual(untouched, ["Edema"]);
    const shareOf = (type: string) => {
      const own = dataset.films.filter(({ labels }) => labels[0] === type);
      return own.filter(({ attributes }) => attributes["marker"] === "yes").length / own.length;
    };
    assert.equal(shareOf("Edema"), 0);
    assert.ok(Math.abs(shareOf("Cardiomegaly") - shareOf("No Finding")) < 0.02);
  });

  it("says when films lack the attribute, and when a finding never meets one of its values", () => {
    const { train } = open(0, "marker");
    assert.throws(() => balanceAttribute(train, "age"), /say nothing of "age".*marker, severity/);
    const { train: tied } = open(1, "marker");
    assert.throws(
      () => balanceAttribute(tied, "marker"),
      /No finding meets every value of "marker"/,
    );
  });
});

describe("a phantom confounded through the patient's build", () => {
  it("moves one factor to the side that the pathology calls for, and nothing else", () => {
    const plain = openPhantom({ imageSizePx: 16, maxPerClass: 300, imbalance: 10 });
    const { train, test } = open(0.9, "softTissueThickness");
    train.films.forEach(({ patient, attributes }, film) => {
      const [was, is] = [plain.train.truth(film), train.truth(film)];
      const { softTissueThickness, ...rest } = is.identity;
      assert.deepEqual(
        { ...rest, softTissueThickness: was.identity.softTissueThickness },
        was.identity,
      );
      assert.equal(Math.abs(softTissueThickness), Math.abs(was.identity.softTissueThickness));
      assert.deepEqual([is.pathology, is.acquisition], [was.pathology, was.acquisition]);
      assert.equal(attributes["softTissueThickness"], softTissueThickness > 0 ? "high" : "low");
      assert.equal(patient, plain.train.films[film]!.patient);
    });
    assert.equal(test.fingerprint, plain.test.fingerprint);
    assert.notEqual(train.fingerprint, plain.train.fingerprint);
  });

  it("exposes a finding's films more, and draws nothing else anew", () => {
    const plain = openPhantom({ imageSizePx: 16, maxPerClass: 300, imbalance: 10 });
    const { train } = open(0.9, "exposure");
    train.films.forEach(({ attributes }, film) => {
      const [was, is] = [plain.train.truth(film), train.truth(film)];
      const { exposureGain, ...rest } = is.acquisition;
      assert.deepEqual({ ...rest, exposureGain: was.acquisition.exposureGain }, was.acquisition);
      assert.deepEqual([is.pathology, is.identity], [was.pathology, was.identity]);
      assert.equal(attributes["exposure"], exposureGain > 1 ? "high" : "low");
    });
  });

  it("refuses a correlation that is none", () => {
    assert.throws(() => open(1.5, "marker"), /correlation is 1.5.*-1 to 1/);
  });
});
