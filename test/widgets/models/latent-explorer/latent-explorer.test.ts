import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { unzlibSync } from "fflate";
import { LatentExplorer, type LatentExplorerOptions } from "#widgets/models/index.ts";
import { fakeCommHost, type FakeCommHost } from "../../../support/fake-comm-host.ts";
import { sampleSpace } from "../../../support/sample-codes.ts";
import { until } from "../../../support/until.ts";

interface Told {
  readonly type: string;
  readonly answers: Readonly<Record<string, number>>;
  readonly version: number;
  readonly x: number;
  readonly fault: string;
}

function open(options: Partial<LatentExplorerOptions> = {}): {
  explorer: LatentExplorer;
  host: FakeCommHost;
  ask: (content: unknown) => void;
  told: (type: string) => Told[];
} {
  const host = fakeCommHost();
  const explorer = new LatentExplorer({
    ...{ ...sampleSpace(), ...options },
    ...{ commHost: host, displayHost: undefined },
  });
  explorer.mimeBundle();
  const ask = (content: unknown): void => {
    host.deliver(explorer.modelId, { method: "custom", content });
  };
  const told = (type: string): Told[] =>
    host.sent
      .map(({ data }) => (data as { content?: Told }).content)
      .filter((content): content is Told => content?.type === type);
  return { explorer, host, ask, told };
}

