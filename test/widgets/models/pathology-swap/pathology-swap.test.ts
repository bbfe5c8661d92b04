import assert from "node:assert/strict";
import sharp from "sharp";
import {
  displayIdKey,
  jupyterDisplayKey,
  PathologySwap,
  WidgetInputError,
  type MimeBundle,
  type PathologySwapOptions,
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
    assert.deepEqual(grid.cell(0, 0), { status: "failed", message: "out of memory" });
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
          fromOriginal: undefined,
          fromReconstruction: null,
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
    bad({ counterfactual: [[flat(0)]] }, /table of 1 rows; give 3 rows of 2 films/);
  });
});
