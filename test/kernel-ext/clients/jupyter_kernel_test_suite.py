"""Jupyter's own conformance suite, told how to say each thing in TypeScript."""

import unittest

import jupyter_kernel_test


class CounterlabKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "counterlab"
    language_name = "typescript"
    file_extension = ".ts"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The suite gives each message 0.1 s; the first cell's type check starts a process.
        cls.kc.execute_interactive("0", timeout=60, output_hook=lambda message: None)

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "console.tra", "matches": {"trace"}},
        {"text": "/* 😀 */ Math.hyp", "matches": {"hypot"}},
    ]
    complete_code_samples = [
        "1",
        "const a = 1",
        "function f(n: number): number { return n }",
        "await Promise.resolve()",
        "import fs from 'node:fs'",
        "class A { #x = 1 }",
        "Math.max?",
    ]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`text", "f(1,", "/* open"]
    invalid_code_samples = ["const = 1", "a b", "1 = 2)", "let 1 = a"]
    code_page_something = "Math.max?"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2, 3].map((n) => n * n)", "result": "[ 1, 4, 9 ]"},
        {"code": "await Promise.resolve('later')", "result": "'later'"},
        {
            "code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })",
            "result": "<b>x</b>",
            "mime": "text/html",
        },
    ]
    code_display_data = [
        {"code": "display.html('<b>x</b>')", "mime": "text/html"},
        {"code": "display.png(new Uint8Array([137, 80, 78, 71]))", "mime": "image/png"},
        {"code": "import * as tslab from 'tslab'; tslab.display.markdown('*x*')", "mime": "text/markdown"},
        {"code": "display.json({ a: 1 })", "mime": "application/json"},
    ]
    code_history_pattern = "6?*7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "display.clear()"


class CounterlabWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "counterlab"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
