"""Texts encoded by sentence-transformers' own network; imports torch when it is used.

On a GPU for passages, whatever model; on the processor for a model that cannot be compiled. The
same tokens, the same pooling: the vectors are the compiled encoder's but for rounding, so an index
may be built here and asked on a machine without a GPU.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from index.batching import Batcher
from index.encoder import Job
from index.pooling import EncodedPassage, Tokens, Vector
from index.spec import EncoderSpec, read_spec, source_folder, unusable
from index.tokens import TextTokenizer

if TYPE_CHECKING:
    import torch

_WINDOW = {"cuda": 8192, "cpu": 64}  # passages sorted by length at a time
_BATCH_TOKENS = {"cuda": 65_536, "cpu": 2048}
"""Of a forward pass, padding included: on a GPU about 2 GB of states and attention."""
_QUESTIONS = 8  # of several callers in one pass
_INPUTS = ("input_ids", "attention_mask")

Batch = list[tuple[int, Tokens]]


class TorchEncoder:
    """An encoder run by torch. Safe to call from several threads."""

    def __init__(
        self, spec: EncoderSpec, tokenizer: TextTokenizer, source: Path, device: str = "cpu"
    ) -> None:
        """Encode what ``tokenizer`` makes tokens of with the model in ``source``, on ``device``.

        The model is loaded with the first text.
        """
        self.spec = spec
        self.tokenizer = tokenizer
        self._source = source
        self._device = device
        self._loading = threading.Lock()
        self._network: Any = None
        self._head: Any = None
        self._batcher = Batcher(self._pass, _QUESTIONS)

    @classmethod
    def opened(cls, folder: Path) -> Self:
        """The encoder prepared in ``folder``; EncoderError if it is not such a one."""
        spec, source = read_spec(folder), source_folder(folder)
        if not source.is_dir():
            raise unusable(folder, f"{source} is missing")
        return cls(spec, TextTokenizer(folder, spec), source)

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""
        return self.tokenizer.count(text)

    def is_word(self, text: str) -> bool:
        """Whether ``text``, in lower case, is a word to the tokenizer, not made of pieces."""
        return self.tokenizer.is_word(text)

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The unit vectors of questions; whoever asks meanwhile shares the next forward pass."""
        return self._batcher([self.tokenizer.question(text) for text in texts])

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        """The vectors of each job's text and sentences, with its key, as they become ready.

        Jobs are taken while others are encoded.
        """
        under_way: tuple[Batch, torch.Tensor, torch.Tensor] | None = None
        for batch in self._batches(jobs):
            started = batch, *self._start([tokens for _, tokens in batch])
            if under_way is not None:
                yield from _results(*under_way)
            under_way = started
        if under_way is not None:
            yield from _results(*under_way)

    def _batches(self, jobs: Iterable[Job]) -> Iterator[Batch]:
        """Passages of like length together, as many as :data:`_BATCH_TOKENS` allow."""
        source = iter(jobs)
        passage, window_size = self.tokenizer.passage, _WINDOW[self._device]
        while window := [
            (job.key, passage(job.text, job.sentences)) for job in islice(source, window_size)
        ]:
            window.sort(key=lambda each: -len(each[1].ids))
            while window:
                count = max(1, _BATCH_TOKENS[self._device] // len(window[0][1].ids))
                yield window[:count]
                window = window[count:]

    def _pass(self, questions: list[Tokens]) -> list[Vector]:
        whole, _ = self._start(questions)
        return list(whole.cpu().numpy())

    def _start(self, batch: list[Tokens]) -> tuple[torch.Tensor, torch.Tensor]:
        """Begin a forward pass: the texts' vectors, and all their sentences', to be computed."""
        import torch

        self._load()
        feed = {
            name: torch.from_numpy(values).to(self._device, non_blocking=True)
            for name, values in self.tokenizer.feed(_INPUTS, [each.ids for each in batch]).items()
        }
        half = torch.autocast(self._device, torch.float16, enabled=self._device == "cuda")
        with torch.inference_mode(), half:
            states = self._network(**feed).last_hidden_state.float()
            skip = min(batch[0].skip, states.shape[1] - 1)  # one prompt for all of them
            mask = feed["attention_mask"][:, skip:, None]
            own = states[:, skip:]
            first = self.spec.pooling == "cls"
            whole = own[:, 0] if first else (own * mask).sum(1) / mask.sum(1).clamp(min=1)
            # Sums up to each token: a sentence's is the difference of two of them.
            sums = torch.nn.functional.pad(states.double().cumsum(1), (0, 0, 1, 0))
            rows, firsts, lasts = (
                torch.from_numpy(values).to(self._device) for values in _places(batch)
            )
            counts = (lasts - firsts)[:, None]
            means = ((sums[rows, lasts] - sums[rows, firsts]) / counts.clamp(min=1)).float()
            parts = torch.where(counts > 0, means, whole[rows])
            if self._head is not None:
                whole, parts = self._head(whole).float(), self._head(parts).float()
            unit = torch.nn.functional.normalize
            return unit(whole, dim=1), unit(parts, dim=1)

    def _load(self) -> None:
        with self._loading:
            if self._network is not None:
                return
            from index.transformer import head_of, load_transformer, network_of

            model = load_transformer(self.spec.model, self._source, self._device)
            head = head_of(model)
            self._head = None if head is None else head.to(self._device)
            self._network = network_of(model)


def _results(
    batch: Batch, whole: torch.Tensor, parts: torch.Tensor
) -> Iterator[tuple[int, EncodedPassage]]:
    sentences = np.split(
        parts.cpu().numpy(), np.cumsum([len(tokens.bounds) for _, tokens in batch])[:-1]
    )
    for (key, _), vector, own in zip(batch, whole.cpu().numpy(), sentences, strict=True):
        yield key, EncodedPassage(vector, own)


def _places(batch: list[Tokens]) -> tuple[Any, Any, Any]:
    """Of every sentence of a batch, its passage's row, its first token and the one after its last.

    All int64, of shape (sentences,).
    """
    rows = np.repeat(np.arange(len(batch)), [len(tokens.bounds) for tokens in batch])
    bounds = np.concatenate([tokens.bounds for tokens in batch])
    return rows, bounds[:, 0].copy(), bounds[:, 1].copy()
