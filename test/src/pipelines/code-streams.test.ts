import assert from "node:assert/strict";
import { defaultAutoencoderSettings } from "#src/autoencoder/index.ts";
import { codeWidth } from "#src/diffusion/index.ts";
import { key, normal } from "#src/engine/index.ts";
import { chooseReferences, drawContactSheet } from "#src/pipelines/index.ts";
import { measureScale, scaleCodes, unscaleCodes } from "#src/pipelines/code-scale.ts";
import { splitJointCodes, streamCodes, streamLayout } from "#src/pipelines/code-streams.ts";
import { filmCondition } from "#src/pipelines/film-conditions.ts";
import { assertAllClose } from "../../support/assert-all-close.ts";

const settings = defaultAutoencoderSettings(32, 8);

describe("the codes that diffusion models draw", () => {
  it("are joined place by place and taken apart again", () => {
    const codes = {
      count: 2,
      identity: normal(key(0), 2 * 16 * settings.identityChannels),
      pathology: normal(key(1), 2 * settings.pathologyWidth),
      acquisition: normal(key(2), 2 * settings.acquisitionWidth),
    };
    const rows = streamCodes("joint", codes, settings);
    assert.equal(rows.length, 2 * codeWidth(streamLayout("joint", settings)));
    // The first place: its four numbers of pathology, then its identity channels.
    assert.deepEqual(rows.slice(0, 4), codes.pathology.slice(0, 4));
    assert.deepEqual(rows.slice(4, 20), codes.identity.slice(0, 16));
    assert.deepEqual(splitJointCodes(rows, settings), codes);
    assert.equal(streamCodes("identity", codes, settings), codes.identity);
  });

  it("are scaled to mean 0 for each number and deviation 1 for each channel, and back", () => {
    const layout = { places: 2, channels: 2, whole: 3 };
    const width = codeWidth(layout);
    const spread = [1, 10, 2, 20, 3, 30, 4, 40, 5, 5, 5];
    const rows = normal(key(3), 500 * width).map(
      (value, at) => value * spread[at % width]! + (at % width),
    );
    const scale = measureScale(rows, layout);
    const scaled = scaleCodes(rows, scale);
    const column = (at: number) => scaled.filter((_, index) => index % width === at);
    const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / 500;
    for (let at = 0; at < width; at++) assert.ok(Math.abs(meanOf(column(at))) < 1e-4);
    const power = (columns: number[]) =>
      columns.reduce((sum, at) => sum + meanOf(column(at).map((value) => value ** 2)), 0) /
      columns.length;
    for (const group of [
      [0, 2, 4, 6],
      [1, 3, 5, 7],
      [8, 9, 10],
    ]) {
      assert.ok(Math.abs(power(group) - 1) < 1e-3);
    }
    // Within a channel what varies more still varies more.
    assert.equal(scale.deviation[0], scale.deviation[6]);
    assertAllClose(unscaleCodes(scaled, scale), rows, { rtol: 1e-4, atol: 1e-4 });
  });

  it("are asked for by what is known of a film", () => {
    const film = (labels: string[], attributes: Record<string, string> = {}) =>
      filmCondition({ labels, attributes });
    const nodule = { side: "left", zone: "upper", severity: "mild", view: "PA", sex: "F" };
    assert.deepEqual(film(["Nodule"], nodule), {
      findings: [{ name: "Nodule", severity: "mild", side: "left", zone: "upper" }],
      view: "PA",
    });
    assert.deepEqual(film(["Edema", "Effusion"], { side: "none" }), {
      findings: [{ name: "Edema" }, { name: "Effusion" }],
    });
    assert.deepEqual(film(["Edema", "Effusion"], { side: "right" }).findings[2], { side: "right" });
    assert.deepEqual(film([]), { findings: [] });
  });

  it("have references that agree best with what is asked", () => {
    const film = (name: string, side: string, severity: string, patient = "one") => ({
      labels: [name],
      attributes: { side, severity },
      patient,
    });
    const films = [
      film("Nodule", "right", "severe"),
      film("Nodule", "left", "mild"),
      film("Edema", "left", "severe"),
      film("Nodule", "left", "severe"),
    ];
    const asked = { findings: [{ name: "Nodule", side: "left", severity: "severe" }] };
    assert.deepEqual(chooseReferences(films, asked), [3, 1, 0]);
    assert.deepEqual(chooseReferences(films, asked, { limit: 1 }), [3]);
    assert.deepEqual(chooseReferences(films, { findings: [{ name: "Gout" }] }), []);
    const more = [
      film("Edema", "left", "mild", "two"),
      film("Nodule", "left", "severe", "two"),
      film("Nodule", "left", "severe"),
      film("Nodule", "left", "severe", "three"),
    ];
    // Every patient once, then again; a worse film of another patient still comes later.
    assert.deepEqual(chooseReferences([...films, ...more], asked), [3, 5, 7, 6, 1, 0]);
  });

  it("are seen on a contact sheet, film by film", () => {
    const images = new Float32Array(3 * 32 * 32).fill(1, 2 * 32 * 32);
    const { widthPx, heightPx, rgb } = drawContactSheet(images, { imageSizePx: 32, columns: 2 });
    assert.deepEqual([widthPx, heightPx], [2 + 2 * 98, 2 + 2 * 98]);
    const at = (x: number, y: number) => rgb[(y * widthPx + x) * 3];
    assert.deepEqual([at(10, 10), at(110, 10), at(10, 110), at(110, 110)], [0, 0, 255, 24]);
  });
});
