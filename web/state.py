"""What a server holds while it runs: its settings and the generation in use."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from index.publish import current_name
from index.search import HybridSearcher
from qa.examples import example_questions
from qa.settings import Settings
from qa.workspace import Overview, open_searcher, overview


@dataclass(frozen=True, slots=True)
class Serving:
    """A generation that is answering, with what the page says of it."""

    searcher: HybridSearcher
    overview: Overview
    examples: list[str]


class ServerState:
    """One per application. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._serving: Serving | None = None

    def serving(self) -> Serving:
        """The generation in use, opened on first need and again once a newer one is published.

        Questions under way finish on the one they began with: its files close when the last of them
        lets go. Raises IndexingError if there is none that can be opened.
        """
        name = current_name(self.settings.index_folder)
        serving = self._serving
        if serving is None or serving.overview.generation != name:
            with self._lock:
                serving = self._serving
                if serving is None or serving.overview.generation != name:
                    serving = self._serving = self._open()
        return serving

    def _open(self) -> Serving:
        searcher = open_searcher(self.settings)
        about = overview(searcher.generation)
        return Serving(searcher, about, example_questions(searcher.generation.store))
