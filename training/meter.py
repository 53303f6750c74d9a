"""How busy the GPU is: sampled once a second, so that a run's log shows whether rendering keeps up."""

import threading
import time

import torch


class GpuMeter:
    """The share of time in which a kernel runs, as the driver counts it; silent on a CPU."""

    def __init__(self, device: torch.device) -> None:
        self._samples: list[int] = []
        self._device = device
        if device.type == "cuda":
            threading.Thread(target=self._run, daemon=True, name="gpu-meter").start()

    def _run(self) -> None:
        while True:
            self._samples.append(torch.cuda.utilization(self._device))
            time.sleep(1.0)

    def take(self) -> float | None:
        """Mean per cent since the last call; None without samples."""
        taken, self._samples = self._samples, []
        return round(sum(taken) / len(taken), 1) if taken else None
