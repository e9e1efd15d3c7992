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

from corpus.types import Span
from index.batching import Batcher
from index.pooling import EncodedPassage, Head, Tokens, Vector, pool_passage, pool_text, unit_rows
from index.spec import EncoderSpec, head_file, model_file, read_spec, unusable
from index.tokens import TextTokenizer

# openvino would report use to its makers through this module; it has a silent stub of its own for
# where the module cannot be imported.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402

_BATCH = 8  # rows of a forward pass: more than 8 gained nothing on 2 cores, and costs memory
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


class QuestionEncoder(Protocol):
    """What a search needs of an encoder; :class:`Encoder` is one."""

    spec: EncoderSpec

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The unit vectors of questions, each of shape (dimensions,)."""

    def is_word(self, text: str) -> bool:
        """Whether ``text``, in lower case, is a word to the tokenizer, not made of pieces."""


class PassageEncoder(Protocol):
    """What a build needs of an encoder; :class:`Encoder` is one, and one on a GPU is another."""

    spec: EncoderSpec

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The unit vectors of questions, each of shape (dimensions,)."""

    def encode_passages(self, jobs: Iterable[Job]) -> Iterator[tuple[int, EncodedPassage]]:
        """The vectors of each job's text and sentences, with its key, as they become ready."""


class TextEncoder(QuestionEncoder, PassageEncoder, Protocol):
    """An encoder of questions and passages; ``tokenizer`` is what it makes tokens with."""

    tokenizer: TextTokenizer


def open_encoder(folder: Path, *, streams: int = 1) -> TextEncoder:
    """The encoder prepared in ``folder``: compiled, or run by sentence-transformers if it must be.

    ``streams`` are as for :class:`Encoder`. Raises EncoderError if this version cannot use it.
    """
    if read_spec(folder).runtime == "openvino":
        return Encoder(folder, streams=streams)
    from index.torch_encoder import TorchEncoder

    return TorchEncoder.opened(folder)


class Encoder:
    """A compiled encoder, opened. Safe to call from several threads."""

    def __init__(self, folder: Path, *, streams: int = 1) -> None:
        """Open the encoder compiled into ``folder``.

        One stream gives a lone text all cores, which is right for questions; as many streams as
        cores encode many passages faster. Raises EncoderError if the folder holds no encoder that
        this version can use.
        """
        self.spec = read_spec(folder)
        self.tokenizer = TextTokenizer(folder, self.spec)
        self._streams = streams
        self._model = open_network(model_file(folder), streams, full=self.spec.full_precision)
        self._inputs = [port.any_name for port in self._model.inputs]
        self._head = _open_head(folder) if self.spec.has_head else None
        # the states' width is the vectors', unless further layers change it
        width = self._model.output(0).partial_shape[-1]
        if self._head is None and width.is_static and len(width) != self.spec.dimensions:
            reason = f"its vectors have {len(width)} dimensions, not {self.spec.dimensions}"
            raise unusable(folder, reason)
        request = self._model.create_infer_request()
        run = partial(_pass, request, self._inputs, self.tokenizer, self._head)
        self._batcher = Batcher(run, _QUESTIONS)

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""
        return self.tokenizer.count(text)

    def is_word(self, text: str) -> bool:
        """Whether ``text``, in lower case, is a word to the tokenizer, not made of pieces."""
        return self.tokenizer.is_word(text)

    def encode_query(self, text: str) -> Vector:
        """The unit vector of a question, shape (dimensions,); what exceeds the limit is cut."""
        (vector,) = self.encode_queries([text])
        return vector

    def encode_queries(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of ``texts`` as :meth:`encode_query` gives them, from one forward pass.

        Whoever asks while a pass is under way shares the next one with all who do.
        """
        return self._batcher([self.tokenizer.question(text) for text in texts])

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
                under_way[-1][0].start_async(
                    self.tokenizer.feed(self._inputs, [each.ids for _, each in batch])
                )
            full = len(waiting) >= _MOST_WAITING
            if all_taken or full or (under_way and under_way[0][0].wait_for(0)):
                if under_way:
                    request, batch = under_way.popleft()
                    request.wait()
                    states = request.get_output_tensor(0).data
                    for row, (key, tokens) in enumerate(batch):
                        own = states[row, : len(tokens.ids)]
                        yield key, pool_passage(own, tokens, self.spec.pooling, self._head)
                    free.append(request)
            elif (job := next(source, None)) is None:
                all_taken = True
            else:
                tokens = self.tokenizer.passage(job.text, job.sentences)
                heappush(waiting, (-len(tokens.ids), job.key, tokens))


def runtime_options(streams: int) -> dict[str, str]:
    """OpenVINO's options for ``streams`` forward passes at a time.

    Threads are not pinned to cores: several processes would all be pinned to the same ones.
    """
    return {"NUM_STREAMS": str(streams), "ENABLE_CPU_PINNING": "NO"}


def open_network(file: Path, streams: int = 1, *, full: bool) -> Any:
    """The compiled network kept in ``file``, ready to run; EncoderError if it cannot be.

    It is computed in ``full`` precision, or in the one that the processor is quickest in.
    """
    options = runtime_options(streams) | ({"INFERENCE_PRECISION_HINT": "f32"} if full else {})
    try:
        core = openvino.Core()
        core.set_property({"CACHE_DIR": str(file.parent / "cache")})
        # resolved: what is cached, a file as large as the weights, is known by this path
        return core.compile_model(str(file.resolve()), "CPU", options)
    except Exception as error:  # it raises bare RuntimeError, and more
        raise unusable(file.parent, str(error)) from error


# Functions rather than methods: an encoder that is part of a cycle would outlive its last use.


def _open_head(folder: Path) -> Head:
    return partial(_run_head, open_network(head_file(folder), full=True))


def _run_head(network: Any, pooled: Vector) -> Vector:
    vectors: Vector = network.create_infer_request().infer([pooled])[0]
    return vectors


def _pass(
    request: Any,
    inputs: list[str],
    tokenizer: TextTokenizer,
    head: Head | None,
    texts: list[Tokens],
) -> list[Vector]:
    """The unit vectors of questions."""
    # Shared: OpenVINO's copying of what goes in and comes out is a tenth of a question's time.
    feed = tokenizer.feed(inputs, [each.ids for each in texts])
    request.infer(feed, share_inputs=True, share_outputs=True)
    states = request.get_output_tensor(0).data
    pooled = np.stack(
        [
            pool_text(states[row, : len(each.ids)], each.skip, tokenizer.spec.pooling)
            for row, each in enumerate(texts)
        ]
    )
    return list(unit_rows(pooled if head is None else head(pooled)))
