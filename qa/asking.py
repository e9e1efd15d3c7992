"""Judged questions asked as a person asks, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from index.encoder import QuestionEncoder
from index.types import Description, Filters, Hit, Query, Searcher
from qa.ask import ask
from qa.baselines import Baselines
from qa.confidence import confidence
from qa.conversation import MOST_TURNS
from qa.errors import JudgmentsError, QuestionError
from qa.judgments import Judged, JudgedSet
from qa.measures import DEPTH, measure
from qa.quoted import first_is_near_a_quote, holds_answer, is_verbatim, quote_is_shown
from qa.rankings import Rankings
from qa.run import BLOGQA, About, Outcome, Run, Shown
from qa.settings import Settings
from qa.types import Answer

ALONE, JOINED, REWRITTEN = "asked alone", "always joined", "a person's rewrite"
OTHER_HISTORY = "with another's history"


class _Listener:
    """A searcher that looks as deep as the measures do, and keeps what was found last."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self.hits: list[Hit] = []

    def search(self, query: Query, limit: int, filters: Filters) -> list[Hit]:
        self.hits = self._searcher.search(query, max(limit, DEPTH), filters)
        return self.hits[:limit]

    def describe(self) -> Description:
        return self._searcher.describe()

    def close(self) -> None:
        """It is somebody else's to close."""


class Asking:
    """Asks the questions of one set over one index."""

    def __init__(
        self,
        judged: JudgedSet,
        settings: Settings,
        searcher: Searcher,
        encoder: QuestionEncoder,
        on_question: Callable[[str], None] = lambda question: None,
    ) -> None:
        """``on_question`` is told each question before it is asked."""
        self._set = judged
        self._settings = settings
        self._searcher = searcher
        self._encoder = encoder
        self._on_question = on_question
        self._listener = _Listener(searcher)

    def run(
        self, *, baselines: Baselines | None = None, others: Mapping[str, Rankings] | None = None
    ) -> Run:
        """Ask everything. With ``baselines``, these simpler ways of ranking are measured, too.

        ``others`` are rankings of other programs, by their name, to be measured beside. Raises
        JudgmentsError for a question that cannot be asked, IndexDamaged.
        """
        about = self._searcher.describe()
        rankings: dict[str, Rankings] = {}
        outcomes = []
        self._ask(self._set.questions[0])  # so that what is loaded at first is in nobody's time
        for each in self._set.questions:
            self._on_question(each.question)
            outcomes.append(self._outcome(each))
        rankings[BLOGQA] = {each.judged.id: list(each.ranking) for each in outcomes}
        rankings[OTHER_HISTORY], took_together = self._with_other_histories()
        if baselines is not None:
            rankings |= self._follow_ups_otherwise() | self._ranked_by(baselines)
        rankings |= others or {}
        systems = {
            name: measure(
                [each for each in self._set.questions if each.id in found],
                found,
                self._set.answering_grade,
            )
            for name, found in rankings.items()
        }
        return Run(
            About(
                set=self._set.name,
                digest=self._set.digest,
                evaluated_at=datetime.now(UTC).isoformat(timespec="seconds"),
                model=about.model,
                generation=about.generation,
                posts=about.posts,
                passages=about.passages,
            ),
            tuple(outcomes),
            {name: values for name, values in systems.items() if values},
            took_together,
        )

    def _outcome(self, judged: Judged) -> Outcome:
        answer = self._ask(judged)
        hits = self._listener.hits
        # as deep as a person asks, and the bare encoder right after it: a busy moment meets both
        took_ms = _milliseconds(lambda: self._ask(judged, self._searcher))
        encoder_ms = _milliseconds(lambda: self._encoder.encode_queries([judged.question]))
        names = [self._set.post_name(found.post.place) for found in answer.passages]
        return Outcome(
            judged=judged,
            ranking=tuple(self._posts(hits)),
            status=answer.status,
            confidence=confidence(hits, self._searcher.describe().calibration),
            searched_with=answer.searched_with,
            short_answer=tuple(each.text for each in answer.short_answer),
            shown=tuple(
                Shown(
                    name,
                    found.post.title,
                    judged.grades.get(name, 0),
                    found.passage.text,
                    found.highlights,
                )
                for name, found in zip(names, answer.passages, strict=True)
            ),
            took_ms=took_ms,
            encoder_ms=encoder_ms,
            is_near_quote=first_is_near_a_quote(answer, names, judged.quotes),
            is_quote_shown=quote_is_shown(answer, names, judged.quotes),
            is_verbatim=is_verbatim(answer),
            holds_answer=holds_answer(answer, judged.answers) if judged.answers else None,
        )

    def _ask(
        self,
        judged: Judged,
        searcher: Searcher | None = None,
        history: Sequence[str] | None = None,
    ) -> Answer:
        try:
            return ask(
                self._listener if searcher is None else searcher,
                judged.question,
                history=judged.history if history is None else history,
                limit=self._settings.limit,
                least_confidence=self._settings.least_confidence,
            )
        except QuestionError as error:
            raise JudgmentsError(
                f"The question {judged.id!r} cannot be asked: {error.message}", error.hint
            ) from error

    def _posts(self, hits: Sequence[Hit]) -> list[str]:
        return list(dict.fromkeys(self._set.post_name(hit.post.place) for hit in hits))

    def _with_other_histories(self) -> tuple[Rankings, int]:
        """Questions that stand alone, asked after a conversation about something else.

        That is one of the set's own where it has any, else another question.
        """
        alone = [each for each in self._set.questions if not each.history and each.grades]
        talks = [(*each.history, each.question) for each in self._set.questions if each.history]
        half = len(alone) // 2
        if not talks and half:
            talks = [(each.question,) for each in alone[half:] + alone[:half]]
        found: Rankings = {}
        together = 0
        if not talks:
            return found, together
        for row, each in enumerate(alone):
            answer = self._ask(each, history=talks[row % len(talks)][-MOST_TURNS:])
            found[each.id] = self._posts(self._listener.hits)
            together += bool(answer.searched_with)
        return found, together

    def _follow_ups_otherwise(self) -> dict[str, Rankings]:
        """Follow-ups, searched in other ways, by the same ranking."""
        found: dict[str, Rankings] = {ALONE: {}, JOINED: {}, REWRITTEN: {}}
        for each in self._set.questions:
            if not each.history:
                continue
            found[ALONE][each.id] = self._search(Query(each.question))
            found[JOINED][each.id] = self._search(Query(joined(each)))
            if each.standalone is not None:
                found[REWRITTEN][each.id] = self._search(Query(each.standalone))
        return found

    def _search(self, query: Query) -> list[str]:
        return self._posts(self._searcher.search(query, DEPTH, Filters()))

    def _ranked_by(self, ways: Baselines) -> dict[str, Rankings]:
        """Simpler rankings; of a follow-up, they are given the question before it with it."""
        found: dict[str, Rankings] = {}
        for each in self._set.questions:
            for name, ranking in ways.rankings(joined(each)).items():
                found.setdefault(name, {})[each.id] = ranking
        return found


def joined(judged: Judged) -> str:
    """The question with the one before it in front: how a conversation is searched simply."""
    return " ".join([*judged.history[-1:], judged.question])


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000
