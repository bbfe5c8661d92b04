"""Measures how hard the phantom is, on baselines alone (no method of ours takes part).

Same small CNN and number of updates throughout, trained on the films that bench/phantom-export.ts wrote:
  softmax   the long-tailed training set as it is
  crt       softmax's features, classifier trained anew with class-balanced sampling (Kang et al. 2020, cRT)
  top-up    the long-tailed set topped up to 2,000 films a class with extra real renders
  oracle    fresh balanced renders only, twice the updates
  identity  a regressor of the identity factors from the topped-up films (R² on the test set)
Prints balanced accuracy on the balanced test set (250 a class) and writes it as JSON.

  OMP_NUM_THREADS=1 python bench/phantom_calibration.py out/calibration [seeds] [updates] [crt,top-up,oracle,identity]
"""

import json
import sys
import time

import numpy as np
import torch
from torch import nn

folder = sys.argv[1] if len(sys.argv) > 1 else "out/calibration"
seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
updates = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
only = sys.argv[4].split(",") if len(sys.argv) > 4 else ["crt", "top-up", "oracle"]
FACTORS = "thoraxWidth thoraxHeight lungAsymmetry diaphragmRight diaphragmLeft cardiothoracicRatio clavicleAngle ribSpacing ribPhase spineCurve softTissueThickness shoulderSlope".split()
BATCH = 64


def load(name):
    archive = np.load(f"{folder}/{name}.npz")
    images = torch.from_numpy(archive["images"]).float().div_(255)
    return (
        images.unsqueeze(1),
        torch.from_numpy(archive["types"]).long(),
        archive["severities"],
    )


def small_cnn(outputs=8, width=64):
    def block(n_in, n_out):
        return [
            nn.Conv2d(n_in, n_out, 3, 2, 1, bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(),
        ]

    return nn.Sequential(
        *block(1, 16),
        *block(16, 32),
        *block(32, 64),
        nn.Conv2d(64, 64, 3, 1, 1, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 16, width),
        nn.ReLU(),
        nn.Linear(width, outputs),
    )


def batches(images, types, steps, balanced, generator):
    if balanced:
        weights = 1.0 / torch.bincount(types, minlength=8).float()[types]
    else:
        weights = torch.ones(len(types))
    for _ in range(steps):
        picked = torch.multinomial(weights, BATCH, replacement=True, generator=generator)
        x = images[picked]
        # Small shifts, the only augmentation that keeps sides: 0 to 2 pixels each way.
        dx, dy = torch.randint(-2, 3, (2,), generator=generator).tolist()
        yield torch.roll(x, (dy, dx), (2, 3)), types[picked]


def fit(model, parameters, images, types, steps, balanced, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(parameters, lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    model.train()
    for x, y in batches(images, types, steps, balanced, generator):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


@torch.no_grad()
def evaluate(model, test):
    images, types, severities = test
    model.eval()
    predicted = torch.cat([model(part).argmax(1) for part in images.split(250)])
    hit = (predicted == types).numpy()
    types = types.numpy()
    recalls = [float(hit[types == k].mean()) for k in range(8)]
    bins = np.minimum((severities * 3).astype(int), 2)
    by_bin = [float(hit[(types > 0) & (bins == b)].mean()) for b in range(3)]
    return {
        "balancedAccuracy": round(float(np.mean(recalls)), 4),
        "recalls": [round(r, 3) for r in recalls],
        "recallMildModerateSevere": [round(r, 3) for r in by_bin],
    }


def regress_identity(seed):
    """R² of every factor, over all films and over those where no disease covers it."""
    sets = {}
    for name in ("train", "topUp", "test"):
        archive = np.load(f"{folder}/{name}.npz")
        images = torch.from_numpy(archive["images"]).float().div_(255).unsqueeze(1)
        sets[name] = (images, torch.from_numpy(archive["identities"]))
    images, targets = (torch.cat([sets["train"][k], sets["topUp"][k]]) for k in range(2))
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = small_cnn(len(FACTORS), 128)
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=2 * updates)
    model.train()
    for _ in range(2 * updates):
        picked = torch.randint(0, len(images), (BATCH,), generator=generator)
        loss = ((model(images[picked]) - targets[picked]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    model.eval()
    with torch.no_grad():
        predicted = torch.cat([model(part) for part in sets["test"][0].split(250)])
    truth = sets["test"][1]
    r2 = 1 - ((predicted - truth) ** 2).mean(0) / truth.var(0)
    return {name: round(float(value), 3) for name, value in zip(FACTORS, r2)}


def run(seed):
    results = {}
    train, test = load("train"), load("test")
    if "crt" in only:
        torch.manual_seed(seed)
        model = small_cnn()
        fit(model, model.parameters(), *train[:2], updates, False, seed)
        results["softmax"] = evaluate(model, test)
        head = model[-1]
        head.reset_parameters()
        for parameter in model[:-1].parameters():
            parameter.requires_grad_(False)
        fit(model, head.parameters(), *train[:2], updates // 3, True, seed + 100)
        results["crt"] = evaluate(model, test)
    if "top-up" in only:
        extra = load("topUp")
        torch.manual_seed(seed)
        model = small_cnn()
        both = [torch.cat([train[k], extra[k]]) for k in range(2)]
        fit(model, model.parameters(), *both, updates, False, seed)
        results["top-up"] = evaluate(model, test)
    if "oracle" in only:
        oracle = load("oracle")
        torch.manual_seed(seed + 1000)
        model = small_cnn()
        fit(model, model.parameters(), *oracle[:2], 2 * updates, False, seed)
        results["oracle"] = evaluate(model, test)
    if "identity" in only:
        results["identity"] = regress_identity(seed)
    return results


torch.set_num_threads(1)
report = {"updates": updates, "batch": BATCH, "seeds": []}
for seed in range(seeds):
    start = time.time()
    results = run(seed)
    report["seeds"].append(results)
    for name, result in results.items():
        print(seed, name, json.dumps(result), flush=True)
    print(f"seed {seed}: {time.time() - start:.0f} s", flush=True)
with open(f"{folder}/calibration-{'-'.join(only)}.json", "w") as file:
    json.dump(report, file, indent=2)
