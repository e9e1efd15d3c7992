"""Passages encoded on a GPU, by sentence-transformers' own network; imports torch when it is used.

The same tokens, the same pooling: the vectors are the compiled encoder's but for rounding, so an
index may be built here and asked on a machine without a GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoder import Encoder, Job
from index.pooling import EncodedPassage, Tokens

if TYPE_CHECKING:
    import torch

_WINDOW = 8192  # passages sorted by length at a time
_BATCH_TOKENS = 65_536  # of a forward pass, padding included: about 2 GB of states and attention
_DRIVER = Path("/proc/driver/nvidia/version")

Batch = list[tuple[int, Tokens]]


def find_gpu(driver: Path = _DRIVER) -> str | None:
    """The name of the GPU that torch can use; None if there is none.

    Torch, which takes a second to import, is asked only where NVIDIA's driver is loaded.
    """
    if not driver.exists():
        return None
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None


class GpuEncoder:
    """An encoder whose passages are encoded by torch; a :class:`index.encoder.PassageEncoder`."""

    def __init__(self, encoder: Encoder, source: Path, device: str = "cuda") -> None:
        """Encode what ``encoder`` encodes, with the model in the folder ``source``, on ``device``.

        The model is loaded with the first passage.
        """
        self.spec = encoder.spec
        self.count_tokens = encoder.count_tokens
        self.encode_queries = encoder.encode_queries
        self._encoder = encoder
        self._source = source
        self._device = device
        self._network: Any = None

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        """The vectors of each job's text and sentences, with its key, as they become ready.

        Jobs are taken while others are encoded.
        """
        under_way: tuple[Batch, torch.Tensor, torch.Tensor] | None = None
        for batch in self._batches(jobs):
            started = self._start(batch)
            if under_way is not None:
                yield from self._results(*under_way)
            under_way = started
        if under_way is not None:
            yield from self._results(*under_way)

    def _batches(self, jobs: Iterable[Job]) -> Iterator[Batch]:
        """Passages of like length together, as many as :data:`_BATCH_TOKENS` allow."""
        source = iter(jobs)
        while window := [(job.key, self._encoder.tokens(job)) for job in islice(source, _WINDOW)]:
            window.sort(key=lambda each: -len(each[1].ids))
            while window:
                count = max(1, _BATCH_TOKENS // len(window[0][1].ids))
                yield window[:count]
                window = window[count:]

    def _start(self, batch: Batch) -> tuple[Batch, torch.Tensor, torch.Tensor]:
        """Begin a forward pass: the passages' vectors, and all their sentences', to be computed."""
        import torch

        if self._network is None:
            self._network = self._load()
        feed = {
            name: torch.from_numpy(values).to(self._device, non_blocking=True)
            for name, values in self._encoder.feed([tokens.ids for _, tokens in batch]).items()
        }
        half = torch.autocast(self._device, torch.float16, enabled=self._device == "cuda")
        with torch.inference_mode(), half:
            states = self._network(**feed).last_hidden_state.float()
            mask = feed["attention_mask"][:, :, None]
            first = self.spec.pooling == "cls"
            whole = states[:, 0] if first else (states * mask).sum(1) / mask.sum(1)
            # Sums up to each token: a sentence's is the difference of two of them.
            sums = torch.nn.functional.pad(states.double().cumsum(1), (0, 0, 1, 0))
            rows, firsts, lasts = (
                torch.from_numpy(values).to(self._device) for values in _places(batch)
            )
            counts = (lasts - firsts)[:, None]
            means = ((sums[rows, lasts] - sums[rows, firsts]) / counts.clamp(min=1)).float()
            parts = torch.where(counts > 0, means, whole[rows])
            unit = torch.nn.functional.normalize
            return batch, unit(whole, dim=1), unit(parts, dim=1)

    def _results(
        self, batch: Batch, whole: torch.Tensor, parts: torch.Tensor
    ) -> Iterator[tuple[int, EncodedPassage]]:
        sentences = np.split(
            parts.cpu().numpy(), np.cumsum([len(tokens.bounds) for _, tokens in batch])[:-1]
        )
        for (key, _), vector, own in zip(batch, whole.cpu().numpy(), sentences, strict=True):
            yield key, EncodedPassage(vector, own)

    def _load(self) -> Any:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(self._source), device=self._device, local_files_only=True)
        first: Any = model[0]
        return first.auto_model.eval()


def _places(batch: Batch) -> tuple[Any, Any, Any]:
    """Of every sentence of a batch, its passage's row, its first token and the one after its last.

    All int64, of shape (sentences,).
    """
    rows = np.repeat(np.arange(len(batch)), [len(tokens.bounds) for _, tokens in batch])
    bounds = np.concatenate([tokens.bounds for _, tokens in batch])
    return rows, bounds[:, 0].copy(), bounds[:, 1].copy()
