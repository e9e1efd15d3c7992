"""The index in use examined: its files, what it is of, and the encoder that it needs."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.archive import Archive
from index.graph import GraphRecord
from index.inverted import ListsRecord
from index.manifest import FORMAT, read_manifest
from index.recall import Kind, NearestOptions
from qa.doctor import diagnose
from qa.doctor_index import large_index
from qa.findings import Finding
from qa.imports import forget_source, import_source
from qa.settings import Settings
from qa.workspace import build_index
from tests import checkups

REBUILD = "Build it again: blogqa build"
FROM_NOTHING = "Build it from nothing: blogqa build --full"


def test_a_whole_index(home: Settings) -> None:
    manifest = read_manifest(checkups.generation(home))
    assert [each for each in diagnose(home) if each.name[:5] in {"index", "encod", "passa"}] == [
        Finding(
            "index",
            "ok",
            f"The index {manifest.generation} is whole: 3 posts, 3 passages, built "
            f"{manifest.built_at}.",
        ),
        Finding("index_counts", "ok", "Its parts fit each other."),
        Finding("index_fresh", "ok", "The index is of the archive as it is."),
        Finding("encoder", "ok", "The compiled encoder all-MiniLM-L6-v2 is there."),
        Finding("encoder_model", "ok", "The model is all-MiniLM-L6-v2, as set."),
        Finding("passage_length", "ok", "Passages are closed at 200 tokens, as set."),
    ]


@pytest.mark.parametrize("part", ["vectors.faiss", "passages.sqlite", "terms/meta.json"])
def test_an_altered_file_is_named(home: Settings, part: str) -> None:
    path = checkups.generation(home) / part
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert checkups.unwell(home) == [
        Finding("index", "error", f"{path} is not what the build wrote.", REBUILD)
    ]


def test_a_missing_file_is_named(home: Settings) -> None:
    path = checkups.generation(home) / "layout.npy"
    path.unlink()
    assert checkups.unwell(home) == [Finding("index", "error", f"{path} is missing.", REBUILD)]


def test_an_index_of_another_format(home: Settings) -> None:
    folder = checkups.generation(home)
    checkups.change_manifest(folder, format=99)
    message = f"The index {folder.name} has format 99; this blogqa reads {FORMAT}."
    assert checkups.unwell(home) == [Finding("index", "error", message, REBUILD)]


def test_a_manifest_with_values_of_other_kinds(home: Settings) -> None:
    folder = checkups.generation(home)
    checkups.change_manifest(folder, digests=[1, 2])
    message = (
        f"{folder / 'manifest.json'} is not a manifest: cannot convert dictionary update sequence "
        "element #0 to a sequence."
    )
    assert checkups.unwell(home) == [Finding("index", "error", message, REBUILD)]


@pytest.mark.parametrize("name", ["gone", "../generations", "x" * 300])
def test_a_pointer_to_nothing(home: Settings, name: str) -> None:
    pointer = home.index_folder / "current"
    pointer.write_text(name)
    message = f"{pointer} names the generation {name!r}, which is not there."
    assert checkups.unwell(home) == [Finding("index", "error", message, REBUILD)]


def test_a_pointer_that_is_no_text(home: Settings) -> None:
    pointer = home.index_folder / "current"
    pointer.write_bytes(b"\xff\xfe")
    (finding,) = checkups.found(home, "index")
    assert finding.message.startswith(f"{pointer} cannot be read: 'utf-8' codec can't decode")
    assert finding.remedy == REBUILD


def alter_store(settings: Settings, *statements: str) -> None:
    """Change the texts of the index, and have its manifest agree to the file."""
    folder = checkups.generation(settings)
    connection = sqlite3.connect(folder / "passages.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    checkups.accept_files(folder)


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        (
            "DELETE FROM passages WHERE ordinal = 2",
            "2 passages where the manifest says 3",
        ),
        (
            "DELETE FROM posts WHERE row = 1",
            "2 posts where the manifest says 3, 1 passage of no post",
        ),
    ],
)
def test_texts_that_do_not_fit_the_manifest(home: Settings, statement: str, wrong: str) -> None:
    alter_store(home, statement)
    name = checkups.generation(home).name
    assert checkups.found(home, "index_counts") == [
        Finding("index_counts", "error", f"The index {name} holds {wrong}.", FROM_NOTHING)
    ]


def test_vectors_that_do_not_fit_the_manifest(home: Settings) -> None:
    folder = checkups.generation(home)
    checkups.change_manifest(folder, passages=4)
    message = f"{folder}: vectors has (3, 384) where the manifest says (4, 384)."
    assert checkups.unwell(home) == [Finding("index", "error", message, REBUILD)]


def test_an_index_that_the_archive_has_left_behind(home: Settings, tmp_path: Path) -> None:
    with Archive(home.archive_file) as archive:
        ids = {post.title: post.id for post in archive.posts()}
    posts = tmp_path / "posts"
    checkups.write_posts(posts)
    (posts / "new.md").write_text("Ask who signs.\n")
    (posts / "desk.md").write_text(checkups.POSTS["desk.md"] + "\nTwice.\n")
    (posts / "ladder.md").unlink()
    report = import_source(home, posts, name="posts")
    assert checkups.unwell(home) == [
        Finding(
            "index_fresh",
            "warning",
            "The archive has changed since the index was built: "
            f"1 post new (as {report.new[0]}), 1 post changed (as {ids['Desk']}), "
            f"1 post gone (as {ids['Ladder']}).",
            REBUILD,
        )
    ]
    build_index(home)
    assert checkups.unwell(home) == []
    forget_source(home, "posts")
    (finding,) = checkups.found(home, "index_fresh")
    assert ": 3 posts gone (as " in finding.message


def test_posts_that_are_copies_no_more(home: Settings) -> None:
    checkups.change_manifest(checkups.generation(home), archive_digest="another")
    assert checkups.unwell(home) == [
        Finding(
            "index_fresh",
            "warning",
            "The archive has changed since the index was built: other copies.",
            REBUILD,
        )
    ]


def test_an_index_that_is_not_of_the_archive_that_it_names(home: Settings) -> None:
    alter_store(home, "UPDATE posts SET id = 'stray' WHERE row = 1")
    (finding,) = checkups.unwell(home)
    assert (finding.name, finding.severity, finding.remedy) == (
        "index_posts",
        "error",
        FROM_NOTHING,
    )
    assert finding.message.startswith(
        "The index is said to be of the archive as it is, but is not: 1 post new (as "
    )
    assert finding.message.endswith("), 1 post gone (as stray).")
    build_index(home)
    assert checkups.unwell(home) == [finding]
    build_index(home, full=True)
    assert [each.name for each in checkups.unwell(home)] == []


def test_a_missing_encoder(home: Settings) -> None:
    home.encoders_folder.unlink()
    name = checkups.generation(home).name
    assert checkups.unwell(home) == [
        Finding(
            "encoder",
            "error",
            f"The encoder all-MiniLM-L6-v2 of the index {name} is missing from "
            f"{home.encoders_folder}.",
            "Compile it again: blogqa build",
        )
    ]


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "tokenizer.json"])
def test_an_encoder_without_one_of_its_files(home: Settings, name: str) -> None:
    (encoder,) = checkups.own_encoders(home).iterdir()
    (encoder / name).unlink()
    assert checkups.unwell(home) == [
        Finding(
            "encoder",
            "error",
            f"{encoder / name} is missing.",
            f"Remove {encoder} and run: blogqa build",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"format": 99},
            "The compiled encoder in {} cannot be used: it has format 99, this version reads 2.",
        ),
        ({"digest": "another"}, "The compiled encoder in {} is another one."),
        (
            {"dimensions": 768},
            "The encoder in {} makes vectors of 768 dimensions; those of the index GENERATION have "
            "384.",
        ),
    ],
)
def test_an_encoder_that_is_not_the_one(
    home: Settings, changes: dict[str, object], message: str
) -> None:
    (encoder,) = checkups.own_encoders(home).iterdir()
    spec = encoder / "encoder.json"
    content = json.loads(spec.read_text()) | changes
    spec.unlink()
    spec.write_text(json.dumps(content))
    remedy = f"Remove {encoder} and run: blogqa build"
    message = message.format(encoder).replace("GENERATION", checkups.generation(home).name)
    assert checkups.unwell(home) == [Finding("encoder", "error", message, remedy)]


def test_another_model_is_set(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    settings = replace(home, model=str(tmp_path / "model"))
    built = read_manifest(checkups.generation(home)).encoder_digest[:12]
    (finding,) = checkups.unwell(settings)
    assert (finding.name, finding.severity) == ("encoder_model", "warning")
    assert finding.message.startswith(
        f"The index was built with all-MiniLM-L6-v2 ({built}); set is {tmp_path}/model ("
    )
    assert finding.message.endswith("). The next build encodes everything again.")
    assert finding.remedy == "Run blogqa build, or set `model` to all-MiniLM-L6-v2 again"


def test_a_model_that_is_not_there(home: Settings) -> None:
    assert checkups.unwell(replace(home, model="/no/model")) == [
        Finding(
            "encoder_model",
            "warning",
            "There is no folder '/no/model' to load a model from.",
            "Set `model` to fast, better, best, a folder, or a name on the model hub.",
        )
    ]


def test_a_model_of_the_hub_is_not_fetched(home: Settings) -> None:
    assert checkups.unwell(replace(home, model="somebody/never-fetched")) == [
        Finding(
            "encoder_model",
            "warning",
            "The model 'somebody/never-fetched' is not on this machine.",
            "The next build fetches it, which needs a network: blogqa build",
        )
    ]


def test_another_length_of_passages_is_set(home: Settings) -> None:
    assert checkups.unwell(replace(home, passage_tokens=100)) == [
        Finding(
            "passage_length",
            "warning",
            "The index has passages of 200 tokens; `passage_tokens` is 100. The next build cuts "
            "all posts again.",
            "Run blogqa build, or set `passage_tokens` to 200 again",
        )
    ]


def test_passages_that_an_encoder_keeps_short_are_as_set(home: Settings) -> None:
    folder = checkups.generation(home)
    options = json.loads((folder / "manifest.json").read_text())["options"]
    options["passages"] |= {"max_tokens": 128, "target_tokens": 128}
    checkups.change_manifest(folder, options=options)
    assert checkups.found(home, "passage_length") == [
        Finding("passage_length", "ok", "Passages are closed at 128 tokens, as set.")
    ]


LISTS = ListsRecord(lists=8, probes=4, recall=0.997)
GRAPH = GraphRecord(links=32, width=200, recall=0.991)


@pytest.mark.parametrize(
    ("kind", "lists", "graph", "expected"),
    [
        (
            "lists",
            LISTS,
            None,
            Finding("large_index", "ok", "The nearest are found by lists, 99.7% of them."),
        ),
        (
            "graph",
            None,
            GRAPH,
            Finding("large_index", "ok", "The nearest are found by a graph, 99.1% of them."),
        ),
        (
            "graph",
            LISTS,
            None,
            Finding(
                "large_index",
                "info",
                "A graph found fewer than 99% of the nearest. The nearest are found by lists, "
                "99.7% of them.",
                "Set `large_index` to lists",
            ),
        ),
        (
            "lists",
            None,
            None,
            Finding("large_index", "info", "A question is compared with every passage."),
        ),
    ],
)
def test_how_the_nearest_of_many_are_found(
    home: Settings,
    kind: Kind,
    lists: ListsRecord | None,
    graph: GraphRecord | None,
    expected: Finding,
) -> None:
    manifest = read_manifest(checkups.generation(home))
    options = replace(manifest.options, nearest=NearestOptions(kind=kind))
    manifest = replace(manifest, options=options, lists=lists, graph=graph)
    assert large_index(replace(home, large_index=kind), manifest) == expected


def test_another_way_to_the_nearest_is_set(home: Settings) -> None:
    settings = replace(home, large_index="graph")
    assert checkups.found(settings, "large_index") == []
    folder = checkups.generation(home)
    options = json.loads((folder / "manifest.json").read_text())["options"]
    options["nearest"] |= {"exact_limit": 2}
    checkups.change_manifest(folder, options=options)
    assert checkups.found(settings, "large_index") == [
        Finding(
            "large_index",
            "warning",
            "The index was built with `large_index` lists; set is graph. The next build makes it "
            "anew, from the vectors that are there.",
            "Run blogqa build, or set `large_index` to lists again",
        )
    ]


def test_without_an_archive_the_index_is_examined_alone(home: Settings) -> None:
    home.archive_file.unlink()
    assert checkups.found(home, "index_fresh", "index_posts") == []
    assert [each.severity for each in checkups.found(home, "index", "index_counts")] == ["ok"] * 2
