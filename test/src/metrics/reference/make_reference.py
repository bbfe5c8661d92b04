"""Makes reference.json: what reference implementations say of numbers that the tests make again.

python3 -m venv /tmp/metricsvenv
/tmp/metricsvenv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 torch==2.13.0
/tmp/metricsvenv/bin/pip install --no-deps torchmetrics==1.9.0 lightning-utilities packaging prdc==0.2 clean-fid==0.1.35 \
    pytorch-fid==0.3.0 vendi-score==0.0.3 pytorch-msssim==1.0.0
/tmp/metricsvenv/bin/python test/src/metrics/reference/make_reference.py > test/src/metrics/reference/reference.json

disentanglement_lib 1.5 needs TensorFlow 1; its functions are typed again below, gin and TensorFlow left out.
"""

import ast
import contextlib
import importlib
import importlib.util
import json
import os
import sys
import warnings

import numpy as np
import scipy.linalg
import scipy.spatial
import scipy.stats
import sklearn.metrics
import torch
from sklearn import linear_model, neighbors, svm

warnings.simplefilter("ignore")


class ParkMiller:
    def __init__(self, seed):
        self.state = seed

    def uniform(self, *shape):
        return np.array([self._next() for _ in range(int(np.prod(shape)))]).reshape(shape)

    def normal(self, *shape):
        numbers = []
        for _ in range(int(np.prod(shape))):
            total = 0.0
            for _ in range(12):
                total += self._next()
            numbers.append(total - 6)
        return np.array(numbers).reshape(shape)

    def _next(self):
        self.state = (16807 * self.state) % 2147483647
        return self.state / 2147483647


def function_of(package, file, name, **namespace):
    """One function of an installed package, without what its module imports (torchvision, downloads)."""
    folder = os.path.dirname(importlib.util.find_spec(package).origin)
    with open(os.path.join(folder, file)) as source:
        tree = ast.parse(source.read())
    body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    exec(compile(ast.Module(body, []), file, "exec"), namespace)
    return namespace[name]


class OldLinalg:
    """scipy.linalg as it was when the FID packages were written."""

    @staticmethod
    def sqrtm(matrix, disp=True):
        root = scipy.linalg.sqrtm(matrix)
        return root if disp else (root, 0.0)


def distributions():
    from prdc import compute_prdc
    from torchmetrics.image.kid import poly_mmd
    from vendi_score import vendi

    random = ParkMiller(11)
    reference = random.normal(300, 8)
    generated = random.normal(200, 8) * 0.8
    generated[:, 1:] += 0.5 * generated[:, :-1]
    generated += 0.3
    few = random.normal(20, 30)
    mean1, covariance1 = reference.mean(0), np.cov(reference, rowvar=False)
    mean2, covariance2 = generated.mean(0), np.cov(generated, rowvar=False)
    clean = function_of("cleanfid", "fid.py", "frechet_distance", np=np, linalg=OldLinalg)
    pytorch = function_of("pytorch_fid", "fid_score.py", "calculate_frechet_distance", np=np, linalg=OldLinalg)
    kernel = function_of("cleanfid", "fid.py", "kernel_distance", np=np)
    same = torch.tensor(reference[:200]), torch.tensor(generated)
    torchmetrics_kid = poly_mmd(*same)

    def mmd(x, y):
        k = lambda a, b: sklearn.metrics.pairwise.polynomial_kernel(a, b, degree=3, gamma=None, coef0=1)
        off = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
        return off(k(x, x)) + off(k(y, y)) - 2 * k(x, y).mean()

    with contextlib.redirect_stdout(sys.stderr):
        overlap = compute_prdc(reference, generated, nearest_k=5)
    nearest_own = neighbors.NearestNeighbors(n_neighbors=2).fit(reference).kneighbors(reference)[0][:, 1]
    nearest = neighbors.NearestNeighbors(n_neighbors=1).fit(reference).kneighbors(generated)[0][:, 0]
    threshold = np.percentile(nearest_own, 10)
    patients, shown = np.arange(300) % 40, np.arange(200) % 50
    similarity = sklearn.metrics.pairwise.cosine_similarity(generated, reference)
    return {
        "frechetCleanFid": clean(mean1, covariance1, mean2, covariance2),
        "frechetPytorchFid": pytorch(mean1, covariance1, mean2, covariance2),
        "frechetFewFilms": clean(few[:10].mean(0), np.cov(few[:10], rowvar=False), few[10:].mean(0), np.cov(few[10:], rowvar=False)),
        "kidCleanFid": kernel(generated, reference[:200], num_subsets=1, max_subset_size=200),
        "kidTorchmetrics": torchmetrics_kid.item(),
        "kidUnequal": mmd(reference, generated),
        "overlap": {name: float(value) for name, value in overlap.items()},
        "meanPairwiseDistance": scipy.spatial.distance.pdist(generated).mean(),
        "vendi": vendi.score_dual(generated),
        "vendiFewFilms": vendi.score_K(
            (lambda unit: unit @ unit.T)(few / np.linalg.norm(few, axis=1, keepdims=True))
        ),
        "memorisedShare": (nearest < threshold).mean(),
        "memorisationThreshold": threshold,
        "nearestPercentile": 100 * (nearest_own < nearest[0]).mean(),
        "reIdentification": sklearn.metrics.roc_auc_score(
            (shown[:, None] == patients[None]).ravel(), similarity.ravel()
        ),
    }


