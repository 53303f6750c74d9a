"""Importing us is cheap and harmless, also for other people's packages."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run_python(code: str) -> str:
    """Standard output of ``code`` in a new interpreter whose working directory and path is the repo root."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_kernels_package_is_a_docstring():
    """Transformers looks for a package called ``kernels`` and finds ours: nothing there to trip over."""
    body = ast.parse((ROOT / "kernels" / "__init__.py").read_text(encoding="utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    assert isinstance(body[0].value.value, str)


def test_transformers_works_from_the_repo_root():
    """A real class, not only the lazy top level: modelling code is where ``kernels`` is looked for."""
    out = run_python(
        "import kernels, transformers\n"
        "from transformers import LlamaConfig, LlamaForCausalLM\n"
        "model = LlamaForCausalLM(LlamaConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=1,\n"
        "    num_attention_heads=2, num_key_value_heads=2, vocab_size=8))\n"
        "print(kernels.__file__, type(model).__name__)"
    )
    assert out.split() == [str(ROOT / "kernels" / "__init__.py"), "LlamaForCausalLM"]


@pytest.mark.parametrize("module", ["octavo.app.cli", "octavo.app.service", "octavo.app.evaluate"])
def test_application_starts_without_loading_a_model_library(module: str):
    """`octavo --help` and a wrong file name must answer at once; torch alone takes seconds."""
    out = run_python(f"import json, sys, {module}\nprint(json.dumps(sorted(sys.modules)))")
    heavy = {"torch", "transformers", "timm", "gradio", "pymupdf"} & set(json.loads(out))
    assert not heavy, f"import {module} loads {sorted(heavy)}"


@pytest.mark.parametrize("module", ["octavo.language.vlm", "octavo.vision.tiling", "octavo.training.loader"])
def test_import_has_no_side_effects(module: str):
    """No device picked, no thread count set, no environment written, nothing printed."""
    out = run_python(
        "import os, torch\n"
        "def state():\n"  # torch notes its own cache folder in the environment when timm imports its compiler
        "    environment = {k: v for k, v in os.environ.items() if not k.startswith('TORCH')}\n"
        "    return environment, torch.get_num_threads(), torch.get_default_dtype()\n"
        "before = state()\n"
        f"import {module}\n"
        "assert state() == before, (before, state())\n"
        "assert not torch.cuda.is_initialized()\n"
    )
    assert out == ""
