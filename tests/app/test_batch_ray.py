"""The same batch on a real Ray cluster of two nodes: same results, and a dead actor costs its page only."""

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest

from octavo.app import UsageError
from octavo.app.batch import ray_pool
from octavo.app.batch.records import Options, Spec

from . import batch_backend

HERE = str(Path(__file__).parent)
# In a process of its own: Ray's threads and signal handlers stay out of the other tests.
PROGRAM = """
import sys
from pathlib import Path
import ray
from ray.cluster_utils import Cluster
from octavo.app import Settings
from octavo.app.batch.records import Options, Spec
from octavo.app.batch.run import run_batch
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
cluster.add_node(num_cpus=1, include_dashboard=False)
cluster.wait_for_nodes()
ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
print("said:", sum(node["Alive"] for node in ray.nodes()), "nodes")
settings = Settings(isolate=False, page_px=3000)
spec = Spec("ask", "Total?", settings=settings, backend="batch_backend:make")
home, out, calm = (Path(word) for word in sys.argv[1:4])
summary = run_batch(home, out, spec, Options(workers=2, retries=1, engine="ray"))
print("said:", summary.new, "new")
print("said:", run_batch(home, out, spec, Options(workers=2, engine="ray")).new, "again")
ray.shutdown()
cluster.shutdown()
run_batch(home, calm, spec, Options(workers=2, retries=1))
"""


def rows(out: Path) -> list[tuple]:
    with sqlite3.connect(out / "ledger.sqlite") as db:
        query = "SELECT name, page, status, confidence, result FROM pages JOIN files ON id = file_id"
        found = db.execute(query + " ORDER BY name, page").fetchall()
    db.close()
    return found


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_two_nodes_give_what_one_machine_gives(tmp_path):
    home = tmp_path / "in"
    home.mkdir()
    for name, marks in {"a.pdf": [None] * 6, "b.pdf": [None, batch_backend.CRASH, None]}.items():
        with pymupdf.open() as document:
            for number, mark in enumerate(marks):
                page = document.new_page(width=60, height=60)
                page.draw_rect((0, 0, 5 + number, 5 + len(name)), fill=(0, 0, 0))
                if mark:
                    page.draw_rect((15, 15, 50, 50), fill=[part / 255 for part in mark], width=0)
            document.save(home / name)
    out, calm = tmp_path / "out", tmp_path / "calm"
    environment = os.environ | {"PYTHONPATH": HERE, "RAY_USAGE_STATS_ENABLED": "0", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(home), str(out), str(calm)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    said = [line for line in run.stdout.splitlines() if line.startswith("said: ")]
    assert said == ["said: 2 nodes", "said: 9 new", "said: 0 again"]
    assert rows(out) == rows(calm)
    statuses = [json.loads(line)["status"] for line in (out / "results.jsonl").read_text().splitlines()]
    assert statuses == ["ok"] * 7 + ["error", "ok"]


def test_without_ray_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"pip install 'octavo\[ray\]'"):
        ray_pool.RayPool(Spec("read"), Options())