def films(random, count, height, width):
    y, x = np.mgrid[:height, :width]
    base = ((7 * y + 3 * x) % 17) / 17
    return 0.6 * base + 0.4 * random.uniform(count, height, width)


def similarity():
    import pytorch_msssim
    parts = importlib.import_module("pytorch_msssim.ssim")
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

    random = ParkMiller(5)
    first, second = (torch.tensor(films(random, 2, 45, 51))[:, None] for _ in range(2))
    large = [torch.tensor(films(random, 1, 163, 170))[:, None] for _ in range(2)]
    blended = 0.7 * first + 0.3 * second

    # The package's own window is float32.
    window = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window = torch.tensor(window / window.sum())[None, None, None]

    def cropped(gaussian, size):
        _, full = ssim(blended, first, gaussian_kernel=gaussian, kernel_size=size, data_range=1.0, return_full_image=True)
        margin = (size - 1) // 2
        return full[..., margin:-margin, margin:-margin].mean((1, 2, 3)).tolist()

    def three_scales(x, y):
        # pytorch_msssim.ms_ssim's loop; the function itself refuses films under 161 pixels.
        weights = torch.tensor([0.0448, 0.2856, 0.3001], dtype=x.dtype)
        weights = weights / weights.sum()
        factors = []
        for level in range(3):
            whole, structure = parts._ssim(x, y, data_range=1.0, win=window, size_average=False)
            factors.append(torch.relu(structure if level < 2 else whole))
            padding = [size % 2 for size in x.shape[2:]]
            x, y = (torch.nn.functional.avg_pool2d(z, kernel_size=2, padding=padding) for z in (x, y))
        return torch.prod(torch.stack(factors) ** weights.view(-1, 1, 1), dim=0).mean(1).tolist()

    return {
        "gaussianPytorchMsssim": pytorch_msssim.ssim(blended, first, data_range=1.0, win=window, size_average=False).tolist(),
        "gaussianTorchmetrics": cropped(True, 11),
        "uniformTorchmetrics": cropped(False, 7),
        "threeScales": three_scales(blended, first),
        "fiveScales": pytorch_msssim.ms_ssim(0.7 * large[0] + 0.3 * large[1], large[0], data_range=1.0, win=window).item(),
    }


def coded_films(random, count):
    f0 = np.floor(random.uniform(count) * 4)
    f1 = np.floor(random.uniform(count) * 3)
    f2 = np.floor(random.uniform(count) * 2)
    f3 = random.normal(count)
    noise = random.normal(count, 5)
    codes = np.stack(
        [
            f0 + 0.3 * noise[:, 0],
            f1 + 0.5 * noise[:, 1],
            0.5 * f0 + f2 + 0.5 * noise[:, 2],
            0.9 * f3 + 0.3 * noise[:, 3],
            f2 + 0.8 * noise[:, 4],
        ],
        axis=1,
    )
    return codes, np.stack([f0, f1, f2, f3])


# disentanglement_lib/evaluation/metrics, version 1.5. Rows are codes and factors, columns films.


def histogram_discretize(target, num_bins=20):
    discretized = np.zeros_like(target)
    for i in range(target.shape[0]):
        discretized[i, :] = np.digitize(target[i, :], np.histogram(target[i, :], num_bins)[1][:-1])
    return discretized


def discrete_mutual_info(mus, ys):
    m = np.zeros([mus.shape[0], ys.shape[0]])
    for i in range(mus.shape[0]):
        for j in range(ys.shape[0]):
            m[i, j] = sklearn.metrics.mutual_info_score(ys[j, :], mus[i, :])
    return m


def compute_mig(mus, ys):
    m = discrete_mutual_info(histogram_discretize(mus), ys)
    entropy = np.array([sklearn.metrics.mutual_info_score(y, y) for y in ys])
    sorted_m = np.sort(m, axis=0)[::-1]
    return np.divide(sorted_m[0, :] - sorted_m[1, :], entropy[:])