describe("latent explorer", () => {
  it("decodes only the newest of the places that come while the decoder is at work", async () => {
    const decoded: number[] = [];
    let release: () => void = () => undefined;
    const { explorer, ask, told } = open({
      map: "axes",
      decode: async (codes) => {
        decoded.push(codes[0]!);
        await new Promise<void>((resolve) => (release = resolve));
        return new Float32Array(32 * 32);
      },
    });
    ask({ type: "hello" });
    await until(() => decoded.length === 1);
    for (let sequence = 1; sequence <= 9; sequence++) {
      ask({
        type: "ask",
        client: "a",
        sequence,
        target: { kind: "place", x: sequence / 10, y: 0.5 },
      });
    }
    release();
    await until(() => decoded.length === 2);
    release();
    await until(() => told("frame").some(({ answers }) => answers["a"] === 9));
    assert.ok(Math.abs(told("frame").at(-1)!.x - 0.9) < 1e-3);
    assert.equal(decoded.length, 2);
    assert.equal(explorer.code[0], decoded[1]);
  });

  it("gives the pictures around the newest code only, after its film", async () => {
    const { explorer, host, ask, told } = open();
    ask({ type: "hello" });
    await explorer.settled();
    const { version } = told("frame").at(-1)!;
    const wants = [{ kind: "neighbours" }, { kind: "strip", group: 1, slider: 0 }];
    ask({ type: "surroundings", version: version - 1, wants });
    ask({ type: "surroundings", version, wants });
    await explorer.settled();
    await until(() => told("pictures").length > 0);
    const sent = host.sent.filter(
      ({ data }) => (data as { content?: Told }).content?.type === "pictures",
    );
    const pictures = sent.flatMap(
      ({ data }) =>
        (data as { content: { pictures: { kind: string; images: number }[] } }).content.pictures,
    );
    await until(() => sent.flatMap(({ buffers }) => buffers).length >= 25);
    assert.deepEqual([pictures[0]!.kind, pictures[0]!.images], ["neighbours", 25]);
    assert.ok(sent[0]!.buffers.every((bytes) => bytes.length === 32 * 32));
  });

  it("keeps what is saved with a notebook below 200 kB, with 100,000 films", async () => {
    const count = 100_000;
    const codes = Float32Array.from(
      { length: count * 8 },
      (_, at) => Math.sin(at * 1.7) * (1 + (at % 8)),
    );
    const patients = Array.from({ length: count }, (_, film) => `patient ${film >> 2}`);
    const { explorer } = open({
      ...{ codes, labels: patients },
      columns: { finding: patients.map((_, film) => `finding ${film % 7}`), patient: patients },
    });
    await explorer.settled();
    const bundle = explorer.mimeBundle();
    const saved = JSON.stringify([bundle, { ...explorer.wireState(), layout: "" }]);
    assert.ok(saved.length < 200_000, `${saved.length} characters`);
    assert.match(
      explorer.picture().alt,
      /^Map of the codes of 100,000 films by principal components/,
    );
  });

  it("leaves a picture whose colours are the points' and the decoded film's", async () => {
    const { explorer } = open({ title: "Codes", startFilm: 5 });
    await explorer.settled();
    const { png, alt, widthPx, heightPx } = explorer.picture();
    assert.match(
      alt,
      /coloured by finding \(No finding \d+, Effusion \d+, Nodule \d+, Pneumothorax \d+\)/,
    );
    assert.match(alt, /Nearest film: P0001 film 3 \(finding: /);
    const view = new DataView(png.buffer, png.byteOffset);
    let [at, idat] = [8, new Uint8Array()];
    while (at < png.length) {
      const length = view.getUint32(at);
      const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
      if (type === "IDAT") idat = png.slice(at + 8, at + 8 + length);
      at += length + 12;
    }
    const pixels = unzlibSync(idat);
    assert.equal(pixels.length, (widthPx + 1) * heightPx);
    // Greys are places 0 to 95; the four findings have six shades each after them.
    const shades = new Set(
      [...pixels].filter((place) => place >= 96).map((place) => Math.floor((place - 96) / 6)),
    );
    assert.deepEqual([...shades].toSorted(), [0, 1, 2, 3]);
  });

  it("reads and sets the selection from TypeScript, and says when it changes", async () => {
    const { explorer } = open();
    const seen: number[] = [];
    explorer.observe("selectedCount", ({ value }) => void seen.push(value));
    explorer.selection = [7, 3, 3];
    assert.deepEqual([...explorer.selection], [3, 7]);
    explorer.selection = new Uint32Array();
    assert.deepEqual(seen, [2, 0]);
    assert.throws(
      () => (explorer.selection = [400]),
      /selection holds 400; give films from 0 to 399/,
    );
    await explorer.settled();
  });

  it("goes evenly from one film to another, or in one group alone", async () => {
    const { explorer, ask } = open();
    const { codes } = sampleSpace();
    await explorer.settled();
    explorer.set({ pathFrom: 10, pathTo: 20, pathGroup: "pathology" });
    ask({ type: "ask", client: "a", sequence: 1, target: { kind: "path", at: 0.5 } });
    await explorer.settled();
    const expected = Array.from({ length: 8 }, (_, at) =>
      at < 5 ? codes[80 + at]! : (codes[80 + at]! + codes[160 + at]!) / 2,
    );
    explorer.code.forEach((value, at) => {
      assert.ok(Math.abs(value - expected[at]!) < 1e-6);
    });
  });

  it("refuses what it cannot explore, and says what to give", () => {
    const wrong = (options: Partial<LatentExplorerOptions>) => () =>
      new LatentExplorer({ ...sampleSpace(), ...options, commHost: undefined });
    assert.throws(wrong({ codes: new Float32Array(7) }), /7 numbers are no rows of 8/);
    assert.throws(wrong({ groups: [{ name: "a", width: 0 }] }), /group "a" has width 0/);
    assert.throws(wrong({ codes: new Float32Array(16).fill(NaN) }), /code 0 of film 0 is NaN/);
    assert.throws(
      wrong({ columns: { age: [1, 2] } }),
      /column "age" has 2 values; there are 400 films/,
    );
    assert.throws(
      wrong({ umapFilms: 30_000 }),
      /umapFilms is 30000; give a whole number from 10 to 20000/,
    );
    assert.throws(
      wrong({ map: "tsne" as never }),
      /map is "tsne"; give one of "pca", "umap", "axes"/,
    );
    assert.throws(wrong({ startFilm: -1 }), /startFilm is -1/);
  });

  it("says in a frame why a film could not be decoded", async () => {
    const { explorer, ask, told } = open({ decode: () => new Float32Array(3) });
    ask({ type: "hello" });
    await explorer.settled();
    ask({ type: "hello" });
    assert.match(told("frame").at(-1)!.fault, /decode gave 3 values; a film of 32 px has 1024/);
    assert.match(explorer.picture().alt, /could not be decoded: decode gave 3 values/);
  });

  it("goes along the path between two patients that are called by name, and copies it as code", async () => {
    const { explorer } = open();
    const { codes, labels } = sampleSpace();
    const code = (film: number) => codes.subarray(film * 8, film * 8 + 8);
    explorer.path({ from: "p0002", to: "P0005 film 3", group: "pathology", at: 0.3 });
    await explorer.settled();
    const { pathFrom, pathTo, pathGroup } = explorer.state;
    // The patient's first film; a film by its own name.
    assert.deepEqual([pathFrom, pathTo, pathGroup], [6, 17, "pathology"]);
    assert.deepEqual([...explorer.code.subarray(0, 5)], [...code(6).subarray(0, 5)]);
    const middle = Math.fround(code(6)[7]! + 0.3 * (code(17)[7]! - code(6)[7]!));
    assert.equal(explorer.code[7], middle);
    const text = explorer.codeText();
    assert.match(text, new RegExp(`${labels![6]} to ${labels![17]}, pathology codes`));
    const js = text.replace("(at: number)", "(at)").replace("end[place]!", "end[place]");
    const made = runInThisContext(
      `(() => { ${js.slice(0, js.indexOf("// explorer.code"))}; return code; })()`,
    ) as Float32Array;
    assert.deepEqual(made, explorer.code);
    explorer.set({ pathTo: 9 });
    assert.match(explorer.codeText(), /near /);
    assert.throws(() => {
      explorer.path({ from: "P9999", to: 0 });
    }, /no film or patient "P9999"/);
    assert.throws(() => {
      explorer.path({ from: 0, to: 1, at: 2 });
    }, /at is 2/);
  });

  it("finds films by name and by patient, those called so first", () => {
    const { ask, told } = open();
    ask({ type: "hello" });
    const find = (text: string): string[] => {
      ask({ type: "find", client: "a", text });
      const [answer] = told("found").slice(-1);
      return (answer as unknown as { readonly films: { readonly label: string }[] }).films.map(
        ({ label }) => label,
      );
    };
    assert.deepEqual(find("P0003"), ["P0003 film 1", "P0003 film 2", "P0003 film 3"]);
    assert.deepEqual(find("p0012 FILM 2"), ["P0012 film 2"]);
    assert.equal(find("film 1").length, 8);
    assert.deepEqual(find("nobody"), []);
    assert.deepEqual(find(" "), []);
  });
});
