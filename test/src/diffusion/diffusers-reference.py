"""Writes diffusers-reference.json: numbers of diffusers 0.42.1 (torch 2.13) that our schedules and samplers must give.

python -m venv venv && venv/bin/pip install torch diffusers==0.42.1 && venv/bin/python diffusers-reference.py
"""

import json
import math
from pathlib import Path

import torch
import diffusers.schedulers.scheduling_ddpm as ddpm_module
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
)
from diffusers.training_utils import compute_snr

LATENTS = torch.tensor([[1.3, -0.4, 0.05, -2.1, 0.8]], dtype=torch.float64)
STEPS = 6
SCHEDULES = {"cosine": "squaredcos_cap_v2", "linear": "linear"}
PREDICTIONS = ["epsilon", "sample", "v_prediction"]


def model(latents, timestep):
    """A fake network: nonlinear in the latents, different at each timestep."""
    return 0.7 * latents * math.cos(0.002 * timestep) + 0.2 * torch.sin(3 * latents) - 0.1


def noise(step):
    return torch.sin(torch.arange(5, dtype=torch.float64) * 1.7 + step)[None]


def options(schedule, **more):
    return dict(beta_schedule=SCHEDULES[schedule], num_train_timesteps=1000, **more)


def run(scheduler, with_noise, **kwargs):
    latents = LATENTS.clone()
    trace = []
    for step, timestep in enumerate(scheduler.timesteps):
        output = model(latents, float(timestep))
        extra = dict(variance_noise=noise(step)) if with_noise else {}
        result = scheduler.step(output, timestep, latents, **kwargs, **extra)
        latents = result.prev_sample
        row = {"latents": latents[0].tolist()}
        if hasattr(result, "pred_original_sample"):
            row["denoised"] = result.pred_original_sample[0].tolist()
        trace.append(row)
    return {"timesteps": scheduler.timesteps.tolist(), "trace": trace}


schedules = {}
snr = {}
for name in SCHEDULES:
    for zero in (False, True):
        scheduler = DDPMScheduler(**options(name, rescale_betas_zero_snr=zero))
        key = name + ("-zero-snr" if zero else "")
        schedules[key] = scheduler.alphas_cumprod.double()[[0, 1, 10, 249, 500, 800, 950, 998, 999]].tolist()
        if not zero:
            snr[key] = compute_snr(scheduler, torch.tensor([0, 10, 249, 500, 800, 950])).double().tolist()

timesteps = []
for spacing in ("leading", "trailing", "linspace"):
    for count in (6, 7, 16, 20, 50, 1000):
        scheduler = DDIMScheduler(**options("cosine", timestep_spacing=spacing))
        scheduler.set_timesteps(count)
        timesteps.append({"spacing": spacing, "count": count, "timesteps": scheduler.timesteps.tolist()})

trajectories = []
for schedule in SCHEDULES:
    for zero in (False, True):
        for prediction in PREDICTIONS:
            if zero and prediction == "epsilon":
                continue  # x0 cannot be told from epsilon where nothing of it is left
            common = options(schedule, prediction_type=prediction, rescale_betas_zero_snr=zero)
            case = dict(schedule=schedule, zeroTerminalSnr=zero, predictionType=prediction)
            for eta in (0.0, 0.6):
                ddim = DDIMScheduler(**common, timestep_spacing="trailing", clip_sample=False)
                ddim.set_timesteps(5)
                trajectories.append({**case, "sampler": "ddim", "eta": eta, **run(ddim, True, eta=eta)})
            ddpm = DDPMScheduler(**common, timestep_spacing="trailing", clip_sample=False)
            ddpm.set_timesteps(5)
            calls = iter(range(100))
            ddpm_module.randn_tensor = lambda *args, **kwargs: noise(next(calls))
            trajectories.append({**case, "sampler": "ddpm", **run(ddpm, False)})
            if not zero:  # diffusers replaces the last alphas_cumprod by 2^-24 there; we need not
                dpm = DPMSolverMultistepScheduler(
                    **{k: v for k, v in common.items() if k != "rescale_betas_zero_snr"},
                    algorithm_type="dpmsolver++",
                    solver_order=2,
                    solver_type="midpoint",
                    timestep_spacing="trailing",
                    final_sigmas_type="zero",
                )
                dpm.set_timesteps(STEPS)
                trajectories.append({**case, "sampler": "dpmSolver", **run(dpm, False)})

flow = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000)
flow.set_timesteps(sigmas=[1 - k / 5 for k in range(5)])
latents = LATENTS.clone()
trace = []
for timestep in flow.timesteps:
    # Our timestep 0 is the first with noise: sigma = (timestep + 1) / 1000.
    latents = flow.step(model(latents, float(timestep) - 1), timestep, latents).prev_sample
    trace.append({"latents": latents[0].tolist()})
trajectories.append(
    {
        "schedule": "flow",
        "zeroTerminalSnr": False,
        "predictionType": "flow_prediction",
        "sampler": "euler",
        "timesteps": (flow.timesteps - 1).tolist(),
        "trace": trace,
    }
)

Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {"latents": LATENTS[0].tolist(), "alphasCumprod": schedules, "snr": snr, "timesteps": timesteps, "trajectories": trajectories},
        indent=1,
    )
    + "\n"
)
