import assert from "node:assert/strict";
import { strFromU8, unzipSync } from "fflate";
import sharp from "sharp";
import {
  displayIdKey,
  jupyterDisplayKey,
  PathologySwap,
  WidgetInputError,
  type MimeBundle,
  type PathologySwapOptions,
  type SwapResult,
} from "#widgets/models/index.ts";
import { machine } from "#widgets/models/platform.ts";
import type { PathologySwapUpdate } from "#widgets/models/pathology-swap/pathology-swap-protocol.ts";
import { until } from "../../../support/until.ts";
import { fakeCommHost } from "../../../support/fake-comm-host.ts";

const sizePx = 4;
const flat = (value: number): Float32Array => new Float32Array(sizePx * sizePx).fill(value);

function options(patch: Partial<PathologySwapOptions> = {}): PathologySwapOptions {
  return {
    imageSizePx: sizePx,
    identities: [0.2, 0.4, 0.6].map((value, index) => ({ label: `P${index}`, image: flat(value) })),
    pathologies: [{ label: "none" }, { label: "effusion", image: flat(0.5) }],
    counterfactual: (identity, pathology) => flat(0.2 + 0.2 * identity + 0.1 * pathology),
    commHost: undefined,
    displayHost: undefined,
    ...patch,
  };
}

const show = (value: object): MimeBundle =>
  (value as Record<symbol, () => MimeBundle>)[jupyterDisplayKey]!();

