import { foldIn, type Key } from "../engine/index.ts";
import { CausalError } from "./causal-error.ts";
import { causalOrder, causesOf, descendantsOf, type CausalGraph } from "./causal-graph.ts";
import type { Mechanism } from "./mechanism.ts";

/** Mechanisms by variable. */
type Mechanisms = Readonly<
  Record<
    string,
    {
      readonly predict: (...args: never[]) => unknown;
      readonly abduct: (...args: never[]) => unknown;
      readonly draw?: (stream: Key) => unknown;
    }
  >
>;

/** The value of each variable, by its mechanism. */
export type ValuesOf<M extends Mechanisms> = {
  readonly [Name in keyof M]: Awaited<ReturnType<M[Name]["predict"]>>;
};

/** The noise of each variable, by its mechanism. */
export type NoiseOf<M extends Mechanisms> = {
  readonly [Name in keyof M]: Awaited<ReturnType<M[Name]["abduct"]>>;
};

/** Every variable's mechanism must take the causes that the graph gives it. */
export type MechanismsFor<G extends CausalGraph, M extends Mechanisms> = {
  readonly [Name in keyof G]: Name extends keyof M
    ? Mechanism<
        { readonly [Cause in G[Name][number] & keyof M]: ValuesOf<M>[Cause] },
        ValuesOf<M>[Name],
        NoiseOf<M>[Name]
      >
    : never;
};

/** What an abduction found out: every variable as it was, and the noise that made it so. */
export interface Abduction<Values, Noise> {
  readonly values: Values;
  readonly noise: Noise;
}

/** A counterfactual beside what was. */
export interface CounterfactualWorld<Values> {
  readonly factual: Values;
  readonly counterfactual: Values;
}

/** A structural causal model: Pearl 2009, chapter 7. */
export interface CausalModel<Values, Noise> {
  readonly graph: CausalGraph;
  /** Causes before effects. */
  readonly order: readonly (keyof Values & string)[];
  /** Abduction: the noise that explains what was observed; hidden variables are recognised first. */
  abduct(observed: Partial<Values>): Promise<Abduction<Values, Noise>>;
  /** Action: the model in which variables are set, whatever their causes; their edges are cut. */
  intervene(actions: Partial<Values>): CausalModel<Values, Noise>;
  /** Prediction: every variable from the noise. */
  predict(noise: Noise): Promise<Values>;
  /**
   * Abduction, action and prediction. What does not lie downstream of the action stays exactly as it was, and only what does is
   * abducted.
   */
  counterfactual(
    observed: Partial<Values>,
    question: { readonly do: Partial<Values> },
  ): Promise<CounterfactualWorld<Values>>;
  /** Draws a world from fresh noise. @throws CausalError when a mechanism cannot draw. */
  sample(stream: Key): Promise<Values>;
}

/**
 * Makes a model of a graph and one mechanism a variable. The compiler checks that mechanisms take the causes that the graph
 * gives them, of the types that theirs make.
 *
 * @param options `recognise`: values of hidden variables given the observed ones (an encoder); needed where not all is observed.
 * @throws CausalError for a graph with a cycle or an unknown cause, and when variables and mechanisms differ.
 *
 * @example
 * ```ts
 * import { additive, createCausalModel, root } from "counterlab";
 *
 * const school = createCausalModel(
 *   { homework: [], exam: ["homework"] },
 *   { homework: root<number>(), exam: additive(({ homework }: { homework: number }) => homework / 2) },
 * );
 * // This pupil did better than the homework explains, and would have again.
 * const { counterfactual } = await school.counterfactual(
 *   { homework: 1, exam: 1.5 },
 *   { do: { homework: 2 } },
 * );
 * console.log(counterfactual.exam); // 2
 * ```
 */
