"""Writes test/src/io/text-encoder/: a small ONNX text encoder, its tokenizer, and what ONNX Runtime for Python makes of sentences.

python -m venv VENV && VENV/bin/pip install numpy onnx==1.23.2 onnxruntime tokenizers==0.23.3
VENV/bin/python test/src/io/text-encoder-reference.py
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

FOLDER = pathlib.Path(__file__).parent / "text-encoder"
WIDTH = 12
SENTENCES = [
    "Severe right lower zone effusion.",
    "Left nodule. Mild cardiomegaly.",
    "Unheard-of pneumoperitoneum!",
]

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "severe", "mild", "right", "left", "lower", "zone", "effusion", "nodule"]
WORDS += ["cardio", "##megal", "##y", "pneum", "##oper", "##itone", "##um", "un", "##heard", "-", "of", "!"]


def write_tokenizer():
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    return tokenizer


def write_model():
    """Embeddings and one head of self-attention over the unmasked tokens: words change one another."""
    random = np.random.default_rng(0)
    weights = {
        "table": random.normal(size=(len(WORDS), WIDTH)),
        "query": random.normal(size=(WIDTH, WIDTH)) / 3,
        "key": random.normal(size=(WIDTH, WIDTH)) / 3,
    }
    initializers = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    initializers += [
        numpy_helper.from_array(np.array([1], np.int64), "axis"),
        numpy_helper.from_array(np.array(1, np.float32), "one"),
        numpy_helper.from_array(np.array(-1e4, np.float32), "far"),
    ]
    node = helper.make_node
    nodes = [
        node("Gather", ["table", "input_ids"], ["x"]),
        node("MatMul", ["x", "query"], ["q"]),
        node("MatMul", ["x", "key"], ["k"]),
        node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]),
        node("MatMul", ["q", "kt"], ["scores"]),
        node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        node("Sub", ["one", "mask"], ["masked"]),
        node("Mul", ["masked", "far"], ["shift"]),
        node("Unsqueeze", ["shift", "axis"], ["shifts"]),
        node("Add", ["scores", "shifts"], ["shifted"]),
        node("Softmax", ["shifted"], ["attention"], axis=-1),
        node("MatMul", ["attention", "x"], ["mixed"]),
        node("Add", ["mixed", "x"], ["last_hidden_state"]),
    ]
    ids = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", WIDTH])
    graph = helper.make_graph(nodes, "text-encoder", ids, [output], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / "small.onnx")


def main():
    FOLDER.mkdir(exist_ok=True)
    tokenizer = write_tokenizer()
    write_model()
    session = onnxruntime.InferenceSession(FOLDER / "small.onnx")
    rows = []
    for sentence in SENTENCES:
        ids = np.array([tokenizer.encode(sentence).ids], np.int64)
        (hidden,) = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        mean = hidden[0].mean(0)
        rows.append({"sentence": sentence, "ids": ids[0].tolist(), "row": (mean / np.linalg.norm(mean)).tolist()})
    (FOLDER / "reference.json").write_text(json.dumps(rows, indent=2) + "\n")


main()
