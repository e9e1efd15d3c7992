"""Whether there is a GPU to encode passages on."""

from __future__ import annotations

from pathlib import Path

_DRIVER = Path("/proc/driver/nvidia/version")


def find_gpu(driver: Path = _DRIVER) -> str | None:
    """The name of the GPU that torch can use; None if there is none.

    Torch, which takes a second to import, is asked only where NVIDIA's driver is loaded.
    """
    if not driver.exists():
        return None
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None
