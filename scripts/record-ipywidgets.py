"""Records what ipywidgets sends for the cases of the controls test.

Usage, in a virtual environment with ipywidgets 8.1.9 (it is not among this project's requirements):
    python scripts/record-ipywidgets.py test/fixtures/controls/cases.json > \
        test/fixtures/controls/ipywidgets-8.json

Each case is answered by the messages of its control: the comm_open of every widget (children first),
then what is sent after each step. Widgets in a state are written {"$ref": MODEL}, bytes
{"$bytes": BASE64}.
"""

import base64
import datetime as dt
import json
import re
import sys

import comm
import ipywidgets
from comm.base_comm import BaseComm
from traitlets import TraitError

sent = []
models = {}


class RecordedComm(BaseComm):
    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        if msg_type == "comm_close":
            return
        data = json.loads(json.dumps(data))
        state = data.get("state", {})
        for path, buffer in zip(data.get("buffer_paths", []), buffers or []):
            *parents, last = path
            node = state
            for key in parents:
                node = node[key]
            node[last] = {"$bytes": base64.b64encode(bytes(buffer)).decode()}
        # Not in the widget schema; always None here, as front ends have it by themselves.
        assert state.pop("_view_count", None) is None
        if msg_type == "comm_open":
            models[self.comm_id] = state["_model_name"]
        message = {"type": msg_type, "state": named(state)}
        if msg_type == "comm_msg":
            message["method"] = data["method"]
        else:
            message["version"] = metadata["version"]
        sent.append(message)


comm.create_comm = RecordedComm


def named(value):
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        return {"$ref": models[value.removeprefix("IPY_MODEL_")]}
    if isinstance(value, list):
        return [named(item) for item in value]
    if isinstance(value, dict):
        return {key: named(item) for key, item in value.items()}
    return value


def read(value):
    """A value of a case as Python has it."""
    if isinstance(value, list):
        return [tuple(read(i) for i in item) if isinstance(item, list) else read(item) for item in value]
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    if kind == "$bytes":
        return base64.b64decode(content)
    if kind == "$control":
        return getattr(ipywidgets, content)()
    if kind == "$date":
        return dt.date.fromisoformat(content)
    if kind == "$time":
        return dt.time.fromisoformat(content)
    if kind == "$naive":
        return dt.datetime.fromisoformat(content)
    if kind == "$datetime":
        return dt.datetime.fromisoformat(content.replace("Z", "+00:00"))
    raise ValueError(kind)


def python_name(name):
    if name == "acceptedTypes":
        return "accept"
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def take_buffers(value, paths, buffers, path=()):
    """A front end's state with its bytes taken out."""
    if isinstance(value, dict) and "$bytes" in value:
        paths.append(list(path))
        buffers.append(memoryview(base64.b64decode(value["$bytes"])))
        return None
    if isinstance(value, dict):
        return {key: take_buffers(item, paths, buffers, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [take_buffers(item, paths, buffers, (*path, i)) for i, item in enumerate(value)]
    return value


def step(widget, kind, patch):
    if kind == "frontEnd":
        paths, buffers = [], []
        state = take_buffers(patch, paths, buffers)
        data = {"method": "update", "state": state, "buffer_paths": paths}
        widget._handle_msg({"content": {"data": data}, "buffers": buffers})
        return
    for name, value in patch.items():
        setattr(widget, python_name(name), read(value))


def record(case):
    sent.clear()
    options = {python_name(name): read(value) for name, value in case["options"].items()}
    widget = getattr(ipywidgets, case["control"])(**options)
    answers = [list(sent)]
    for entry in case.get("steps", []):
        sent.clear()
        kind = "kernel" if "kernel" in entry else "frontEnd"
        try:
            step(widget, kind, entry[kind])
        except TraitError:
            assert kind == "frontEnd" or entry.get("isRefused"), entry
        answers.append(list(sent))
    return answers


with open(sys.argv[1], encoding="utf8") as file:
    cases = json.load(file)
recorded = [record(case) for case in cases]
json.dump({"ipywidgets": ipywidgets.__version__, "recorded": recorded}, sys.stdout, sort_keys=True)