def modularity(mutual_information):
    squared_mi = np.square(mutual_information)
    max_squared_mi = np.max(squared_mi, axis=1)
    numerator = np.sum(squared_mi, axis=1) - max_squared_mi
    denominator = max_squared_mi * (squared_mi.shape[1] - 1.0)
    modularity_score = 1.0 - numerator / denominator
    modularity_score[max_squared_mi == 0.0] = 0.0
    return np.mean(modularity_score)


def explicitness_per_factor(mus_train, y_train, mus_test, y_test):
    clf = linear_model.LogisticRegression(tol=1e-8, max_iter=5000).fit(mus_train.T, y_train)
    probabilities = clf.predict_proba(mus_test.T)
    return sklearn.metrics.roc_auc_score(np.eye(probabilities.shape[1])[y_test.astype(int)], probabilities)


def sap_matrix(mus, ys, mus_test, ys_test, continuous_factors):
    score_matrix = np.zeros([mus.shape[0], ys.shape[0]])
    for i in range(mus.shape[0]):
        for j in range(ys.shape[0]):
            if continuous_factors:
                cov = np.cov(mus[i, :], ys[j, :], ddof=1)
                score_matrix[i, j] = cov[0, 1] ** 2 / (cov[0, 0] * cov[1, 1])
            else:
                classifier = svm.LinearSVC(C=0.01, class_weight="balanced", tol=1e-9, max_iter=100000)
                classifier.fit(mus[i, :][:, np.newaxis], ys[j])
                score_matrix[i, j] = np.mean(classifier.predict(mus_test[i, :][:, np.newaxis]) == ys_test[j])
    return score_matrix


def top_two_gap(matrix):
    sorted_matrix = np.sort(matrix, axis=0)
    return np.mean(sorted_matrix[-1, :] - sorted_matrix[-2, :])


def disentanglement(importance):
    per_code = 1.0 - scipy.stats.entropy(importance.T + 1e-11, base=importance.shape[1])
    return np.sum(per_code * importance.sum(axis=1) / importance.sum())


def completeness(importance):
    per_factor = 1.0 - scipy.stats.entropy(importance + 1e-11, base=importance.shape[0])
    return np.sum(per_factor * importance.sum(axis=0) / importance.sum())


def factor_vae(codes, batches, evaluation):
    variances = np.var(codes, axis=0, ddof=1)

    def count(drawn):
        votes = np.zeros((3, codes.shape[1]), dtype=np.int64)
        for factor, rows in drawn:
            votes[factor, np.argmin(np.var(codes[rows], axis=0, ddof=1) / variances)] += 1
        return votes

    training, evaluated = count(batches), count(evaluation)
    classifier, other = np.argmax(training, axis=0), np.arange(training.shape[1])
    return {
        "train": training[classifier, other].sum() / training.sum(),
        "evaluation": evaluated[classifier, other].sum() / evaluated.sum(),
    }


def codes():
    random = ParkMiller(7)
    train, train_factors = coded_films(random, 600)
    test, test_factors = coded_films(random, 400)
    importance = random.uniform(6, 4) ** 4
    importance[3] = 0
    mean, deviation = train.mean(0), train.std(0)
    x, x_test = (train - mean) / deviation, (test - mean) / deviation
    discrete = train_factors[:3]

    # DCI with lasso and L1 logistic regression, as ours.
    matrix = np.zeros((5, 4))
    informative = []
    for k in range(4):
        y, y_test = train_factors[k], test_factors[k]
        if k == 3:
            scaled = (y - y.mean()) / y.std()
            lasso = linear_model.Lasso(alpha=0.01, tol=1e-12, max_iter=100000).fit(x, scaled)
            matrix[:, k] = np.abs(lasso.coef_)
            informative.append(sklearn.metrics.r2_score(y_test, lasso.predict(x_test) * y.std() + y.mean()))
        else:
            model = linear_model.LogisticRegression(
                l1_ratio=1, solver="saga", C=1 / (600 * 0.01), tol=1e-10, max_iter=100000
            ).fit(x, y)
            matrix[:, k] = np.abs(model.coef_).mean(0)
            informative.append(model.score(x_test, y_test))

    def batches(count):
        drawn = []
        for index in range(count):
            factor = index % 3
            alike = np.flatnonzero(discrete[factor] == index % (4 - factor))
            picks = np.floor(random.uniform(6) * len(alike)).astype(int)
            drawn.append((factor, alike[picks]))
        return drawn

    logistic = linear_model.LogisticRegression(C=1 / (600 * 0.001), tol=1e-10, max_iter=10000).fit(x, discrete[0])
    ridge = linear_model.Ridge(alpha=600 * 0.001).fit(x, train_factors[3])
    return {
        "mig": compute_mig(train.T, discrete).tolist(),
        "migContinuous": compute_mig(train.T, histogram_discretize(train_factors[3:]))[0],
        "modularity": modularity(discrete_mutual_info(histogram_discretize(train.T), discrete)),
        "explicitness": [explicitness_per_factor(x.T, discrete[k], x_test.T, test_factors[k]) for k in range(3)],
        "sapDiscrete": top_two_gap(sap_matrix(train.T, discrete, test.T, test_factors[:3], False)),
        "sapContinuous": top_two_gap(sap_matrix(train.T, train_factors[3:], test.T, test_factors[3:], True)),
        "disentanglement": disentanglement(importance),
        "completeness": completeness(importance),
        "dciImportance": matrix.tolist(),
        "dciInformativeness": informative,
        "dciDisentanglement": disentanglement(matrix),
        "dciCompleteness": completeness(matrix),
        "factorVae": factor_vae(train, batches(90), batches(60)),
        "leakageAccuracy": logistic.score(x_test, test_factors[0]),
        "leakageBalancedAccuracy": sklearn.metrics.balanced_accuracy_score(test_factors[0], logistic.predict(x_test)),
        "leakageRSquared": ridge.score(x_test, test_factors[3]),
        "logisticWeights": logistic.coef_.T.tolist(),
    }


