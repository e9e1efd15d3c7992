"""What a server holds while it runs: its settings and the generation in use.

A newer generation is opened and warmed beside the one in use, exchanged for it in one step, and the
old one is closed when its last question is done. One that cannot be used changes nothing but what
is said of the server's health.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fastapi import Request

from index.current import current_folder, current_name, other_folders
from index.encoder import QuestionEncoder, open_encoder
from index.errors import IndexingError
from index.generation import Generation
from index.reranker import Reranker
from index.spec import encoder_folder
from index.types import Filters, Searcher
from qa.ask import MOST_PASSAGES, ask
from qa.errors import RecordError
from qa.examples import example_questions
from qa.record import Record, open_record
from qa.settings import Settings
from qa.workspace import Overview, open_reranker, overview, searcher_over

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often a running server looks whether a newer generation has been published."""

_WARM_UP = "What helps?"  # where the archive has no question of its own to start with

_Traces = tuple[str | tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Serving:
    """A generation that is answering, with what the page says of it."""

    searcher: Searcher
    generation: Generation
    overview: Overview
    examples: list[str]


@dataclass(slots=True, eq=False)
class _Held:
    """A generation with the number of those who use it, the server itself being one."""

    serving: Serving
    uses: int = 1


@dataclass(frozen=True, slots=True)
class _Refused:
    """A generation that could not be used, and what there was of it on disk."""

    traces: _Traces
    error: IndexingError


class ServerState:
    """One per application. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._looking = threading.Lock()
        self._counting = threading.Lock()
        self._held: _Held | None = None
        self._encoder: QuestionEncoder | None = None
        self._reranker: Reranker | None = None
        self._refused: _Refused | None = None
        self.record: Record = open_record(settings)
        self._tidied: date | None = None

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        """The generation in use, which stays open until the context is left.

        Only where there is none yet is one opened here. Raises IndexingError if that cannot be.
        """
        held = self._enter()
        try:
            yield held.serving
        finally:
            self._leave(held)

    @property
    def refused(self) -> IndexingError | None:
        """Why the generation that should be in use isn't; None as long as all is well."""
        refused = self._refused
        return None if refused is None else refused.error

    def look(self) -> None:
        """Put the generation into use that has been published, if it is another than so far.

        One that cannot be used is logged, and tried again once something of it has changed.
        """
        with self._looking:
            if self._held is not None and self._is_current(self._held.serving):
                self._refused = None
                return
            traces = _traces(self.settings)
            if self._refused is not None and self._refused.traces == traces:
                return
            try:
                serving = self._open(current_folder(self.settings.index_folder))
            except IndexingError as error:
                # a build may have exchanged it while it was opened, which is no news to anybody
                if self._held is None or _traces(self.settings) == traces:
                    if self._held is None:
                        self._fall_back()
                    self._refuse(_Refused(traces, error))
                return
            self._refused = None
            self._exchange(_Held(serving))
            _log.info("Answering from generation %s.", serving.overview.generation)

    def _fall_back(self) -> None:
        """Put the newest generation into use that can be; none, if none can be."""
        with suppress(IndexingError):
            for folder in other_folders(self.settings.index_folder):
                with suppress(IndexingError):
                    self._exchange(_Held(self._open(folder)))
                    return

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Looks every :data:`LOOK_EVERY_S` seconds; at the end, the generation is closed."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(LOOK_EVERY_S):
                self.look()
                self.tidy()

        watcher = threading.Thread(target=watch, name="generation watcher", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
            self.close()

    def tidy(self) -> None:
        """Forget, once a day, the questions that have been kept for long enough."""
        now = datetime.now(UTC)
        if self._tidied == now.date():
            return
        self._tidied = now.date()
        try:
            gone = self.record.forget(now - timedelta(days=self.settings.keep_questions_days))
        except RecordError as error:
            _log.warning("Old questions are not forgotten: %s %s", error.message, error.hint)
        else:
            if gone:
                _log.info("Forgot %d questions that were kept for long enough.", gone)

    def close(self) -> None:
        """Let go of the generation in use, once the last question is done."""
        self._exchange(None)
        self.record.close()

    def _enter(self) -> _Held:
        if self._held is None:
            self.look()  # the first question, or one that comes before the first build
        with self._counting:
            if self._held is None:
                assert self._refused is not None
                raise copy.copy(self._refused.error)  # its traceback is of this question alone
            self._held.uses += 1
            return self._held

    def _leave(self, held: _Held) -> None:
        with self._counting:
            held.uses -= 1
            unused = not held.uses
        if unused:
            held.serving.searcher.close()

    def _exchange(self, new: _Held | None) -> None:
        with self._counting:
            old, self._held = self._held, new
        if old is not None:
            self._leave(old)

    def _is_current(self, serving: Serving) -> bool:
        try:
            return current_name(self.settings.index_folder) == serving.overview.generation
        except IndexingError:
            return False

    def _open(self, folder: Path) -> Serving:
        generation = Generation(folder)
        with ExitStack() as stack:
            stack.callback(generation.close)
            encoder = self._encoder_of(generation)
            reranker = self._reranker_of(generation)
            searcher = searcher_over(generation, encoder, reranker)
            about = overview(generation)
            examples = example_questions(generation.store, generation.atlas.layout)
            serving = Serving(searcher, generation, about, examples)
            _warm(serving)
            stack.pop_all()
        self._encoder, self._reranker = encoder, reranker
        return serving

    def _encoder_of(self, generation: Generation) -> QuestionEncoder:
        digest = generation.manifest.encoder_digest
        if self._encoder is not None and self._encoder.spec.digest == digest:
            return self._encoder
        return open_encoder(encoder_folder(self.settings.encoders_folder, digest))

    def _reranker_of(self, generation: Generation) -> Reranker | None:
        digest = generation.manifest.options.reranker
        if self._reranker is not None and self._reranker.spec.digest == digest:
            return self._reranker
        return open_reranker(self.settings, generation)

    def _refuse(self, refused: _Refused) -> None:
        self._refused = refused
        meaning = "No questions can be answered"
        if self._held is not None:
            meaning = f"Still answering from generation {self._held.serving.overview.generation}"
        _log.warning("%s: %s %s", meaning, refused.error.message, refused.error.hint)


def state_of(request: Request) -> ServerState:
    """The state of the application that ``request`` came to."""
    state: ServerState = request.app.state.server
    return state


def _warm(serving: Serving) -> None:
    """Ask what loads all that is loaded on first use, so that no question pays for it."""
    question = next(iter(serving.examples), _WARM_UP)
    authors = [Filters(author=name) for name, _ in serving.overview.authors[:1]]
    for filters in (Filters(), *authors):
        ask(serving.searcher, question, limit=MOST_PASSAGES, filters=filters, least_confidence=-1)


def _traces(settings: Settings) -> _Traces:
    """The files on which it depends whether the current generation can be used, with their state.

    Locks, which are hidden files, and what an encoder caches change with every attempt.
    """
    try:
        folder = current_folder(settings.index_folder)
        paths = [*folder.rglob("[!.]*"), *settings.encoders_folder.glob("*/*")]
        return tuple(_trace(path) for path in sorted(paths) if path.is_file())
    except IndexingError as error:
        return (error.message,)
    except OSError as error:  # something was removed meanwhile
        return (str(error),)


def _trace(path: Path) -> tuple[str, int, int, int]:
    about = path.stat()
    return str(path), about.st_ino, about.st_mtime_ns, about.st_size
