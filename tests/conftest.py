"""What every test gets: few threads, no network model hubs, a tiny model with random weights.

Warnings are set in pyproject.toml: one that our own lines cause is an error.
"""

import os
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from octavo.language.vlm import VisionLanguageModel

# Before torch is imported anywhere: small tensors on many threads are slower, and test runs must not fight.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# A test that would download something is wrong; let it say so instead of doing it.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


MODEL_FOLDERS = {"kernels", "language", "training", "vision"}


@pytest.fixture(autouse=True)
def _fixed_seeds(request: pytest.FixtureRequest) -> None:
    """The same random weights and inputs in every run, whatever ran before."""
    random.seed(0)
    if MODEL_FOLDERS & set(request.node.path.parts):  # elsewhere torch may not even be imported
        import torch

        torch.manual_seed(0)


@pytest.fixture(scope="session")
def _debug_model() -> "VisionLanguageModel":
    from octavo.language.initialize import new_model
    from octavo.language.tokenizer import Tokenizer
    from octavo.language.weights import PRETRAINED, TOKENIZER

    return new_model("debug", Tokenizer.from_file(PRETRAINED / "nano" / TOKENIZER)).eval()


@pytest.fixture
def tiny_model(_debug_model: "VisionLanguageModel") -> Iterator["VisionLanguageModel"]:
    """The ``debug`` preset, seeded random weights, float32, CPU. Shared by all tests: copy it to train."""
    yield _debug_model
    assert not _debug_model.training, "a test left the shared model in training mode; let it use a copy"
