"""The peer of bench/train-step.ts: the same autoencoder in PyTorch on the CPU.

Reads one line a round from stdin ("N": run N steps) and answers with one JSON line of times, so that the caller can
interleave rounds. Threads: the first argument.
"""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.set_flush_denormal(True)
CHANNELS, TOKENS, WIDTH, HEADS, CODES = (32, 64, 128), 64, 128, 4, 16


class Residual(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.n1, self.c1 = nn.GroupNorm(8, a), nn.Conv2d(a, b, 3, padding=1)
        self.n2, self.c2 = nn.GroupNorm(8, b), nn.Conv2d(b, b, 3, padding=1)
        self.skip = nn.Identity() if a == b else nn.Conv2d(a, b, 1)

    def forward(self, x):
        return self.skip(x) + self.c2(F.silu(self.n2(self.c1(F.silu(self.n1(x))))))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        b = x.shape[0]
        q, k, v = (
            part.view(b, TOKENS, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in self.qkv(self.n1(x)).chunk(3, -1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, TOKENS, WIDTH)
        x = x + self.out(mixed)
        return x + self.down(F.silu(self.up(self.n2(x))))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        c1, c2, c3 = CHANNELS
        up = lambda: nn.Upsample(scale_factor=2, mode="nearest")
        down = lambda a, b: nn.Conv2d(a, b, 3, stride=2, padding=1)
        conv = lambda a, b: nn.Conv2d(a, b, 3, padding=1)
        self.encoder = nn.Sequential(
            conv(1, c1), Residual(c1, c1), down(c1, c2), Residual(c2, c2), down(c2, c3),
            Residual(c3, c3), down(c3, WIDTH),
        )
        self.blocks = nn.Sequential(Block(), Block())
        self.decoder = nn.Sequential(
            up(), conv(WIDTH, c3), Residual(c3, c3), up(), conv(c3, c2), Residual(c2, c2),
            up(), conv(c2, c1), Residual(c1, c1), nn.SiLU(), conv(c1, 1),
        )

    def encode(self, x):
        return self.encoder(x).flatten(2).transpose(1, 2)

    def decode(self, tokens):
        x = self.blocks(tokens)
        return self.decoder(x.transpose(1, 2).reshape(-1, WIDTH, 8, 8))

    def loss(self, images):
        tokens = self.encode(images)
        code, identity = tokens[:, :CODES], tokens[:, CODES:]
        first, second = code.chunk(2, 0)
        swapped = torch.cat([torch.cat([second, first], 0), identity], 1)
        rebuilt = (self.decode(tokens) - images).abs().mean()
        exchanged = (self.decode(swapped) - images).abs().mean()
        return rebuilt + 0.5 * exchanged + 1e-3 * tokens.square().mean()


torch.manual_seed(0)
model = Autoencoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
images = torch.rand(16, 1, 64, 64)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = model.loss(images)
    loss.backward()
    optimizer.step()
    return loss.item()


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return 1000 * (usage.ru_utime + usage.ru_stime)


parameters = sum(p.numel() for p in model.parameters())
print(json.dumps({"version": torch.__version__, "parameters": parameters}), flush=True)
for line in sys.stdin:
    rounds = []
    for _ in range(int(line)):
        start, cpu = time.perf_counter(), cpu_ms()
        loss = step()
        wall = 1000 * (time.perf_counter() - start)
        rounds.append({"wallMs": wall, "cpuMs": cpu_ms() - cpu, "loss": loss})
    print(json.dumps(rounds), flush=True)