def classification():
    from torchmetrics.functional.classification import binary_calibration_error

    random = ParkMiller(3)
    truth = np.floor(random.uniform(500) ** 2 * 5).astype(int)
    guess = np.floor(random.uniform(500) * 5).astype(int)
    predicted = np.where(random.uniform(500) < 0.6, truth, guess)
    positive = (random.uniform(500) < 0.2).astype(int)
    # In steps, so that there are ties.
    scores = np.floor((0.3 * positive + 0.7 * random.uniform(500)) * 40) / 40
    confidence = random.uniform(500)
    right = (random.uniform(500) < confidence**1.5).astype(int)
    return {
        "confusion": sklearn.metrics.confusion_matrix(truth, predicted).tolist(),
        "balancedAccuracy": sklearn.metrics.balanced_accuracy_score(truth, predicted),
        "macroF1": sklearn.metrics.f1_score(truth, predicted, average="macro"),
        "recall": sklearn.metrics.recall_score(truth, predicted, average=None).tolist(),
        "auroc": sklearn.metrics.roc_auc_score(positive, scores),
        "averagePrecision": sklearn.metrics.average_precision_score(positive, scores),
        # torchmetrics' confidence is the probability of class 1, its accuracy the share of class 1.
        "calibration": binary_calibration_error(torch.tensor(confidence), torch.tensor(right), n_bins=15).item(),
    }


def counterfactual():
    from torchmetrics.functional.image import peak_signal_noise_ratio

    random = ParkMiller(13)
    exact, made = films(random, 3, 16, 20), films(random, 3, 16, 20)
    lesion = random.uniform(3, 16, 20) < 0.3
    psnr = lambda where: peak_signal_noise_ratio(
        torch.tensor(made[where]), torch.tensor(exact[where]), data_range=1.0
    ).item()
    observed, changed, real = random.normal(4, 3), random.normal(4, 3), random.normal(60, 3)
    real_class, own_class, new_class = np.arange(60) % 3, np.arange(4) % 3, (np.arange(4) + 1) % 3
    divergences = []
    for k in range(4):
        d = np.linalg.norm(observed[k] - changed[k])
        to_real = np.linalg.norm(real - observed[k], axis=1)
        p1 = np.mean(to_real[real_class == new_class[k]] <= d)
        p2 = np.mean(to_real[real_class == own_class[k]] >= d)
        divergences.append(np.log(0.8 * np.exp(p1) + 0.2 * np.exp(p2)))
    return {
        "errorInside": np.abs(made - exact)[lesion].mean(),
        "errorOutside": np.abs(made - exact)[~lesion].mean(),
        "psnrInside": psnr(lesion),
        "psnrOutside": psnr(~lesion),
        "minimality": divergences,
    }


def statistics():
    random = ParkMiller(17)
    values = random.normal(80) ** 2
    interval = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=200000, method="percentile", confidence_level=0.95, rng=1
    )
    return {
        "low": interval.confidence_interval.low,
        "high": interval.confidence_interval.high,
        "standardError": interval.standard_error,
        "quantile": [float(np.quantile(values, share)) for share in (0, 0.025, 0.31, 0.975, 1)],
    }


print(
    json.dumps(
        {
            "distributions": distributions(),
            "similarity": similarity(),
            "codes": codes(),
            "classification": classification(),
            "counterfactual": counterfactual(),
            "statistics": statistics(),
        },
        indent=2,
    )
)
