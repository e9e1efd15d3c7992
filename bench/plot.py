"""The curves of :mod:`bench.scale` as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

_PANELS = (
    (
        "milliseconds",
        {
            "search_ms": "search",
            "http_ms": "question over HTTP",
            "exact_ms": "every vector compared",
        },
    ),
    ("seconds", {"build_s": "build, encoding left out", "start_s": "start of a server"}),
    ("MiB", {"disk_mib": "disk", "resident_mib": "memory of a server"}),
)


def draw(figures: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw ``figures``, one of them a size, into the image ``path``; its ending says which kind."""
    sizes = [each["passages"] for each in figures]
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    for axes, (unit, curves) in zip(figure.subplots(1, len(_PANELS)), _PANELS, strict=True):
        for name, label in curves.items():
            axes.loglog(sizes, [each[name] for each in figures], marker="o", label=label)
        axes.set_xlabel("passages")
        axes.set_title(unit, fontsize="medium")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(frameon=False, fontsize="small")
    figure.savefig(path)
