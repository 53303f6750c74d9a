"""RapidOCR as a process: run by the interpreter of its own environment, which has neither torch nor Octavo.

stdin: for each picture a line of JSON, ``{"size": [width, height]}``, then width x height RGB bytes.
stdout: first ``{"version": …}`` when the networks are loaded, then for each picture ``{"lines": [[text,
[x0, y0, x1, y1]], …]}`` or ``{"error": …}``. Default networks and settings of the package, but for the
number of threads.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from rapidocr import RapidOCR


def main() -> None:
    threads = int(sys.argv[1])
    out, sys.stdout = sys.stdout, sys.stderr  # whatever the package prints must not mix with the answers
    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    engine(np.full((64, 256, 3), 255, np.uint8))  # the networks load with the first picture
    print(json.dumps({"version": version("rapidocr")}), file=out, flush=True)
    while header := sys.stdin.buffer.readline():
        width, height = json.loads(header)["size"]
        rgb = np.frombuffer(sys.stdin.buffer.read(width * height * 3), np.uint8).reshape(height, width, 3)
        try:
            print(json.dumps({"lines": read(engine, rgb)}, ensure_ascii=True), file=out, flush=True)
        except Exception as error:  # one picture must not end the worker; the caller names it
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=out, flush=True)


def read(engine: RapidOCR, rgb: np.ndarray) -> list[tuple[str, list[float]]]:
    """Texts with their upright boxes; the package takes an array as BGR."""
    found = engine(np.ascontiguousarray(rgb[:, :, ::-1]))
    if found.boxes is None or found.txts is None:
        return []
    lines = []
    for text, quad in zip(found.txts, np.asarray(found.boxes, float), strict=True):
        (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
        lines.append((text, [round(float(edge), 1) for edge in (x0, y0, x1, y1)]))
    return lines


if __name__ == "__main__":
    main()
