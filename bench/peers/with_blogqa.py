"""blogqa itself, measured as the others are, and the bare compiled encoder under it.

``python -m bench.peers.with_blogqa FOLDER`` builds and asks.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.common import best_runs, timed
from bench.peers.workplace import BUILDS, Measured, Workplace, print_measured
from bench.speed import bare_pass
from corpus.archive import Archive
from index.build import build
from index.encoder import Encoder
from index.models import prepare_encoder
from qa.ask import ask
from qa.settings import Settings
from qa.workspace import open_searcher


def settings_of(workplace: Workplace) -> Settings:
    """blogqa's defaults, at home in ``workplace``."""
    return replace(Settings(), home=workplace.blogqa_home)


def encoder_folder(settings: Settings) -> Path:
    """The compiled encoder, compiled before."""
    return prepare_encoder(settings.model, settings.encoders_folder, lambda: None)


def measure(workplace: Workplace) -> dict[str, Measured]:
    """Seconds of whole builds from the archive, and of answers; of the encoder alone, the same.

    Builds and passes of the bare encoder take turns, so that a busy moment meets both.
    """
    given, settings = workplace.given, settings_of(workplace)
    folder = encoder_folder(settings)
    encoder = Encoder(folder, streams=os.cpu_count() or 1)
    run_bare = bare_pass(folder, encoder.spec.max_tokens, given.texts)
    builds, passes = [], []
    with Archive(settings.archive_file) as archive:
        for turn in range(BUILDS):
            # an index of its own each time: vectors that are there would be used again
            index = settings.index_folder if turn == 0 else settings.home / f"index-{turn}"
            builds.append(timed(partial(build, archive, encoder, index)))
            passes.append(timed(run_bare))
    searcher = open_searcher(settings)
    answer = partial(
        ask, searcher, limit=settings.limit, least_confidence=settings.least_confidence
    )
    alone = Encoder(folder)
    measured = {
        "blogqa": Measured(builds, best_runs(answer, given.questions)),
        "bare": Measured(passes, best_runs(alone.encode_query, given.questions)),
    }
    searcher.close()
    return measured


if __name__ == "__main__":
    print_measured(measure(Workplace(Path(sys.argv[1]))))
