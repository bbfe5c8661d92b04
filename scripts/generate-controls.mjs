// Writes the models of ipywidgets' core controls from @jupyter-widgets/schema:
//   node scripts/generate-controls.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import prettier from "prettier";

const root = path.resolve(import.meta.dirname, "..");
export const generatedFile = path.join(root, "widgets/models/controls/core-controls.ts");

/** What the schema cannot say: a sentence for each class, and the class that holds its behaviour. */
const classes = {
  Layout: ["LayoutWidget", "CSS that front ends apply to a widget's outermost element."],
  Accordion: ["PagedContainer", "Pages below each other, of which one is open."],
  Audio: ["Control", "A player of sound, given as the bytes of a file or an address."],
  BoundedFloatText: ["BoundedControl", "A box for a number between `min` and `max`."],
  BoundedIntText: ["BoundedControl", "A box for a whole number between `min` and `max`."],
  Box: ["Container", "Widgets one after the other, arranged by the layout."],
  Button: ["ButtonControl", "A button; `onClick` calls back, `await clicked()` waits."],
  ButtonStyle: ["CoreWidget", "Colours and font of a button."],
  Checkbox: ["Control", "A box to tick: true or false."],
  CheckboxStyle: ["CoreWidget", "Background and description width of a check box."],
  ColorPicker: ["ColorControl", "A field for a CSS colour."],
  ColorsInput: ["Control", "A list of colours as tags."],
  Combobox: ["Control", "A text box that proposes `options`."],
  DatePicker: [
    "DateControl",
    "A field for a day: a Date whose local calendar day counts; it reads as midnight.",
  ],
  Datetime: ["DateControl", "A field for a moment; on the wire in UTC.", "DatetimePicker"],
  DescriptionStyle: ["CoreWidget", "Width of a description."],
  DirectionalLink: [
    "CoreWidget",
    "Keeps a trait of one widget equal to another's, in the front end; see `jsdlink`.",
  ],
  Dropdown: ["SingleSelection", "A menu from which one option is chosen."],
  FileUpload: ["UploadControl", "A button by which a reader hands over files."],
  FloatLogSlider: ["LogBoundedControl", "A slider of powers: from base^min to base^max."],
  FloatProgress: ["BoundedControl", "A bar that shows a number between `min` and `max`."],
  FloatRangeSlider: ["RangeControl", "A slider with two handles: [lower, upper]."],
  FloatSlider: ["BoundedControl", "A slider for a number."],
  FloatText: ["Control", "A box for a number."],
  FloatsInput: ["Control", "A list of numbers as tags."],
  GridBox: ["Container", "Widgets on the grid that the layout describes."],
  HBox: ["Container", "Widgets beside each other."],
  HTMLMath: ["Control", "HTML with LaTeX formulas."],
  HTMLMathStyle: ["CoreWidget", "Colours and font of an HTMLMath."],
  HTML: ["Control", "HTML."],
  HTMLStyle: ["CoreWidget", "Colours and font of an HTML."],
  Image: ["Control", "A picture, given as the bytes of a file or an address."],
  IntProgress: ["BoundedControl", "A bar that shows a whole number between `min` and `max`."],
  IntRangeSlider: ["RangeControl", "A slider with two handles: [lower, upper], whole numbers."],
  IntSlider: ["BoundedControl", "A slider for a whole number."],
  IntText: ["Control", "A box for a whole number."],
  IntsInput: ["Control", "A list of whole numbers as tags."],
  Label: ["Control", "A line of text, with LaTeX formulas."],
  LabelStyle: ["CoreWidget", "Colours and font of a label."],
  Link: ["CoreWidget", "Keeps traits of two widgets equal, in the front end; see `jslink`."],
  NaiveDatetime: [
    "DateControl",
    "A field for date and time without a time zone: what the local clock of the Date shows.",
    "NaiveDatetimePicker",
  ],
  Password: ["Control", "A text box that hides what is typed."],
  Play: ["BoundedControl", "Counts up in the front end; link its `value` with `jslink`."],
  ProgressStyle: ["CoreWidget", "Colour of a bar, and description width."],
  RadioButtons: ["SingleSelection", "Round buttons, of which one is chosen."],
  Select: ["SingleSelection", "A list from which one option is chosen."],
  SelectMultiple: ["MultipleSelection", "A list from which any number of options is chosen."],
  SelectionRangeSlider: ["RangeSelection", "A slider with two handles along the options."],
  SelectionSlider: ["NonemptySelection", "A slider along the options."],
  SliderStyle: ["CoreWidget", "Colour of a slider's handle, and description width."],
  Stack: ["PagedContainer", "Widgets of which only the selected one shows."],
  Tab: ["TabContainer", "Pages with tabs."],
  TagsInput: ["Control", "A list of words as tags."],
  Text: ["Control", "A box for a line of text."],
  TextStyle: ["CoreWidget", "Colours and font of a text box."],
  Textarea: ["Control", "A box for text of many lines."],
  Time: [
    "DateControl",
    "A field for a time of day: a Date whose local time counts; it reads as on 1 January 1970.",
    "TimePicker",
  ],
  ToggleButton: ["Control", "A button that stays pressed: true or false."],
  ToggleButtonStyle: ["CoreWidget", "Font of a toggle button."],
  ToggleButtons: ["SingleSelection", "Buttons in a row, of which one is pressed."],
  ToggleButtonsStyle: ["CoreWidget", "Width and font of toggle buttons."],
  VBox: ["Container", "Widgets below each other."],
  Valid: ["Control", "A tick or a cross."],
  Video: ["Control", "A player of film, given as the bytes of a file or an address."],
  Output: ["OutputControl", "Shows what code printed and displayed; see `run` and `capture`."],
};

