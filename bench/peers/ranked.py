"""What peers rank first: ``python -m bench.peers.ranked SET --posts POSTS --python PEERS_PYTHON``.

txtai's hybrid search and LlamaIndex's fusion, at their defaults, with the same weights, over the
same passages with the same headers in front; written to a file for ``blogqa evaluate --rankings``.
A follow-up is asked with the question before it in front, as the simpler rankings are.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from bench.peers.__main__ import ALIKE, run, say
from bench.peers.workplace import Given, Workplace
from index.generation import Generation
from index.models import find_model
from qa.asking import joined
from qa.judged_archive import home_for
from qa.judgments import JudgedSet, read_set
from qa.measures import DEPTH
from qa.rankings import Rankings
from qa.settings import Settings
from qa.workspace import open_generation

PEERS = {"with_txtai": "txtai", "with_llamaindex": "LlamaIndex"}


def encoded_passages(generation: Generation, judged: JudgedSet) -> tuple[list[str], list[str]]:
    """The text that blogqa encodes of each passage, and what the judgments call its post."""
    texts: list[str] = []
    names: list[str] = []
    for _, _, passages in generation.store.cut_posts():
        for stored in passages:
            ((passage, post),) = generation.store.passages([len(texts)])
            texts.append(f"{stored.header}\n{passage.text}" if stored.header else passage.text)
            names.append(judged.post_name(post.place))
    return texts, names


def as_posts(rows: list[list[int]], names: list[str], judged: JudgedSet) -> Rankings:
    """The posts of each question's passages, each at its best one."""
    return {
        each.id: list(dict.fromkeys(names[row] for row in found))[:DEPTH]
        for each, found in zip(judged.questions, rows, strict=True)
    }


def main() -> None:
    """Write the rankings of all peers to one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path, help="a folder of judged questions")
    parser.add_argument("--posts", type=Path, help="the posts that were judged")
    parser.add_argument("--work", type=Path, help="a folder to keep what is built in")
    parser.add_argument("--python", type=Path, required=True, help="of the peers' environment")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args()
    os.environ.update(ALIKE)
    judged = read_set(options.set)
    with (
        home_for(judged, Settings(), options.posts, options.work) as settings,
        tempfile.TemporaryDirectory() as folder,
    ):
        generation = open_generation(settings)
        texts, names = encoded_passages(generation, judged)
        generation.close()
        workplace = Workplace(Path(folder))
        questions = [joined(each) for each in judged.questions]
        workplace.give(Given(str(find_model(settings.model)), texts, questions))
        found = {}
        for module, name in PEERS.items():
            say(f"{name} ranks {len(texts)} passages")
            command = (options.python.absolute(), "-m", f"bench.peers.{module}")
            output = run(*command, workplace.folder, "--ranked")
            found[name] = as_posts(json.loads(output.splitlines()[-1]), names, judged)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
