"""Texts to vectors, by a compiled model.

Needs openvino, tokenizers and numpy only: a process that answers questions never imports torch.
One forward pass over a passage gives the passage's vector and one for each of its sentences, the
mean of that sentence's token states as they stand in the context of the whole passage.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from corpus.types import Span
from index.spec import model_file, read_spec, tokenizer_file, unusable

# openvino would report use to its makers through this module; it has a silent stub of its own for
# where the module cannot be imported.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402

Vector = npt.NDArray[np.float32]

_BATCH = 8  # rows of a forward pass: more than 8 gained nothing on 2 cores, and costs memory


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """A unit vector of shape (dimensions,) and one for each sentence, (sentences, dimensions)."""

    vector: Vector
    sentences: Vector


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
        self._lock = threading.Lock()
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
        self._request = self._model.create_infer_request()
        self._counter = Tokenizer.from_str(self._tokenizer.to_str())
        self._counter.no_truncation()

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` has, without the special ones the model puts around it."""
        return len(self._counter.encode(text, add_special_tokens=False).ids)

    def encode_query(self, text: str) -> Vector:
        """The unit vector of a question, shape (dimensions,); what exceeds the limit is cut."""
        encoding = self._tokenizer.encode(self.spec.query_prompt + text)
        with self._lock:
            self._request.infer(self._feed([encoding]))
            states = self._request.get_output_tensor(0).data
            return self._pool(states[0, : len(encoding.ids)])

    def encode_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        on_done: Callable[[int], None] = lambda count: None,
    ) -> list[EncodedPassage]:
        """Vectors of ``texts``, and of their ``sentences``, given as spans of each text.

        Batches hold texts of like length, the longest first, so that little is padded and memory
        peaks early. ``on_done`` is told how many texts each finished batch held.
        """
        prompt = self.spec.passage_prompt
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        by_length = sorted(range(len(texts)), key=lambda row: -len(encodings[row].ids))
        done: dict[int, EncodedPassage] = {}
        # No AsyncInferQueue: its threads outlive wait_all by a moment, and one that then holds the
        # last reference to the model aborts the process. One request more than streams, so that
        # none stands idle while another's states are pooled.
        free = [self._model.create_infer_request() for _ in range(self._streams + 1)]
        under_way: deque[tuple[Any, list[int]]] = deque()

        def collect() -> None:
            request, rows = under_way.popleft()
            request.wait()
            free.append(request)
            states = request.get_output_tensor(0).data
            for position, row in enumerate(rows):
                encoding = encodings[row]
                own = states[position, : len(encoding.ids)]
                spans = [Span(s + len(prompt), e + len(prompt)) for s, e in sentences[row]]
                vector = self._pool(own)
                done[row] = EncodedPassage(vector, _pool_spans(own, encoding, spans, vector))
            on_done(len(rows))

        for first in range(0, len(by_length), _BATCH):
            if not free:
                collect()
            rows = by_length[first : first + _BATCH]
            under_way.append((free.pop(), rows))
            under_way[-1][0].start_async(self._feed([encodings[row] for row in rows]))
        while under_way:
            collect()
        return [done[row] for row in range(len(texts))]

    def _feed(self, encodings: list[Encoding]) -> dict[str, npt.NDArray[np.int64]]:
        shape = len(encodings), max(len(encoding.ids) for encoding in encodings)
        feed = {name: np.zeros(shape, np.int64) for name in self._inputs}
        for row, encoding in enumerate(encodings):
            count = len(encoding.ids)
            feed["input_ids"][row, :count] = encoding.ids
            feed["attention_mask"][row, :count] = 1
        return feed

    def _pool(self, states: Vector) -> Vector:
        return _unit(states[0] if self.spec.pooling == "cls" else states.mean(axis=0))


def runtime_options(streams: int) -> dict[str, str]:
    """OpenVINO's options for ``streams`` forward passes at a time.

    Threads are not pinned to cores: several processes would all be pinned to the same ones.
    """
    return {"NUM_STREAMS": str(streams), "ENABLE_CPU_PINNING": "NO"}


def _pool_spans(states: Vector, encoding: Encoding, spans: list[Span], whole: Vector) -> Vector:
    """The mean state of each span's tokens, as unit vectors; ``whole`` where a span has none left.

    A sentence can be without tokens when the text was cut at the model's limit before it.
    """
    inner = slice(1, len(encoding.ids) - 1)  # without the special tokens, whose offsets are 0
    starts = np.array([start for start, _ in encoding.offsets[inner]])
    pooled = np.empty((len(spans), states.shape[1]), np.float32)
    for row, span in enumerate(spans):
        first, last = np.searchsorted(starts, span) + 1
        pooled[row] = _unit(states[first:last].mean(axis=0)) if first < last else whole
    return pooled


def _unit(vector: Vector) -> Vector:
    unit: Vector = vector / np.linalg.norm(vector)
    return unit
