import type { SuiteSettings } from "../settings/suite-settings.ts";
import { full } from "./full.ts";
import { quick, quickImbalance10 } from "./quick.ts";
import { smoke } from "./smoke.ts";

/** The suites that come with the library, by name. Each is fixed before it is run; change one by giving it another name. */
export const SUITES: Readonly<Record<string, SuiteSettings>> = Object.fromEntries(
  [smoke, quick, quickImbalance10, full].map((suite) => [suite.name, suite]),
);
