"""Writes what other programs write, for layouts.test.ts: MedMNIST archives by NumPy, Parquet tables by pyarrow.

python -m venv /tmp/v && /tmp/v/bin/pip install numpy==2.4.6 pyarrow==26.0.1
/tmp/v/bin/python test/src/io/layout-reference.py
"""

import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

OUT = pathlib.Path(__file__).parent / "tables"


def med_mnist(name, columns, parts):
    """Film k of a part is flat, with grey 10 k + 1 (train), 10 k + 2 (val), 10 k + 3 (test)."""
    arrays = {}
    for offset, (part, count) in enumerate(parts.items(), start=1):
        greys = 10 * np.arange(count) + offset
        arrays[f"{part}_images"] = np.repeat(greys, 28 * 28).reshape(count, 28, 28).astype(np.uint8)
        if columns == 1:
            labels = (np.arange(count) % 2).reshape(-1, 1)
        else:
            # Film k has finding k - 1; film 0 none; film 3 two of them.
            labels = np.zeros((count, columns), int)
            for k in range(1, count):
                labels[k, k - 1] = 1
            labels[3:4, 5] = 1
        arrays[f"{part}_labels"] = labels
    np.savez_compressed(OUT / f"{name}.npz", **arrays)


def main():
    OUT.mkdir(exist_ok=True)
    med_mnist("chestmnist", 14, {"train": 6, "val": 2, "test": 2})
    med_mnist("pneumoniamnist", 1, {"train": 4, "val": 2, "test": 2})
    table = pa.table(
        {
            "image": ["a.png", "b.png", "c.png"],
            "labels": pa.array([["Edema", "Effusion"], ["No Finding"], None], pa.list_(pa.string())),
            "patient": pa.array([1, 1, 2], pa.int64()),
            "age": pa.array([50.5, None, 7.0], pa.float64()),
            "is_pa": pa.array([True, False, None]),
            "taken": pa.array([0, 86_400_000, None], pa.timestamp("ms")),
            "view": pa.array(["PA", "AP", "PA"]).dictionary_encode(),
        }
    )
    for codec in ["snappy", "zstd", "gzip", "none"]:
        pq.write_table(table, OUT / f"labels-{codec}.parquet", compression=codec)
    pq.write_table(pa.table({"image": [{"bytes": b"x", "path": "a.png"}]}), OUT / "pictures.parquet")


main()
