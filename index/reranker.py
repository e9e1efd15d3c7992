"""A cross-encoder that reads question and passage together, and searches ranked again by it.

It sees what vectors made apart cannot hold, which word answers which, and costs a forward pass over
every passage of the fifty that it reads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from index.encoder import open_network
from index.fusion import scaled
from index.grouping import by_voice, in_turns, voice
from index.spec import RerankerSpec, model_file, read_reranker_spec, source_folder, unusable
from index.tokens import open_tokenizer
from index.types import Description, Filters, Hit, Query, Searcher
from index.vectors import Ordinals

READ = 50
"""How many of the first hits are read again."""
READ_SHARE = 0.75
"""What the cross-encoder's score weighs against the one found before, each stretched over 0 to 1.
It was trained on other texts than the archive's, and sees a passage alone, so that what was found
before keeps a voice: see docs/models.md."""
_BATCH = 8  # pairs of a forward pass, of like length
_STEP = 8  # lengths are rounded up to

Scores = npt.NDArray[np.float32]
Run = Callable[[dict[str, npt.NDArray[np.int64]]], Scores]
"""One score for each row of a network's inputs."""


class Reranker:
    """A cross-encoder, opened. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the cross-encoder prepared in ``folder``.

        Raises EncoderError if the folder holds none that this version can use.
        """
        self.spec = read_reranker_spec(folder)
        self._tokenizer = open_tokenizer(folder, self.spec.max_tokens)
        if self.spec.runtime == "openvino":
            network = open_network(model_file(folder), full=self.spec.full_precision)
            inputs = [port.any_name for port in network.inputs]
            self._run: Run = partial(_run_compiled, network.create_infer_request(), inputs)
        else:
            self._run = _TorchRun(self.spec, source_folder(folder))
        self._running = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        """How well each passage answers ``question``, shape (passages,); more is better.

        The network's own scores, before any function is applied to them.
        """
        pairs = self._tokenizer.encode_batch([(question, passage) for passage in passages])
        order = sorted(range(len(pairs)), key=lambda row: len(pairs[row].ids))
        scores = np.empty(len(pairs), np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            feed = _feed([pairs[row] for row in rows], self.spec)
            with self._running:
                scores[rows] = self._run(feed)
        return scores


class RerankingSearcher:
    """What another searcher finds, read again; a :class:`index.types.Searcher` itself."""

    def __init__(self, inner: Searcher, reranker: Reranker) -> None:
        self.inner = inner
        self._reranker = reranker

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        """At most ``limit`` hits, best first, posts before second passages of the same post.

        The first :data:`READ` of the inner searcher are read again; for a follow-up twice, by
        itself and joined with the turns that it leans on.
        """
        hits = self.inner.search(query, max(limit, READ), filters)
        if len(hits) < 2:
            return hits[:limit]
        read, rest = hits[:READ], hits[READ:]
        scores = self._scores(query, [hit.whole_text for hit in read])
        before = np.array([hit.score for hit in read])
        mixed = READ_SHARE * scaled(scores) + (1 - READ_SHARE) * scaled(before)
        mixed = by_voice(mixed, _authors(read))
        order = np.argsort(-mixed, kind="stable").tolist()
        ranked = [*(replace(read[row], score=float(mixed[row])) for row in order), *rest]
        _, posts = np.unique([hit.post.id for hit in ranked], return_inverse=True)
        return [ranked[place] for place in in_turns(posts)][:limit]

    def _scores(self, query: Query, passages: list[str]) -> npt.NDArray[np.float64]:
        """How well each passage answers ``query``, the parts of which count by their shares."""
        parts = [(query.text, 1.0)]
        if query.joined is not None:
            parts = [(query.text, 1 - query.joined_share), (query.joined, query.joined_share)]
        mixed = np.zeros(len(passages))
        for text, share in parts:
            if share:
                mixed += share * self._reranker.scores(text, passages)
        return mixed

    def describe(self) -> Description:
        """The figures of what is searched."""
        return self.inner.describe()

    def close(self) -> None:
        """Let go of what is searched."""
        self.inner.close()


def _authors(hits: Sequence[Hit]) -> Ordinals:
    """The author of each hit as a number, -1 for nobody known."""
    numbers: dict[str, int] = {}
    told = [
        -1 if name is None else numbers.setdefault(voice(name), len(numbers))
        for name in (hit.post.author for hit in hits)
    ]
    return np.array(told, np.int64)


def _feed(pairs: Sequence[Encoding], spec: RerankerSpec) -> dict[str, npt.NDArray[np.int64]]:
    """A network's inputs for pairs of texts, padded to the longest."""
    longest = max(len(pair.ids) for pair in pairs)
    length = max(longest, min(longest + -longest % _STEP, spec.max_tokens))
    ids = np.full((len(pairs), length), spec.pad_id, np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    for row, pair in enumerate(pairs):
        count = len(pair.ids)
        ids[row, :count], mask[row, :count], types[row, :count] = pair.ids, 1, pair.type_ids
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


def _run_compiled(
    request: Any, inputs: list[str], feed: dict[str, npt.NDArray[np.int64]]
) -> Scores:
    request.infer({name: feed[name] for name in inputs})
    scores: Scores = request.get_output_tensor(0).data[:, 0].copy()
    return scores


class _TorchRun:
    """Scores by sentence-transformers' own network, which is loaded with the first question."""

    def __init__(self, spec: RerankerSpec, source: Path) -> None:
        if not source.is_dir():
            raise unusable(source.parent, f"{source} is missing")
        self._spec = spec
        self._source = source
        self._network: Any = None
        self._inputs: list[str] = []

    def __call__(self, feed: dict[str, npt.NDArray[np.int64]]) -> Scores:
        import torch

        if self._network is None:
            from index.transformer import inputs_of, load_cross_encoder, network_of

            model = load_cross_encoder(self._spec.model, self._source)
            self._inputs, self._network = inputs_of(model.tokenizer), network_of(model)
        with torch.inference_mode():
            rows = {name: torch.from_numpy(feed[name]) for name in self._inputs}
            scores: Scores = self._network(**rows).logits[:, 0].float().numpy()
        return scores