/** Models without a class here, and why. */
const leftOut = new Set([
  "DOMWidget", // a base class; it has no view
  "Controller", // a game pad: its parts are opened by the front end, not by the kernel
  "ControllerAxis",
  "ControllerButton",
]);

/** Types that the schema leaves open: "Class.trait" or "trait" -> [runtime spec, TypeScript type]. */
const open = {
  "IntRangeSlider.value": [
    'type: "list", items: "int", length: 2',
    "readonly [lower: number, upper: number]",
  ],
  "FloatRangeSlider.value": [
    'type: "list", items: "float", length: 2',
    "readonly [lower: number, upper: number]",
  ],
  "SelectionRangeSlider.index": ['type: "list", items: "int", length: 2', "readonly number[]"],
  "FileUpload.value": ['type: "files"', "readonly UploadedFile[]"],
  "TagsInput.value": ['type: "list", items: "string"', "readonly string[]"],
  "TagsInput.allowedTags": ['type: "list", items: "string"', "readonly string[]"],
  "ColorsInput.value": ['type: "list", items: "string"', "readonly string[]"],
  "ColorsInput.allowedTags": ['type: "list", items: "string"', "readonly string[]"],
  "IntsInput.value": ['type: "list", items: "int"', "readonly number[]"],
  "IntsInput.allowedTags": ['type: "list", items: "int"', "readonly number[]"],
  "FloatsInput.value": ['type: "list", items: "float"', "readonly number[]"],
  "FloatsInput.allowedTags": ['type: "list", items: "float"', "readonly number[]"],
  "Output.outputs": ['type: "list", items: "object"', "readonly CellOutput[]"],
  "Link.source": ['type: "list", length: 2', "readonly [widget: AnyWidget, trait: string]"],
  "Link.target": ['type: "list", length: 2', "readonly [widget: AnyWidget, trait: string]"],
  "DirectionalLink.source": [
    'type: "list", length: 2',
    "readonly [widget: AnyWidget, trait: string]",
  ],
  "DirectionalLink.target": [
    'type: "list", length: 2',
    "readonly [widget: AnyWidget, trait: string]",
  ],
};

/** Traits whose name a method of the widget base has: "Class.trait" -> our name. */
const renamed = { "FileUpload.accept": "acceptedTypes" };

/** Defaults that ipywidgets computes, which the schema therefore has wrong: "Class.trait" -> default. */
const defaults = { "FileUpload.description": "Upload" };

const scalars = {
  int: "number",
  float: "number",
  string: "string",
  bool: "boolean",
  bytes: "Uint8Array",
};
const dates = { Date: "date", Time: "time", Datetime: "datetime" };

