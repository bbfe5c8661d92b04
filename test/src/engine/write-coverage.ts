// Writes docs/engine-coverage.md: npx tsx test/src/engine/write-coverage.ts
import { writeFileSync } from "node:fs";
import { format } from "prettier";
import { coveragePage } from "./coverage-table.ts";

const page = await format(coveragePage(), { parser: "markdown", proseWrap: "preserve" });
writeFileSync(new URL("../../../docs/engine-coverage.md", import.meta.url), page);
