"""Executes a notebook cell by cell with progress, and writes it as one offline HTML page.

Usage: python execute_notebook.py NOTEBOOK OUT_FOLDER

Writes OUT_FOLDER/NAME.html and OUT_FOLDER/NAME.ipynb also when a cell fails, so that the failure
can be read there; the exit status is 0 only if every cell succeeded.
"""

import os
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter
from traitlets.config import Config

notebook_path, out_folder = sys.argv[1], sys.argv[2]
name = os.path.splitext(os.path.basename(notebook_path))[0]
os.makedirs(out_folder, exist_ok=True)

notebook = nbformat.read(notebook_path, as_version=4)
code_cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
started = {}


def on_start(cell, cell_index):
    started[cell_index] = time.monotonic()
    position = code_cells.index(cell_index) + 1 if cell_index in code_cells else 0
    first_line = cell.source.strip().split("\n")[0][:70]
    print(f"[{position}/{len(code_cells)}] {first_line}", flush=True)


def on_executed(cell, cell_index, execute_reply):
    seconds = time.monotonic() - started[cell_index]
    if seconds > 1:
        print(f"      {seconds:.0f} s", flush=True)


client = NotebookClient(
    notebook,
    timeout=None,
    kernel_name="counterlab",
    store_widget_state=False,
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(notebook_path))}},
    on_cell_start=on_start,
    on_cell_executed=on_executed,
)
status = 0
try:
    client.execute()
except CellExecutionError as error:
    print(f"A cell failed:\n{error}", file=sys.stderr)
    status = 1
except DeadKernelError as error:
    print(f"The kernel died: {error}", file=sys.stderr)
    status = 1
except KeyboardInterrupt:
    print("Interrupted; the page holds what was done so far.", file=sys.stderr)
    status = 130

nbformat.write(notebook, os.path.join(out_folder, f"{name}.ipynb"))

# The page must open offline: no script from the network, and each output by its richest static form
# (a widget's live view needs a kernel, its picture does not).
page = HTMLExporter(
    config=Config(
        {
            "HTMLExporter": {
                "require_js_url": "",
                "jquery_url": "",
                "mathjax_url": "",
                "mermaid_js_url": "",
                "jupyter_widgets_base_url": "",
                "html_manager_semver": "",
            },
            "NbConvertBase": {
                "display_data_priority": [
                    "image/png",
                    "image/svg+xml",
                    "text/html",
                    "text/markdown",
                    "image/jpeg",
                    "text/latex",
                    "text/plain",
                ]
            },
        }
    )
)
html, _ = page.from_notebook_node(notebook)
html_path = os.path.join(out_folder, f"{name}.html")
with open(html_path, "w", encoding="utf-8") as file:
    file.write(html)
print(f"Wrote {os.path.relpath(html_path)}")
sys.exit(status)
