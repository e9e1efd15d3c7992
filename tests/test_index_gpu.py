"""Whether there is a GPU: torch is asked only where a driver is."""

from __future__ import annotations

from pathlib import Path

from index.gpu import find_gpu


def test_without_a_driver_there_is_no_gpu(tmp_path: Path) -> None:
    assert find_gpu(tmp_path / "version") is None


def test_torch_is_asked_where_there_is_a_driver(tmp_path: Path) -> None:
    import torch

    driver = tmp_path / "version"
    driver.touch()
    there = torch.cuda.is_available()
    assert find_gpu(driver) == (torch.cuda.get_device_name() if there else None)
