"""A judged set to a run: the index that it is about, its questions asked of that, and measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from index.encoder import open_encoder
from index.spec import encoder_folder
from qa.asking import Asking
from qa.baselines import Baselines
from qa.judged_archive import check_posts, home_for
from qa.judgments import JudgedSet
from qa.rankings import Rankings
from qa.run import Run
from qa.settings import Settings
from qa.workspace import OnFallback, open_generation, open_reranker, searcher_over


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
        generation = open_generation(own, on_fallback)
        try:
            known = {judged.post_name(place) for place in generation.store.places()}
            check_posts(judged, own, posts, known)
            encoder = open_encoder(
                encoder_folder(own.encoders_folder, generation.manifest.encoder_digest)
            )
            searcher = searcher_over(generation, encoder, open_reranker(own, generation))
            asking = Asking(
                judged, own, searcher, encoder, lambda question: on_stage(f"Asking: {question}")
            )
            ways = Baselines(generation, encoder, judged.post_name) if baselines else None
            return asking.run(baselines=ways, others=others)
        finally:
            generation.close()
