import assert from "node:assert/strict";
import { additive, CausalError, createCausalModel, fixed, root } from "#src/causal/index.ts";
import { key, normal } from "#src/engine/index.ts";

// Pearl, Glymour and Jewell 2016, section 4.2.3: encouragement X, homework H = 0.5 X, exam Y = 0.7 X + 0.4 H, each with
// noise. Joe has X = 0.5, H = 1, Y = 1.5; had he done homework H = 2, his score would have been 1.9.
const graph = { x: [], h: ["x"], y: ["x", "h"] } as const;
const draw = (stream: ReturnType<typeof key>) => normal(stream, 1)[0]!;
const school = createCausalModel(graph, {
  x: root<number>(draw),
  h: additive(({ x }: { x: number }) => 0.5 * x, draw),
  y: additive(({ x, h }: { x: number; h: number }) => 0.7 * x + 0.4 * h, draw),
});
const joe = { x: 0.5, h: 1, y: 1.5 };
const near = (found: number, wanted: number) => {
  assert.ok(Math.abs(found - wanted) < 1e-12, `${found} is not ${wanted}`);
};

describe("a structural causal model", () => {
  it("abducts, acts and predicts as in the textbook", async () => {
    const { noise, values } = await school.abduct(joe);
    assert.deepEqual(values, joe);
    near(noise.x, 0.5);
    near(noise.h, 0.75);
    near(noise.y, 0.75);
    const acted = await school.intervene({ h: 2 }).predict(noise);
    assert.equal(acted.h, 2);
    near(acted.y, 1.9);
    assert.deepEqual(school.intervene({ h: 2 }).graph["h"], []);
  });

  it("answers in one go what its three steps answer", async () => {
    const { factual, counterfactual } = await school.counterfactual(joe, { do: { h: 2 } });
    assert.deepEqual(factual, joe);
    near(counterfactual.y, 1.9);
    assert.equal(counterfactual.x, 0.5);
    const unchanged = await school.counterfactual(joe, { do: {} });
    assert.deepEqual(unchanged.counterfactual, joe);
  });

  it("abducts only what lies downstream of the action", async () => {
    const abducted: string[] = [];
    const watched = (name: string) => ({
      predict: (_: unknown, noise: number) => noise,
      abduct: (_: unknown, value: number) => {
        abducted.push(name);
        return value;
      },
    });
    const model = createCausalModel(
      { a: [], b: ["a"], c: ["b"], aside: ["a"] },
      {
        a: watched("a"),
        b: watched("b"),
        c: watched("c"),
        aside: watched("aside"),
      },
    );
    await model.counterfactual({ a: 1, b: 2, c: 3, aside: 4 }, { do: { b: 0 } });
    assert.deepEqual(abducted, ["c"]);
  });

  it("recognises what is hidden, and lets what was seen stand", async () => {
    const film = createCausalModel(
      { code: [], film: ["code"] },
      { code: root<number>(), film: additive(({ code }: { code: number }) => 10 * code) },
      { recognise: ({ film: seen }) => ({ code: Math.round(seen! / 10), film: -1 }) },
    );
    const { factual, counterfactual } = await film.counterfactual(
      { film: 32 },
      { do: { code: 7 } },
    );
    assert.deepEqual(factual, { code: 3, film: 32 });
    assert.deepEqual(counterfactual, { code: 7, film: 72 });
  });

  it("draws worlds, and worlds under an intervention", async () => {
    const acted = school.intervene({ h: 2 });
    const [natural, forced] = [await school.sample(key(1)), await acted.sample(key(1))];
    assert.equal(forced.h, 2);
    // The same noise: only what homework does to the exam differs.
    near(forced.x, natural.x);
    near(forced.y - natural.y, 0.4 * (2 - natural.h));
  });

  it("says what is missing", async () => {
    await assert.rejects(school.abduct({ x: 1 }), /what h, y was.*Observe it/);
    await assert.rejects(school.abduct({ ...joe, z: 1 } as typeof joe), /no variable "z"/);
    const still = createCausalModel({ a: [] }, { a: root<number>() });
    await assert.rejects(still.sample(key(0)), CausalError);
    assert.equal((await still.intervene({ a: 4 }).sample(key(0))).a, 4);
  });

  it("is refused by the compiler, and when it runs, where graph and mechanisms do not fit", () => {
    const double = fixed(({ a }: { a: number }) => 2 * a);
    const number = { a: root<number>() };
    const two = { ...number, b: double };
    const text = { a: root<string>(), b: double };
    // @ts-expect-error b is made of a, which the graph does not say.
    createCausalModel({ a: [], b: [] }, two);
    // @ts-expect-error a is a text, and b wants a number.
    createCausalModel({ a: [], b: ["a"] }, text);
    // @ts-expect-error b has no mechanism.
    const lacking = () => createCausalModel({ a: [], b: ["a"] }, number);
    assert.throws(lacking, /"b" has no mechanism/);
    assert.throws(() => createCausalModel({ a: [] }, two), /"b" is not in the graph/);
    assert.throws(() => createCausalModel({ a: ["b"], b: ["a"] }, two), /cycle/);
  });
});
