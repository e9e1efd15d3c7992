"""Texts to vectors, by a compiled model.

Needs openvino, tokenizers and numpy only: a process that answers questions never imports torch.
One forward pass over a passage gives the passage's vector and one for each of its sentences, the
mean of that sentence's token states as they stand in the context of the whole passage.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from corpus.types import Span
from index.batching import Batcher
from index.pooling import EncodedPassage, Tokens, Vector, pool_passage, pool_text, tokens_of
from index.spec import EncoderSpec, model_file, read_spec, tokenizer_file, unusable

# openvino would report use to its makers through this module; it has a silent stub of its own for
# where the module cannot be imported.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402

_BATCH = 8  # rows of a forward pass: more than 8 gained nothing on 2 cores, and costs memory
_STEP = 8  # lengths are rounded up to
_LEAST_CHOICE = 64  # tokenized before the first batch is chosen among them
_MOST_WAITING = 65_536  # tokenized and not encoded yet, at about 1 KB each
_QUESTIONS = 8  # of several callers in one pass: each then costs a third of a question alone


@dataclass(frozen=True, slots=True)
class Job:
    """A passage to encode: ``sentences`` are spans of ``text``, ``key`` is the caller's own.

    Keys are different from each other.
    """

    key: int
    text: str
    sentences: Sequence[Span]


class PassageEncoder(Protocol):
    """What a build needs of an encoder; :class:`Encoder` is one, and one on a GPU is another."""

    spec: EncoderSpec

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The unit vectors of questions, each of shape (dimensions,)."""

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        """The vectors of each job's text and sentences, with its key, as they become ready."""


class Encoder:
    """A compiled encoder, opened. Safe to call from several threads."""

    def __init__(self, folder: Path, *, streams: int = 1) -> None:
        """Open the encoder compiled into ``folder``.

        One stream gives a lone text all cores, which is right for questions; as many streams as
        cores encode many passages faster. Raises EncoderError if the folder holds no encoder that
        this version can use.
        """
        self.spec = read_spec(folder)
        self._streams = streams
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer_file(folder)))
            core = openvino.Core()
            core.set_property({"CACHE_DIR": str(folder / "cache")})
            # resolved: what is cached, a file as large as the weights, is known by this path
            network = model_file(folder).resolve()
            self._model = core.compile_model(str(network), "CPU", runtime_options(streams))
        except Exception as error:  # both libraries raise bare Exception and RuntimeError
            raise unusable(folder, str(error)) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.spec.max_tokens)
        self._inputs = [port.any_name for port in self._model.inputs]
        request = self._model.create_infer_request()
        self._batcher = Batcher(partial(_pass, request, self._inputs, self.spec), _QUESTIONS)
        self._counter = Tokenizer.from_str(self._tokenizer.to_str())
        self._counter.no_truncation()

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def encode_query(self, text: str) -> Vector:
        """The unit vector of a question, shape (dimensions,); what exceeds the limit is cut."""
        (vector,) = self.encode_queries([text])
        return vector

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of ``texts`` as :meth:`encode_query` gives them, from one forward pass.

        Whoever asks while a pass is under way shares the next one with all who do.
        """
        prompt = self.spec.query_prompt
        return self._batcher([self._tokenizer.encode(prompt + text) for text in texts])

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        """The vectors of each job's text and sentences, with its key, as they become ready.

        Jobs are taken while others are encoded, so that making them costs no time of its own, and
        the longest of those at hand are encoded first, so that little of a batch is padding.
        """
        source = iter(jobs)
        waiting: list[tuple[int, int, Tokens]] = []  # a heap, the longest on top
        under_way: deque[tuple[Any, list[tuple[int, Tokens]]]] = deque()
        # No AsyncInferQueue: its threads outlive wait_all by a moment, and one that then holds the
        # last reference to the model aborts the process. One request more than streams, so that
        # none stands idle while another's states are pooled.
        free = [self._model.create_infer_request() for _ in range(self._streams + 1)]
        choice, all_taken = _LEAST_CHOICE, False
        while not all_taken or waiting or under_way:
            while free and len(waiting) >= (1 if all_taken else choice):
                choice = _BATCH  # from now on, more come than are encoded
                rows = [heappop(waiting) for _ in range(min(_BATCH, len(waiting)))]
                batch = [(key, tokens) for _, key, tokens in rows]
                under_way.append((free.pop(), batch))
                under_way[-1][0].start_async(self.feed([each.ids for _, each in batch]))
            full = len(waiting) >= _MOST_WAITING
            if all_taken or full or (under_way and under_way[0][0].wait_for(0)):
                if under_way:
                    request, batch = under_way.popleft()
                    request.wait()
                    states = request.get_output_tensor(0).data
                    for row, (key, tokens) in enumerate(batch):
                        own = states[row, : len(tokens.ids)]
                        yield key, pool_passage(own, tokens, self.spec.pooling)
                    free.append(request)
            elif (job := next(source, None)) is None:
                all_taken = True
            else:
                tokens = self.tokens(job)
                heappush(waiting, (-len(tokens.ids), job.key, tokens))

    def feed(self, texts: Sequence[npt.NDArray[np.int32]]) -> dict[str, npt.NDArray[np.int64]]:
        """The network's inputs for a batch of token ids, padded to the longest of them."""
        return _feed(self._inputs, texts)

    def tokens(self, job: Job) -> Tokens:
        """What the network takes of a passage: token ids, and which of them each sentence has."""
        prompt = self.spec.passage_prompt
        spans = [Span(start + len(prompt), end + len(prompt)) for start, end in job.sentences]
        return tokens_of(self._tokenizer.encode(prompt + job.text), spans)


def runtime_options(streams: int) -> dict[str, str]:
    """OpenVINO's options for ``streams`` forward passes at a time.

    Threads are not pinned to cores: several processes would all be pinned to the same ones.
    """
    return {"NUM_STREAMS": str(streams), "ENABLE_CPU_PINNING": "NO"}


# Functions rather than methods: an encoder that is part of a cycle would outlive its last use.


def _pass(
    request: Any, inputs: list[str], spec: EncoderSpec, encodings: list[Encoding]
) -> list[Vector]:
    """The unit vectors of questions."""
    request.infer(_feed(inputs, [each.ids for each in encodings]))
    states = request.get_output_tensor(0).data
    return [
        pool_text(states[row, : len(each.ids)], spec.pooling) for row, each in enumerate(encodings)
    ]


def _feed(
    inputs: list[str], texts: Sequence[Sequence[int] | npt.NDArray[np.int32]]
) -> dict[str, npt.NDArray[np.int64]]:
    """What the network takes: token ids in rows, padded with zeros that the mask leaves out."""
    longest = max(len(ids) for ids in texts)
    # Every new shape costs OpenVINO, and 8 is what its kernels take at a time: a tenth of a
    # question's time.
    shape = len(texts), longest + -longest % _STEP
    feed = {name: np.zeros(shape, np.int64) for name in inputs}
    for row, ids in enumerate(texts):
        feed["input_ids"][row, : len(ids)] = ids
        feed["attention_mask"][row, : len(ids)] = 1
    return feed
