"""A judged set to a run: the index that it is about, its questions asked of that, and measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from index.encoder import Encoder
from index.spec import encoder_folder
from qa.asking import Asking
from qa.judged_archive import check_posts, home_for
from qa.judgments import JudgedSet
from qa.rankings import Rankings
from qa.run import Run
from qa.settings import Settings
from qa.workspace import OnFallback, open_searcher


def evaluate(
    judged: JudgedSet,
    settings: Settings,
    *,
    posts: Path | None = None,
    work: Path | None = None,
    baselines: bool = False,
    others: Mapping[str, Rankings] | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
    on_fallback: OnFallback = lambda fallback: None,
) -> Run:
    """What becomes of the questions of ``judged``, asked of the index that :func:`home_for` gives.

    With ``baselines`` simpler ways of ranking are measured, too, and with ``others`` what other
    programs found, by their name. Raises JudgmentsError for a
    judgment of an unknown post or a question that cannot be asked, and what importing, building
    and searching raise.
    """
    with home_for(judged, settings, posts, work, on_stage) as own:
        searcher = open_searcher(own, on_fallback)
        try:
            generation = searcher.generation
            known = {judged.post_name(place) for place in generation.store.places()}
            check_posts(judged, own, posts, known)
            encoder = Encoder(
                encoder_folder(own.encoders_folder, generation.manifest.encoder_digest)
            )
            asking = Asking(
                judged, own, searcher, encoder, lambda question: on_stage(f"Asking: {question}")
            )
            return asking.run(baselines=baselines, others=others)
        finally:
            searcher.close()
