import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "#src/formats/format-error.ts";
import { readParquet } from "#src/formats/parquet.ts";

// Written by pyarrow: test/src/io/layout-reference.py.
const tables = join(import.meta.dirname, "../io/tables");

describe("readParquet", () => {
  for (const codec of ["snappy", "zstd", "gzip", "none"]) {
    it(`reads what pyarrow writes as texts: ${codec}`, async () => {
      const table = await readParquet(await readFile(join(tables, `labels-${codec}.parquet`)));
      assert.deepEqual(table, {
        columns: ["image", "labels", "patient", "age", "is_pa", "taken", "view"],
        rows: [
          {
            image: "a.png",
            labels: "Edema|Effusion",
            patient: "1",
            age: "50.5",
            is_pa: "1",
            taken: "1970-01-01T00:00:00.000Z",
            view: "PA",
          },
          {
            image: "b.png",
            labels: "No Finding",
            patient: "1",
            age: "",
            is_pa: "0",
            taken: "1970-01-02T00:00:00.000Z",
            view: "AP",
          },
          { image: "c.png", labels: "", patient: "2", age: "7", is_pa: "", taken: "", view: "PA" },
        ],
      });
    });
  }

  it("refuses other bytes, cut files and cells that hold records", async () => {
    const whole = await readFile(join(tables, "labels-snappy.parquet"));
    const refused = async (bytes: Uint8Array, message: RegExp) => {
      await assert.rejects(
        readParquet(bytes),
        (error) => error instanceof FormatError && message.test(error.message),
      );
    };
    await refused(Buffer.from("image,labels\n"), /parquet: .*to_parquet/);
    await refused(whole.subarray(0, whole.length - 9), /parquet: /);
    await refused(await readFile(join(tables, "pictures.parquet")), /"image" holds records/);
  });
});
