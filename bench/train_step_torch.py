"""The peer of bench/train-step.ts: the same networks in PyTorch on the CPU.

    python bench/train_step_torch.py TASK THREADS

Says what it is in one JSON line, then reads one line a round from stdin ("N": run N times) and answers with one JSON
line of times, so that the caller can interleave rounds.
"""

import json
import math
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

TASK, THREADS = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(THREADS)
torch.set_num_interop_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(0)
SIZE, BATCH, STEPS = 64, 1 if TASK in ("decode", "sampler-gradient") else 16, 10


def conv(a, b, size=3, stride=1):
    return nn.Conv2d(a, b, size, stride=stride, padding=size // 2)


def upsample(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


class Attention(nn.Module):
    def __init__(self, width, heads=4):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = (
            part.view(b, n, self.heads, c // self.heads).transpose(1, 2)
            for part in self.qkv(x).chunk(3, -1)
        )
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c))


class TimedBlock(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.n1, self.c1, self.t = nn.GroupNorm(8, a), conv(a, b), nn.Linear(128, b)
        self.n2, self.c2 = nn.GroupNorm(8, b), conv(b, b)
        self.skip = nn.Identity() if a == b else conv(a, b, 1)

    def forward(self, x, time):
        h = self.c1(F.silu(self.n1(x))) + self.t(time)[:, :, None, None]
        return self.skip(x) + self.c2(F.silu(self.n2(h)))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(64, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU())
        self.enter, self.down1, self.shrink = conv(1, 32), TimedBlock(32, 32), conv(32, 64, 3, 2)
        self.down2, self.quarter = TimedBlock(64, 64), conv(64, 128, 3, 2)
        self.middle1, self.middle2 = TimedBlock(128, 128), TimedBlock(128, 128)
        self.norm, self.attention = nn.GroupNorm(8, 128), Attention(128)
        self.up2, self.up2block = conv(128, 64), TimedBlock(128, 64)
        self.up1, self.up1block = conv(64, 32), TimedBlock(64, 32)
        self.last, self.out = nn.GroupNorm(8, 32), conv(32, 1)
        self.register_buffer("rates", 10000 ** (-torch.arange(32) / 32), persistent=False)

    def attend(self, x):
        rows = self.norm(x).flatten(2).transpose(1, 2)
        return x + self.attention(rows).transpose(1, 2).reshape(x.shape)

    def forward(self, x, times):
        angles = times[:, None] * self.rates
        time = self.time(torch.cat([angles.sin(), angles.cos()], 1))
        a = self.down1(self.enter(x), time)
        b = self.down2(self.shrink(a), time)
        c = self.middle2(self.attend(self.middle1(self.quarter(b), time)), time)
        e = self.up2block(torch.cat([self.up2(upsample(c)), b], 1), time)
        g = self.up1block(torch.cat([self.up1(upsample(e)), a], 1), time)
        return self.out(F.silu(self.last(g)))


class Residual(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.n1, self.c1 = nn.GroupNorm(8, a), conv(a, b)
        self.n2, self.c2 = nn.GroupNorm(8, b), conv(b, b)
        self.skip = nn.Identity() if a == b else conv(a, b, 1)

    def forward(self, x):
        return self.skip(x) + self.c2(F.silu(self.n2(self.c1(F.silu(self.n1(x))))))


class Transformer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.n1, self.n2, self.attention = nn.LayerNorm(width), nn.LayerNorm(width), Attention(width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.attention(self.n1(x))
        return x + self.down(F.silu(self.up(self.n2(x))))


# src/autoencoder, default settings: channels 24, 48, 96; codes of 16 channels, 256 + 32 and 6 numbers.
C1, C2, C3, IDENTITY, MAP, WHOLE, FILM, TOKENS = 24, 48, 96, 16, 4, 32, 6, 4


class FlatHead(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.narrow, self.dense = conv(C3, 32, 1), nn.Linear(32 * 64, 2 * width)

    def forward(self, x):
        return self.dense(F.silu(self.narrow(x)).flatten(1)).chunk(2, 1)[0]


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.b1 = conv(4, C1), Residual(C1, C1)
        self.d2, self.b2, self.d3, self.b3 = conv(C1, C2, 3, 2), Residual(C2, C2), conv(C2, C3, 3, 2), Residual(C3, C3)
        self.identity_norm, self.identity = nn.GroupNorm(8, C3), conv(C3, 2 * IDENTITY, 1)
        self.own, self.own_norm = Residual(C3, C3), nn.GroupNorm(8, C3)
        self.context, self.merge = conv(C3, C2, 1), Residual(C2, C2)
        self.map_norm, self.map = nn.GroupNorm(8, C2), conv(C2, 2, 1)
        self.whole, self.film = FlatHead(WHOLE), FlatHead(FILM)

    def forward(self, x):
        h = self.b1(self.stem(F.pixel_unshuffle(2 * x - 1, 2)))
        quarter = self.b2(self.d2(F.silu(h)))
        trunk = self.b3(self.d3(F.silu(quarter)))
        identity = self.identity(F.silu(self.identity_norm(trunk))).chunk(2, 1)[0]
        features = F.silu(self.own_norm(self.own(trunk)))
        merged = self.merge(quarter + upsample(self.context(features)))
        where = self.map(F.silu(self.map_norm(merged))).chunk(2, 1)[0]
        pathology = torch.cat([F.pixel_unshuffle(where, 2).flatten(1), self.whole(features)], 1)
        return identity, pathology, self.film(features)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.disease, self.film, self.whole = nn.Linear(WHOLE, TOKENS * C3), nn.Linear(FILM, C3), nn.Linear(WHOLE, C3)
        self.identity, self.place = nn.Linear(IDENTITY, C3), nn.Linear(MAP, C3)
        self.position = nn.Parameter(0.1 * torch.randn(64 + TOKENS + 1, C3))
        self.blocks = nn.Sequential(Transformer(C3), Transformer(C3))
        self.b3, self.u2, self.map = Residual(C3, C3), conv(C3, C2), conv(1, C2)
        self.b2, self.u1, self.b1 = Residual(C2, C2), conv(C2, C1), Residual(C1, C1)
        self.norm, self.out = nn.GroupNorm(8, C1), conv(C1, 4)

    def forward(self, identity, pathology, acquisition):
        b = identity.shape[0]
        where, whole = pathology[:, : MAP * 64].view(b, MAP, 8, 8), pathology[:, MAP * 64 :]
        film = self.film(acquisition)
        here = self.identity(identity.flatten(2).transpose(1, 2)) + self.place(where.flatten(2).transpose(1, 2))
        here = here + (film + self.whole(whole))[:, None]
        tokens = torch.cat([here, self.disease(whole).view(b, TOKENS, C3), film[:, None]], 1) + self.position
        x = self.blocks(tokens)[:, :64].transpose(1, 2).reshape(b, C3, 8, 8)
        x = self.u2(upsample(self.b3(x))) + self.map(F.pixel_shuffle(where, 2))
        x = self.b1(self.u1(upsample(self.b2(x))))
        return torch.sigmoid(F.pixel_shuffle(self.out(F.silu(self.norm(x))), 2))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def loss(self, x):
        identity, pathology, film = self.encoder(x)
        rebuilt = (self.decoder(identity, pathology, film) - x).abs().mean()
        swapped = (self.decoder(identity, pathology.flip(0), film) - x).abs().mean()
        return rebuilt + 0.5 * swapped + 1e-3 * identity.square().mean()


def training(model, loss):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        optimizer.step()
        return value.item()

    return step


images, noise = torch.rand(BATCH, 1, SIZE, SIZE), torch.randn(BATCH, 1, SIZE, SIZE)
if TASK == "unet":
    model, times = UNet(), 1000 * torch.rand(BATCH)
    step = training(model, lambda: (model(0.6 * images + 0.8 * noise, times) - noise).square().mean())
elif TASK == "autoencoder":
    model = Autoencoder()
    step = training(model, lambda: model.loss(images))
elif TASK == "decode":
    model = Autoencoder()
    codes = [torch.randn(1, IDENTITY, 8, 8), torch.randn(1, MAP * 64 + WHOLE), torch.randn(1, FILM)]

    @torch.inference_mode()
    def step():
        return model.decoder(*codes).mean().item()

else:
    model = UNet().requires_grad_(False)
    share = lambda at: math.cos(at / STEPS * math.pi / 2 * 0.98) ** 2

    def step():
        start = noise.clone().requires_grad_(True)
        x = start
        for at in range(STEPS, 0, -1):
            now, following = share(at), share(at - 1)
            guess = model(x, torch.full((BATCH,), 100.0 * at))
            image = (x - guess * math.sqrt(1 - now)) / math.sqrt(now)
            x = image * math.sqrt(following) + guess * math.sqrt(1 - following)
        value = (x - images).square().mean()
        (gradient,) = torch.autograd.grad(value, start)
        return value.item()


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (usage.ru_utime + usage.ru_stime)


about = {"version": torch.__version__, "parameters": sum(p.numel() for p in model.parameters())}
print(json.dumps(about), flush=True)
for line in sys.stdin:
    rounds = []
    for _ in range(int(line)):
        start, cpu = time.perf_counter(), cpu_ms()
        value = step()
        wall = 1000 * (time.perf_counter() - start)
        rounds.append({"wallMs": wall, "cpuMs": cpu_ms() - cpu, "value": value})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rounds": rounds, "peakMB": peak}), flush=True)