describe("PathologySwap, kernel side", () => {
  it("renders what is shown and measures it, without any front end", async () => {
    const grid = new PathologySwap(options());
    await grid.settled();
    const cell = grid.cell(2, 1);
    assert.equal(cell?.status, "ready");
    // 0.7 against the original's 0.6, as 32-bit floats.
    assert.ok(Math.abs(cell.fromOriginal.meanAbsolute - 0.1) < 1e-6);
    assert.deepEqual([...new Set(cell.image)], [178]); // 0.7 as a 32-bit float, times 255, is 178.49999
    assert.equal(cell.fromReconstruction, null);
  });

  it("tells the effect of the swap from the error of the reconstruction", async () => {
    const counterfactual: PathologySwapOptions["counterfactual"] = (identity, pathology) => ({
      image: flat(0.25 + 0.2 * identity + 0.1 * pathology),
      reconstruction: flat(0.25 + 0.2 * identity),
    });
    const grid = new PathologySwap(options({ counterfactual }));
    await grid.settled();
    const cell = grid.cell(0, 1);
    assert.equal(cell?.status, "ready");
    assert.ok(Math.abs(cell.fromOriginal.meanAbsolute - 0.15) < 1e-6);
    assert.ok(Math.abs(cell.fromReconstruction!.meanAbsolute - 0.1) < 1e-6);
  });

  it("takes films that were rendered beforehand", async () => {
    const table = [0, 1, 2].map((row) => [0, 1].map((column) => flat((row + column) / 4)));
    const grid = new PathologySwap(options({ counterfactual: table }));
    await grid.settled();
    const cell = grid.cell(1, 1);
    assert.equal(cell?.status === "ready" && cell.image[0], 128);
  });

  it("renders one cell at a time, the selected one first, hidden ones not at all", async () => {
    const asked: string[] = [];
    let isBusy = false;
    const counterfactual: PathologySwapOptions["counterfactual"] = async (identity, pathology) => {
      assert.equal(isBusy, false);
      isBusy = true;
      asked.push(`${identity}${pathology}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      isBusy = false;
      return flat(0);
    };
    const grid = new PathologySwap(
      options({ counterfactual, shownRows: [0, 2], selected: [2, 1] }),
    );
    await grid.settled();
    assert.deepEqual(asked, ["21", "00", "01", "20"]);
    assert.equal(grid.cell(1, 0), undefined);
  });

  it("keeps a provider's failure to its cell, in one line", async () => {
    const counterfactual: PathologySwapOptions["counterfactual"] = (identity, pathology) => {
      if (identity === 0) throw new Error("out of memory\nat decoder");
      if (identity === 1) return flat(0).subarray(0, 3);
      return pathology === 0 ? flat(Number.NaN) : flat(0);
    };
    const grid = new PathologySwap(options({ counterfactual }));
    await grid.settled();
    assert.deepEqual(grid.cell(0, 0), { status: "failed", message: "out of memory", severity: 1 });
    assert.match(JSON.stringify(grid.cell(1, 0)), /has 3 values; a 4 px film has 16/);
    assert.match(JSON.stringify(grid.cell(2, 0)), /pixel 0 is NaN/);
    assert.equal(grid.cell(2, 1)?.status, "ready");
  });

  it("leaves picture and words in its MIME bundle, and no live view where there is no kernel", async () => {
    const grid = new PathologySwap(options({ title: "Swaps" }));
    await grid.settled();
    const bundle = show(grid);
    assert.deepEqual(Object.keys(bundle).toSorted(), [
      "application/vnd.counterlab.snapshot+json",
      "image/png",
      "text/plain",
    ]);
    const png = Buffer.from(bundle["image/png"] as string, "base64");
    const { width, height } = await sharp(png).metadata();
    assert.ok(width > 400 && height > 300);
    assert.equal(
      bundle["text/plain"],
      "Swaps. Grid of counterfactual films: 3 identities (P0, P1, P2) by 2 pathologies " +
        "(none, effusion), 6 of 6 cells rendered. Selected: P0 with the pathology of none. " +
        "Mean absolute difference 0.000, largest 0.00 (intensity 0 to 1), compared with the original.",
    );
  });

  it("shows itself live in a kernel, and replaces its picture when cells come", async () => {
    const updates: { readonly id: string; readonly bundle: MimeBundle }[] = [];
    const commHost = fakeCommHost();
    const displayHost = {
      display: () => {},
      update: (id: string, bundle: MimeBundle) => void updates.push({ id, bundle }),
    };
    const grid = new PathologySwap(options({ commHost, displayHost }));
    const bundle = show(grid);
    assert.deepEqual(bundle["application/vnd.jupyter.widget-view+json"], {
      version_major: 2,
      version_minor: 0,
      model_id: grid.modelId,
    });
    assert.match(bundle["text/plain"] as string, /0 of 6 cells rendered/);
    await grid.settled();
    const id = (grid as unknown as Record<symbol, string>)[displayIdKey];
    assert.deepEqual(
      updates.map((update) => update.id),
      [id],
    );
    assert.match(updates[0]!.bundle["text/plain"] as string, /6 of 6 cells rendered/);
  });

  it("keeps the picture of a large noisy grid below the notebook's budget", async () => {
    const side = 64;
    const noise = (seed: number): Float32Array =>
      Float32Array.from({ length: side * side }, (_, index) => {
        const value = Math.sin(index * 12.9898 + seed * 78.233) * 43758.5453;
        return value - Math.floor(value);
      });
    const sources = Array.from({ length: 12 }, (_, index) => ({
      label: `A rather long label ${index}`,
      image: noise(index),
    }));
    const grid = new PathologySwap({
      ...options(),
      imageSizePx: side,
      identities: sources,
      pathologies: sources,
      shownRows: sources.map((_, index) => index),
      shownColumns: sources.map((_, index) => index),
      counterfactual: (identity, pathology) => noise(identity * 20 + pathology),
    });
    await grid.settled();
    const { png } = grid.picture();
    assert.ok(png.length <= 140_000, `${png.length} bytes`);
  });

  describe("with a view", () => {
    const open = (patch: Partial<PathologySwapOptions> = {}) => {
      const host = fakeCommHost();
      const grid = new PathologySwap(options({ commHost: host, ...patch }));
      grid.open();
      host.sent.length = 0;
      const say = (content: object): void => {
        host.deliver(grid.modelId, { method: "custom", content });
      };
      const batches = () =>
        host.sent
          .filter(({ data }) => (data as { method?: string }).method === "custom")
          .map(({ data, buffers }) => ({
            buffers,
            ...(data as { content: PathologySwapUpdate }).content,
          }))
          .filter((update) => update.type === "cells");
      return { host, grid, say, batches };
    };

    it("sends the cells that a view misses, films as bytes", async () => {
      const { grid, say, batches } = open();
      say({ type: "want", cells: [{ identity: 1, pathology: 1 }] });
      await grid.settled();
      const [batch] = batches();
      assert.equal(batch?.sequence, 1);
      const [cell] = batch.cells;
      assert.deepEqual(
        { ...cell, fromOriginal: undefined },
        {
          identity: 1,
          pathology: 1,
          status: "ready",
          image: 0,
          reconstruction: null,
          exact: null,
          severity: 1,
          fromOriginal: undefined,
          fromReconstruction: null,
          fromExact: null,
          originalFromExact: null,
        },
      );
      assert.deepEqual(
        [...batch.buffers[0]!],
        Array.from({ length: 16 }, () => 128),
      );
    });

    it("sends nothing but state to a notebook that nobody looks at", async () => {
      const { grid, batches } = open();
      await grid.settled();
      assert.deepEqual(batches(), []);
    });

    it("corrects a selection that does not exist and moves it off hidden rows", async () => {
      const warnings: string[] = [];
      const platform = { ...machine(), warn: (message: string) => void warnings.push(message) };
      const { host, grid } = open({ platform });
      const send = (state: object): void => {
        host.deliver(grid.modelId, { method: "update", state, buffer_paths: [] });
      };
      send({ selected: { identity: 9, pathology: 0 } });
      assert.deepEqual(grid.selected, { identity: 0, pathology: 0 });
      send({ selected: { identity: 2, pathology: 1 } });
      send({ shownRows: [0, 1] });
      assert.deepEqual(grid.selected, { identity: 0, pathology: 1 });
      send({ shownRows: [] });
      assert.deepEqual(grid.state.shownRows, [0, 1]);
      send({ identities: [] });
      assert.equal(grid.state.identities.length, 3);
      assert.equal(warnings.length, 3);
      await grid.settled();
    });

    it("renders everything anew after a refresh, and tells the view", async () => {
      let level = 0.5;
      const { host, grid, say, batches } = open({ counterfactual: () => flat(level) });
      const want = { type: "want", cells: [{ identity: 1, pathology: 1 }] };
      say(want);
      await grid.settled();
      level = 1;
      grid.refresh();
      const old = grid.cell(1, 1);
      assert.equal(
        old?.status === "ready" && old.image[0],
        128,
        "old films stay until new ones come",
      );
      assert.deepEqual((host.sent.at(-1)!.data as { content: unknown }).content, { type: "stale" });
      say(want);
      await grid.settled();
      const newest = () => batches().flatMap(({ buffers }) => buffers.map((bytes) => bytes[0]));
      await until(() => newest().at(-1) === 255);
    });

    it("tries a failed cell again when asked", async () => {
      let isBroken = true;
      const counterfactual: PathologySwapOptions["counterfactual"] = () => {
        if (isBroken) throw new Error("not yet");
        return flat(0.5);
      };
      const { grid, say } = open({ counterfactual });
      await grid.settled();
      assert.equal(grid.cell(0, 0)?.status, "failed");
      isBroken = false;
      say({ type: "retry", cell: { identity: 0, pathology: 0 } });
      await grid.settled();
      assert.equal(grid.cell(0, 0)?.status, "ready");
      assert.equal(grid.cell(0, 1)?.status, "failed");
    });
  });

  describe("swapping", () => {
    const withOwn = (patch: Partial<PathologySwapOptions> = {}): PathologySwap =>
      new PathologySwap(
        options({
          identities: [0.2, 0.4, 0.6].map((value, index) => ({
            ...{ label: `P${index}`, image: flat(value) },
            ...(index < 2 ? { pathology: index } : {}),
          })),
          ...patch,
        }),
      );

    it("gives a pathology, shows its cell, and takes it back and forth again", async () => {
      const grid = withOwn({ shownColumns: [0] });
      grid.give(2, 1);
      assert.deepEqual(grid.given, [null, null, 1]);
      assert.deepEqual(grid.selected, { identity: 2, pathology: 1 });
      assert.deepEqual(grid.state.shownColumns, [0, 1]);
      grid.give(0, 1);
      assert.deepEqual(grid.given, [1, null, 1]);
      grid.undo();
      grid.undo();
      assert.deepEqual(grid.given, [null, null, null]);
      assert.deepEqual([grid.state.canUndo, grid.state.canRedo], [false, true]);
      grid.redo();
      assert.deepEqual(grid.given, [null, null, 1]);
      grid.give(2, null);
      assert.deepEqual(grid.given, [null, null, null]);
      assert.equal(grid.state.canRedo, false);
      await grid.settled();
    });

    it("lets two patients exchange what they have, their own included", async () => {
      const grid = withOwn();
      grid.exchange(0, 1);
      assert.deepEqual(grid.given, [1, 0, null]);
      // Back home: what is one's own is not "given".
      grid.exchange(1, 0);
      assert.deepEqual(grid.given, [null, null, null]);
      assert.throws(() => {
        grid.exchange(0, 2);
      }, /P2 has a pathology that is no column/);
      grid.give(2, 1);
      grid.exchange(0, 2);
      assert.deepEqual(grid.given, [1, null, 0]);
      await grid.settled();
    });

    it("renders what a patient was given although its column is hidden", async () => {
      const grid = withOwn();
      grid.give(2, 1);
      grid.set({ shownColumns: [0] });
      grid.refresh();
      await grid.settled();
      assert.equal(grid.cell(2, 1)?.status, "ready");
      assert.match(grid.picture().alt, /Swapped: P2 has effusion\./);
    });
  });

  it("renders anew what another severity changes, and nothing else", async () => {
    const asked: string[] = [];
    const grid = new PathologySwap(
      options({
        severityRange: [0, 1.5],
        counterfactual(identity, pathology, _signal, severity) {
          asked.push(`${identity}${pathology}@${severity}`);
          return flat(0.2 * severity);
        },
      }),
    );
    await grid.settled();
    assert.ok(asked.every((wish) => wish.endsWith("@1")));
    asked.length = 0;
    grid.setSeverity(1, 9);
    await grid.settled();
    assert.deepEqual(asked, ["01@1.5", "11@1.5", "21@1.5"]);
    assert.deepEqual(grid.state.severities, [1, 1.5]);
    const cell = grid.cell(1, 1);
    assert.equal(cell?.status === "ready" && cell.image[0], 77); // 0.3 of 255, rounded half to even
  });

  it("shows films while a severity slider moves faster than they are rendered", async () => {
    const done: number[] = [];
    const grid = new PathologySwap(
      options({
        severityRange: [0, 1.5],
        shownRows: [0],
        shownColumns: [1],
        async counterfactual(_identity, _pathology, _signal, severity) {
          await new Promise((resolve) => setTimeout(resolve, 8));
          done.push(severity);
          return flat(0.2);
        },
      }),
    );
    for (let move = 0; move <= 30; move++) {
      grid.setSeverity(1, move / 30);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const underWay = done.length;
    await grid.settled();
    assert.ok(underWay >= 2, `${underWay} films came while the slider moved`);
    assert.ok(done.length < 30, `${done.length} of 31 severities were rendered`);
    assert.equal(done.at(-1), 1);
  });

  it("measures the counterfactual against the exact one", async () => {
    const counterfactual = (): SwapResult => ({ image: flat(0.5), exact: flat(0.6) });
    const grid = new PathologySwap(options({ counterfactual, comparedWith: "exact" }));
    await grid.settled();
    const cell = grid.cell(0, 1);
    assert.equal(cell?.status, "ready");
    assert.ok(Math.abs(cell.fromExact!.meanAbsolute - 0.1) < 1e-6);
    assert.ok(Math.abs(cell.originalFromExact!.meanAbsolute - 0.4) < 1e-6);
    assert.match(grid.picture().alt, /difference 0\.100.* compared with the exact\./);
  });

  it("exports a cell: films as they were rendered, codes, seed and severity", async () => {
    const counterfactual = (): SwapResult => ({
      ...{ image: flat(0.5), exact: flat(0.6), seed: 7 },
      codes: { pathology: Float32Array.of(0.25, -1) },
    });
    const grid = new PathologySwap(options({ counterfactual }));
    const { name, files, zip } = await grid.exportCell({ identity: 1, pathology: 1 });
    assert.equal(name, "p1-with-effusion");
    assert.deepEqual(Object.keys(unzipSync(zip)).toSorted(), Object.keys(files).toSorted());
    const { data, info } = await sharp(files["counterfactual.png"])
      .toColourspace("b-w")
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [4, 4, 1]);
    assert.deepEqual([...new Set(data)], [128]);
    const cell = JSON.parse(strFromU8(files["cell.json"]!)) as Record<string, unknown>;
    assert.deepEqual([cell["seed"], cell["codes"]], [7, { pathology: [0.25, -1] }]);
    assert.deepEqual(cell["pathology"], {
      ...{ index: 1, label: "effusion", detail: "", severity: 1 },
    });
  });

  it("selects from code, showing the row and column if they were hidden", () => {
    const grid = new PathologySwap(options({ shownRows: [0], shownColumns: [0] }));
    grid.selected = { identity: 2, pathology: 1 };
    assert.deepEqual(
      [grid.state.shownRows, grid.state.shownColumns],
      [
        [0, 2],
        [0, 1],
      ],
    );
    assert.throws(() => {
      grid.selected = { identity: 3, pathology: 0 };
    }, /identity from 0 to 2 and pathology from 0 to 1/);
  });

  it("says at the door what it cannot take", () => {
    const bad = (patch: Partial<PathologySwapOptions>, message: RegExp): void => {
      assert.throws(
        () => new PathologySwap(options(patch)),
        (error) => {
          assert.ok(error instanceof WidgetInputError);
          assert.match(error.message, message);
          return true;
        },
      );
    };
    bad({ imageSizePx: 0 }, /imageSizePx is 0; give the side of a film/);
    bad({ identities: [] }, /`identities` is empty/);
    bad({ identities: [{ label: "x" }] }, /identities\[0\] has no image/);
    bad({ imageSizePx: 8 }, /identities\[0\] \("P0"\) has 16 values; a 8 px film has 64/);
    bad({ shownRows: [0, 5] }, /shownRows is \[0,5\]; give at least one index from 0 to 2/);
    bad({ shownColumns: [] }, /shownColumns is \[\]/);
    bad({ shownRows: [0], selected: [1, 0] }, /selected is \[1, 0\]/);
    bad({ differenceRange: 0 }, /differenceRange is 0/);
    bad({ severityRange: [1, 1] }, /severityRange is \[1, 1\]/);
    bad(
      { identities: [{ label: "x", image: flat(0), pathology: 2 }] },
      /identities\[0\] \("x"\) has pathology 2; give an index of `pathologies`, 0 to 1/,
    );
    bad({ counterfactual: [[flat(0)]] }, /table of 1 rows; give 3 rows of 2 films/);
  });
});
