import { auroc } from "../classification/ranking.ts";
import {
  meanOverFactors,
  requireSplitFilms,
  type CodeScore,
  type SplitFilms,
} from "./coded-films.ts";
import { MetricInputError } from "../metric-input-error.ts";
import { predictProbabilities } from "./penalised-regression.ts";
import { fitClasses } from "./predict-factor.ts";
import { standardise, standardiserOf } from "./standardise.ts";

/**
 * Explicitness: one-against-rest AUROC of a logistic regression from standardised codes, averaged over a factor's classes,
 * then over factors. Ridgeway and Mozer 2018 (arXiv:1802.05312), section 3, without the rescaling, as in
 * disentanglement_lib (L2 penalty with C = 1).
 *
 * @param films Discrete factors whose test films show every class of the training films; else MetricInputError.
 * @returns On test films, from 0 to 1; 0.5 by guessing.
 */
export function explicitness(films: SplitFilms): CodeScore {
  requireSplitFilms("explicitness", films);
  const scale = standardiserOf(films.train.codes);
  const train = standardise(films.train.codes, scale);
  const test = standardise(films.test.codes, scale);
  const scores = films.train.factors.map(({ name, kind, values }, k) => {
    if (kind === "continuous") {
      throw new MetricInputError(
        "explicitness",
        `factor ${name}`,
        "is continuous; bin it first or leave it out.",
      );
    }
    const { model, classes } = fitClasses(train, values, { l2: 1 / train.shape[0] });
    const probabilities = predictProbabilities(model, test);
    const truth = Array.from(films.test.factors[k]!.values);
    const areas = classes.map((value, column) =>
      auroc(
        truth.map((_, row) => probabilities.data[row * classes.length + column]!),
        truth.map((own) => (own === value ? 1 : 0)),
      ),
    );
    return areas.reduce((sum, area) => sum + area, 0) / areas.length;
  });
  return meanOverFactors(films.test, scores);
}