export function createCausalModel<const G extends CausalGraph, M extends Mechanisms>(
  graph: G,
  mechanisms: M & MechanismsFor<G, M>,
  options: {
    readonly recognise?: (
      observed: Partial<ValuesOf<M>>,
    ) => Partial<ValuesOf<M>> | Promise<Partial<ValuesOf<M>>>;
  } = {},
): CausalModel<ValuesOf<M>, NoiseOf<M>> {
  const missing = Object.keys(graph).filter((name) => !Object.hasOwn(mechanisms, name));
  const extra = Object.keys(mechanisms).filter((name) => !Object.hasOwn(graph, name));
  if (missing.length + extra.length > 0) {
    throw new CausalError(
      [
        ...missing.map((name) => `"${name}" has no mechanism.`),
        ...extra.map((name) => `"${name}" is not in the graph.`),
      ].join(" "),
      "Give the graph and the mechanisms the same variables.",
    );
  }
  const model = buildModel(
    graph,
    mechanisms as unknown as UntypedMechanisms,
    options.recognise as Recognise | undefined,
  );
  return model as unknown as CausalModel<ValuesOf<M>, NoiseOf<M>>;
}

type Values = Readonly<Record<string, unknown>>;
type UntypedMechanisms = Readonly<Record<string, Mechanism<Values, unknown, unknown>>>;
type Recognise = (observed: Values) => Values | Promise<Values>;

// Within, variables are known by name only: the types above keep what goes in and out right.
function buildModel(
  graph: CausalGraph,
  mechanisms: UntypedMechanisms,
  recognise: Recognise | undefined,
): CausalModel<Values, Values> {
  const order = causalOrder(graph);
  const causes = (name: string, values: Values): Values =>
    Object.fromEntries(causesOf(graph, name).map((cause) => [cause, values[cause]]));
  const requireKnown = (values: Values) => {
    for (const name of Object.keys(values)) causesOf(graph, name);
  };

  const complete = async (observed: Values): Promise<Values> => {
    requireKnown(observed);
    const isHidden = (values: Values) => order.filter((name) => values[name] === undefined);
    if (isHidden(observed).length === 0) return observed;
    // What was seen stands, whatever the recognition makes of it.
    const values = { ...(await recognise?.(observed)), ...observed };
    const hidden = isHidden(values);
    if (hidden.length === 0) return values;
    throw new CausalError(
      `Nothing says what ${hidden.join(", ")} was.`,
      recognise === undefined
        ? "Observe it, or give the model a way to recognise it."
        : "Observe it: the model cannot recognise it from what was given.",
    );
  };

  const abductSome = async (values: Values, names: readonly string[]) => {
    const noise: Record<string, unknown> = {};
    for (const name of names) {
      noise[name] = await mechanisms[name]!.abduct(causes(name, values), values[name]);
    }
    return noise;
  };

  return {
    graph,
    order,
    abduct: async (observed) => {
      const values = await complete(observed);
      return { values, noise: await abductSome(values, order) };
    },
    intervene: (actions) => {
      requireKnown(actions);
      const set = Object.keys(actions);
      const cut = set.map((name) => [name, []] as const);
      const constants = set.map(
        (name) =>
          [
            name,
            { predict: () => actions[name], abduct: () => undefined, draw: () => undefined },
          ] as const,
      );
      return buildModel(
        { ...graph, ...Object.fromEntries(cut) },
        { ...mechanisms, ...Object.fromEntries(constants) },
        recognise,
      );
    },
    predict: async (noise) => {
      const values: Record<string, unknown> = {};
      for (const name of order) {
        values[name] = await mechanisms[name]!.predict(causes(name, values), noise[name]);
      }
      return values;
    },
    counterfactual: async (observed, { do: actions }) => {
      requireKnown(actions);
      const factual = await complete(observed);
      const set = Object.keys(actions);
      const changing = descendantsOf(graph, set);
      const predicted = order.filter((name) => changing.has(name) && !set.includes(name));
      const noise = await abductSome(factual, predicted);
      const counterfactual: Record<string, unknown> = { ...factual, ...actions };
      for (const name of predicted) {
        counterfactual[name] = await mechanisms[name]!.predict(
          causes(name, counterfactual),
          noise[name],
        );
      }
      return { factual, counterfactual };
    },
    sample: async (stream) => {
      const values: Record<string, unknown> = {};
      for (const name of order) {
        const { draw, predict } = mechanisms[name]!;
        if (draw === undefined) {
          throw new CausalError(
            `The mechanism of "${name}" cannot draw its noise.`,
            "Give it a `draw`, or set the variable with `intervene`.",
          );
        }
        values[name] = await predict(causes(name, values), await draw(foldIn(stream, name)));
      }
      return values;
    },
  };
}
