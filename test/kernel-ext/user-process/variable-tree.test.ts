import assert from "node:assert/strict";
import { typeName, VariableTree } from "#kernel-ext/user-process/variable-tree.ts";

describe("variables as a debugger shows them", () => {
  const show = (value: unknown): string => {
    const { type, value: text } = new VariableTree().variable("v", value);
    return `${type ?? "-"} ${text}`;
  };

  it("have a short text and a type; primitives the types whose values JupyterLab shows", () => {
    class Film {
      readonly sizePx = 3;
    }
    assert.equal(show(3), "int 3");
    assert.equal(show(0.5), "float 0.5");
    assert.equal(show(1e21), "float 1e+21");
    assert.equal(show(true), "bool true");
    assert.equal(show("a"), "str 'a'");
    assert.equal(show(undefined), "- undefined");
    assert.equal(show(null), "- null");
    assert.equal(show(10n), "- 10n");
    assert.equal(show([1, 2]), "Array(2) [ 1, 2 ]");
    assert.equal(show(new Film()), "Film Film { sizePx: 3 }");
    assert.equal(show(Object.create(null)), "Object [Object: null prototype] {}");
    assert.ok(show("x".repeat(10_000)).length < 300);
  });

  it("run no code of the user", () => {
    let calls = 0;
    const touch = (): never => {
      calls += 1;
      throw new Error("touched");
    };
    const value = {
      get field() {
        return touch();
      },
      [Symbol.for("nodejs.util.inspect.custom")]: touch,
      inner: new Proxy({}, { get: touch, ownKeys: touch, getOwnPropertyDescriptor: touch }),
    };
    const tree = new VariableTree();
    const { variablesReference } = tree.variable("value", value);
    const names = tree.children(variablesReference).map(({ name, value: text }) => [name, text]);
    assert.deepEqual(names.slice(0, 2), [
      ["field", "(accessor)"],
      [
        "inner",
        "Proxy [ {}, { get: [Function: touch], ownKeys: [Function: touch], getOwnPropertyDescriptor: [Function: touch] } ]",
      ],
    ]);
    assert.equal(calls, 0);
  });

  it("keep one reference an object, so that an open branch stays open", () => {
    const tree = new VariableTree();
    const list = [1];
    assert.equal(
      tree.variable("a", list).variablesReference,
      tree.variable("b", list).variablesReference,
    );
    assert.equal(tree.variable("c", []).variablesReference, 0);
  });

  it("show long lists in groups of at most a hundred, on every level", () => {
    const tree = new VariableTree();
    const { variablesReference } = tree.variable("a", new Float64Array(1_000_000));
    const groups = tree.children(variablesReference);
    assert.equal(groups.length, 100);
    assert.equal(groups[99]!.name, "[990000 … 999999]");
    const inner = tree.children(groups[99]!.variablesReference);
    assert.equal(inner.length, 100);
    const last = tree.children(inner[99]!.variablesReference);
    assert.deepEqual([last.length, last[99]!.name, last[99]!.value], [100, "999999", "0"]);
    assert.equal(tree.children(groups[0]!.variablesReference, { start: 98, count: 5 }).length, 2);
  });

  it("show what maps, sets and errors hold", () => {
    const tree = new VariableTree();
    const inside = (value: unknown): string[] =>
      tree
        .children(tree.variable("v", value).variablesReference)
        .map(({ name, value: text }) => `${name} = ${text}`);
    assert.deepEqual(inside(new Map([[{ a: 1 }, "x"]])), ["{ a: 1 } = 'x'"]);
    assert.deepEqual(inside(new Set(["x"])), ["0 = 'x'"]);
    assert.ok(inside(new RangeError("too far")).includes("message = 'too far'"));
  });

  it("are gone with their scope", () => {
    const tree = new VariableTree();
    const scope = tree.keepList([["x", 1]]);
    assert.equal(tree.children(scope)[0]!.evaluateName, "x");
    tree.forgetLists();
    assert.deepEqual(tree.children(scope), []);
  });

  it("name a class by its constructor, and never ask for more", () => {
    assert.equal(typeName(Object.create({ constructor: { name: "Fake" } })), "Object");
    assert.equal(typeName(new Map()), "Map(0)");
  });
});