/** The source text of the generated file. */
export async function generateControls() {
  const require = createRequire(import.meta.url);
  const file = require.resolve("@jupyter-widgets/schema/jupyterwidgetmodels.latest.json");
  const models = JSON.parse(readFileSync(file, "utf8"))
    .map((model) => ({ ...model, key: model.model.name.replace(/Model$/, "") }))
    .filter(({ key }) => !leftOut.has(key));
  const unknown = models.filter(({ key }) => classes[key] === undefined);
  if (unknown.length > 0) {
    throw new Error(
      `generate-controls: say what to do with ${unknown.map(({ key }) => key).join(", ")}.`,
    );
  }
  const source = [header, ...models.map(controlSource)].join("\n");
  const settings = await prettier.resolveConfig(generatedFile);
  return prettier.format(source.replaceAll("\u200b", "\\u200b"), {
    ...settings,
    parser: "typescript",
  });
}

const header = `
// Generated by scripts/generate-controls.mjs from @jupyter-widgets/schema; change the script, not this file.
/* eslint-disable @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type -- the base class defines each trait of the interface as a property */
import type { CellOutput } from "../output-capture.ts";
import type { WidgetOptions } from "../widget.ts";
import { BoundedControl, DateControl, LogBoundedControl, RangeControl } from "./bounded-control.ts";
import { ButtonControl } from "./button-control.ts";
import { ColorControl } from "./color-control.ts";
import { Container, PagedContainer, TabContainer, type ContainerInput } from "./containers.ts";
import { Control } from "./control.ts";
import { CoreWidget, type AnyWidget, type ControlOptions } from "./core-widget.ts";
import { LayoutWidget } from "./layout-widget.ts";
import { OutputControl } from "./output-control.ts";
import {
  MultipleSelection,
  NonemptySelection,
  RangeSelection,
  SingleSelection,
  type SelectionInput,
} from "./selection-control.ts";
import type { OptionValue, SelectionOptions } from "./selection-options.ts";
import type { ControlSpec } from "./trait-spec.ts";
import { UploadControl } from "./upload-control.ts";
import type { UploadedFile } from "./uploaded-file.ts";
`;

function controlSource({ key, model, view, attributes }) {
  const [base, sentence, name = key] = classes[key];
  const isSelection = attributes.some((attribute) => attribute.name === "_options_labels");
  const traits = attributes
    .filter((attribute) => !/^_(?:model|view)_/.test(attribute.name))
    .map((attribute) => {
      const known = defaults[`${name}.${attribute.name}`];
      return traitOf(name, known === undefined ? attribute : { ...attribute, default: known });
    });
  if (isSelection) traits.push(...selectionTraits(base));
  const ofValue = isSelection ? "<Value = unknown>" : "";
  const spec = `${name[0].toLowerCase()}${name.slice(1)}Spec`.replace(/^hTML/, "html");
  return `
/** What a {@link ${name}} holds. */
export interface ${name}Traits${ofValue} {
${traits.map(({ doc, declaration }) => `${doc}\n${declaration}`).join("\n")}
}

const ${spec}: ControlSpec = {
  name: "${name}",
  names: {
    _model_module: "${model.module}",
    _model_module_version: "${model.version}",
    _model_name: "${model.name}",
    _view_module: "${view.module}",
    _view_module_version: "${view.version}",
    _view_name: ${JSON.stringify(view.name)},
  },
  traits: {
${traits.map(({ entry }) => entry).join("\n")}
  },
};

${classSource({ name, spec, base, sentence, isSelection })}`;
}

function classSource({ name, spec, base, sentence, isSelection }) {
  const doc = `/** ${sentence} */`;
  if (isSelection) {
    return `${doc}
export interface ${name}<Options extends SelectionOptions = SelectionOptions>
  extends ${name}Traits<OptionValue<Options>> {}
${doc}
export class ${name}<const Options extends SelectionOptions = SelectionOptions> extends ${base}<
  ${name}Traits<OptionValue<Options>>
> {
  constructor(
    options: SelectionInput<${name}Traits<OptionValue<Options>>, Options> = {},
    runtime?: WidgetOptions,
  ) {
    super(${spec}, options as ControlOptions<${name}Traits<OptionValue<Options>>>, runtime);
  }
}`;
  }
  const input = /Container$/.test(base) ? "ContainerInput" : "ControlOptions";
  return `${doc}
export interface ${name} extends ${name}Traits {}
${doc}
export class ${name} extends ${base}<${name}Traits> {
  constructor(options: ${input}<${name}Traits> = {}, runtime?: WidgetOptions) {
    super(${spec}, options, runtime);
  }
}`;
}

function traitOf(className, attribute) {
  const schemaName = camelCase(attribute.name);
  const name = renamed[`${className}.${schemaName}`] ?? schemaName;
  const isNullable = attribute.allow_none === true || attribute.default === null;
  const [kind, type] = typesOf(className, name, attribute);
  const initial = initialOf(className, attribute, kind);
  const words = wordsOf(attribute);
  const wire = snakeCase(name) === attribute.name ? [] : [`wireName: "${attribute.name}"`];
  const parts = [
    kind,
    ...initial,
    ...(words.length > 0 ? [`words: ${JSON.stringify(words)}`] : []),
    ...(isNullable ? ["isNullable: true"] : []),
    ...wire,
  ];
  const isDerived = attribute.name === "_options_labels";
  const help = attribute.help.trim().replace(/\s+/g, " ").replace(/\*\//g, "");
  const otherwise = defaultWords(attribute, className);
  const text = [help === "" ? undefined : help.replace(/([^.!?])$/, "$1."), otherwise]
    .filter((part) => part !== undefined)
    .join(" ");
  return {
    doc: text === "" ? "" : `/** ${text} */`,
    declaration: `${isDerived ? "readonly " : ""}${name}: ${type}${isNullable ? " | null" : ""};`,
    entry: `${name}: { ${parts.join(", ")} },`,
  };
}

/** Kernel-side traits of selections, which the schema does not have. */
function selectionTraits(base) {
  const isMany = base === "MultipleSelection" || base === "RangeSelection";
  const one = (type) => (base === "NonemptySelection" ? type : `${type} | null`);
  const trait = (name, doc, type, initial, kind = "any") => ({
    doc: `/** ${doc} */`,
    declaration: `${name}: ${type};`,
    entry: `${name}: { type: "${kind}", initial: ${initial}, wireName: null },`,
  });
  return [
    trait(
      "options",
      "Values, [label, value] pairs, or an object or Map of them.",
      "SelectionOptions<Value>",
      "[]",
    ),
    isMany
      ? trait("value", "The chosen values.", "readonly Value[]", "[]")
      : trait("value", "The chosen value.", one("Value"), "null"),
    isMany
      ? trait("label", "The labels of the chosen values.", "readonly string[]", "[]")
      : trait("label", "The label of the chosen value.", one("string"), "null"),
  ];
}

/** Run-time spec and TypeScript type of a trait. */
function typesOf(className, name, attribute) {
  const known = open[`${className}.${name}`];
  if (known !== undefined) return known;
  if (name === "children") return ['type: "list", items: "widget"', "readonly AnyWidget[]"];
  const { type, items, widget } = attribute;
  const words = wordsOf(attribute).map((word) => JSON.stringify(word));
  if (Array.isArray(type)) return [`type: "${type[0]}"`, ["number", ...words].join(" | ")];
  if (type === "reference") {
    return [
      `type: "widget", create: (options, runtime) => new ${widget}(options, runtime)`,
      widget,
    ];
  }
  if (type === "array") {
    const item = items?.type;
    if (scalars[item] === undefined)
      throw new Error(`generate-controls: ${className}.${name} needs a type.`);
    return [`type: "list", items: "${item}"`, `readonly ${scalars[item]}[]`];
  }
  if (dates[type] !== undefined) {
    const kind = className === "NaiveDatetimePicker" ? "localDatetime" : dates[type];
    return [`type: "${kind}"`, "Date"];
  }
  if (scalars[type] === undefined)
    throw new Error(`generate-controls: ${className}.${name}: ${type}?`);
  return [`type: "${type}"`, words.length > 0 ? words.join(" | ") : scalars[type]];
}

function wordsOf({ enum: words, union_attributes: union = [] }) {
  return words ?? union.flatMap((member) => member.enum ?? []);
}

function initialOf(className, { name, type, default: initial }, kind) {
  if (type === "reference") return [];
  if (type === "bytes") return ["initial: new Uint8Array()"];
  if (/^(?:Directional)?Link$/.test(className) && Array.isArray(initial)) return ["initial: []"];
  if (name === "_options_labels" || kind.startsWith('type: "list"'))
    return [`initial: ${JSON.stringify(initial)}`];
  return [`initial: ${JSON.stringify(initial)}`];
}

function defaultWords({ type, default: initial }, className) {
  if (type === "reference" || type === "bytes" || initial === null || /Link$/.test(className))
    return undefined;
  return `${JSON.stringify(initial)} when omitted.`;
}

function camelCase(wireName) {
  return wireName.replace(/^_/, "").replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(generatedFile, await generateControls());
}
