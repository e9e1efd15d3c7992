"""Vectors: the model's own, one for each sentence, and the same in any company."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

from corpus.sentences import split_sentences
from corpus.types import Span
from index.encoder import Encoder, Job
from index.errors import EncoderError
from index.models import DEFAULT_MODEL, find_model
from index.pooling import EncodedPassage
from index.spec import write_spec

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS = (
    "Who?",
    "How do I get past the receptionist?",
    "Bees dance in the hive.\n\nThe dance says where flowers are, and how far. Others go.",
    "Ünïcode «quotes» — and 電話 🙂, 3.14% of it.",
    "The buyer asked for a discount on the third call and again on the fourth one. " * 6,
    "Every clerk in the long hall copies one page, and no page is copied twice. " * 14,
)


@pytest.fixture(scope="module")
def original() -> SentenceTransformer:
    """The default model as sentence-transformers runs it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(find_model(DEFAULT_MODEL)), device="cpu", local_files_only=True)


def states_and_offsets(
    original: SentenceTransformer, text: str
) -> tuple[npt.NDArray[np.float32], list[tuple[int, int]]]:
    """The last layer's states for the tokens of ``text``, and where each token stands in it."""
    states: Any = original.encode(text, output_value="token_embeddings", convert_to_numpy=False)
    tokenizer: Any = original.tokenizer
    offsets = tokenizer(
        text, return_offsets_mapping=True, truncation=True, max_length=original.max_seq_length
    )["offset_mapping"]
    return states.numpy(), offsets


def encode_all(
    encoder: Encoder, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
) -> list[EncodedPassage]:
    """The vectors of ``texts`` in their order."""
    jobs = map(Job, range(len(texts)), texts, sentences)
    return [encoded for _, encoded in sorted(encoder.encode_passages(jobs), key=itemgetter(0))]


def encode_one(encoder: Encoder, text: str, sentences: Sequence[Span] = ()) -> EncodedPassage:
    (encoded,) = encode_all(encoder, [text], [sentences])
    return encoded


def cosine(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_are_sentence_transformers_own(
    encoder: Encoder, original: SentenceTransformer, text: str
) -> None:
    wanted = np.asarray(original.encode(text))
    assert cosine(encoder.encode_query(text), wanted) >= 0.999
    assert cosine(encode_one(encoder, text).vector, wanted) >= 0.999


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_are_unit(encoder: Encoder, text: str) -> None:
    query = encoder.encode_query(text)
    passage = encode_one(encoder, text, split_sentences(text))
    assert query.shape == passage.vector.shape == (384,)
    assert query.dtype == passage.vector.dtype == passage.sentences.dtype == np.float32
    for vector in (query, passage.vector, *passage.sentences):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", TEXTS)
def test_a_sentence_s_vector_is_the_mean_of_its_tokens_in_the_passage(
    encoder: Encoder, original: SentenceTransformer, text: str
) -> None:
    sentences = split_sentences(text)
    states, offsets = states_and_offsets(original, text)
    found = encode_one(encoder, text, sentences).sentences
    assert found.shape == (len(sentences), 384)
    for vector, (start, end) in zip(found, sentences, strict=True):
        own = [
            state
            for state, (first, last) in zip(states, offsets, strict=True)
            if first < last and start <= first and last <= end
        ]
        assert own
        assert cosine(vector, np.mean(own, axis=0)) >= 0.999


def test_sentences_may_leave_words_out(encoder: Encoder, original: SentenceTransformer) -> None:
    text = "Header words here\nBees dance. Wasps do not."
    states, offsets = states_and_offsets(original, text)
    (vector,) = encode_one(encoder, text, [Span(18, 29)]).sentences
    assert text[18:29] == "Bees dance."
    tokens = [row for row, (first, last) in enumerate(offsets) if 18 <= first < last <= 29]
    assert [text[slice(*offsets[row])] for row in tokens] == ["Bees", "dance", "."]
    assert cosine(vector, states[tokens].mean(axis=0)) >= 0.999


def test_the_company_in_a_batch_does_not_matter(encoder: Encoder) -> None:
    texts = [*TEXTS, *(text.upper() for text in TEXTS), *reversed(TEXTS)]
    sentences = [split_sentences(text) for text in texts]
    together = encode_all(encoder, texts, sentences)
    assert len(together) == len(texts)
    for text, spans, encoded in zip(texts, sentences, together, strict=True):
        alone = encode_one(encoder, text, spans)
        assert cosine(encoded.vector, alone.vector) >= 0.9999
        for one, other in zip(encoded.sentences, alone.sentences, strict=True):
            assert cosine(one, other) >= 0.9999


def test_more_streams_give_the_same(encoders: Path, encoder: Encoder) -> None:
    wide = Encoder(encoders / encoder.spec.digest[:16], streams=2)
    texts = [f"{text} {number}" for number in range(5) for text in TEXTS]
    sentences = [split_sentences(text) for text in texts]
    found = encode_all(wide, texts, sentences)
    wanted = encode_all(encoder, texts, sentences)
    for one, other in zip(found, wanted, strict=True):
        assert cosine(one.vector, other.vector) >= 0.9999
        assert one.sentences.shape == other.sentences.shape


def test_many_threads_get_the_same_answers(encoder: Encoder) -> None:
    questions = [f"What is {number} plus {text}" for number in range(6) for text in TEXTS]
    wanted = [encoder.encode_query(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(encoder.encode_query, questions))
        passages = list(pool.map(lambda text: encode_one(encoder, text), questions))
    for one, other, passage in zip(found, wanted, passages, strict=True):
        assert cosine(one, other) >= 0.9999
        assert cosine(passage.vector, other) >= 0.9999


def test_questions_of_one_pass_are_as_if_alone(encoder: Encoder) -> None:
    """Short beside long, and more than are taken of several callers."""
    questions = [TEXTS[5], *TEXTS[:4], "", *TEXTS]
    together = encoder.encode_queries(questions)
    assert len(together) == len(questions)
    for question, vector in zip(questions, together, strict=True):
        assert vector.shape == (384,)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert cosine(vector, encoder.encode_query(question)) >= 0.9999
    assert encoder.encode_queries([]) == []


def test_what_exceeds_the_limit_is_cut(encoder: Encoder, original: SentenceTransformer) -> None:
    assert encoder.spec.max_tokens == 256
    text = " ".join(f"Sentence {number} is here." for number in range(120))
    spans = split_sentences(text)
    assert len(spans) == 120
    encoded = encode_one(encoder, text, spans)
    assert cosine(encoded.vector, np.asarray(original.encode(text))) >= 0.999
    assert cosine(encoder.encode_query(text), encoded.vector) >= 0.9999
    # 254 tokens without the special two, 5 a sentence: 50 sentences stand before the cut whole.
    assert not np.allclose(encoded.sentences[49], encoded.vector, atol=1e-3)
    for vector in encoded.sentences[51:]:
        assert np.array_equal(vector, encoded.vector)


def test_the_longest_at_hand_come_first_and_jobs_are_taken_meanwhile(encoder: Encoder) -> None:
    lengths = [number % 50 for number in range(200)]
    taken: list[int] = []

    def jobs() -> Iterator[Job]:
        for key, length in enumerate(lengths):
            taken.append(key)
            yield Job(key, "bees " * length, [])

    found = encoder.encode_passages(jobs())
    first = [next(found)[0] for _ in range(8)]
    # 64 were there to choose from, the longest of which have 42 to 49 words.
    assert sorted(first) == list(range(42, 50))
    assert 64 <= len(taken) <= 200
    rest = [key for key, _ in found]
    assert sorted([*first, *rest]) == list(range(200))
    assert len(taken) == 200


def test_a_failing_source_of_jobs_fails_the_whole(encoder: Encoder) -> None:
    def jobs() -> Iterator[Job]:
        for key in range(100):
            yield Job(key, "Bees dance.", [])
        raise OSError("the archive is gone")

    with pytest.raises(OSError, match="the archive is gone"):
        list(encoder.encode_passages(jobs()))
    assert encoder.encode_query("Bees dance.").shape == (384,)


def test_no_texts_and_no_sentences(encoder: Encoder) -> None:
    assert list(encoder.encode_passages([])) == []
    encoded = encode_one(encoder, "No sentences are asked for.")
    assert encoded.sentences.shape == (0, 384)
    assert encoder.encode_query("").shape == (384,)
    empty = encode_one(encoder, "", [])
    assert np.linalg.norm(empty.vector) == pytest.approx(1, abs=1e-5)


def test_tokens_are_counted_without_the_special_ones_and_without_limit(encoder: Encoder) -> None:
    assert encoder.count_tokens("") == 0
    assert encoder.count_tokens("bees dance .") == 3
    assert encoder.count_tokens("Bees dance.") == 3
    assert encoder.count_tokens("bees " * 5000) == 5000


def linked(encoders: Path, encoder: Encoder, folder: Path, **changes: Any) -> Path:
    """A folder with the default encoder's files and other settings."""
    folder.mkdir()
    for path in (encoders / encoder.spec.digest[:16]).iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "encoder.json").unlink()
    write_spec(folder, replace(encoder.spec, **changes))
    return folder


def test_prompts_stand_in_front_and_sentences_keep_their_place(
    encoders: Path, encoder: Encoder, tmp_path: Path
) -> None:
    prompted = Encoder(
        linked(encoders, encoder, tmp_path / "e", query_prompt="ask: ", passage_prompt="tell me: ")
    )
    text = "Bees dance. Wasps do not."
    spans = [Span(0, 11), Span(12, 25)]
    assert np.array_equal(prompted.encode_query(text), encoder.encode_query(f"ask: {text}"))
    found = encode_one(prompted, text, spans)
    moved = [Span(start + 9, end + 9) for start, end in spans]
    wanted = encode_one(encoder, f"tell me: {text}", moved)
    assert np.array_equal(found.vector, wanted.vector)
    assert np.array_equal(found.sentences, wanted.sentences)


def test_cls_pooling_takes_the_first_state(
    encoders: Path, encoder: Encoder, original: SentenceTransformer, tmp_path: Path
) -> None:
    first = Encoder(linked(encoders, encoder, tmp_path / "e", pooling="cls"))
    states, _ = states_and_offsets(original, TEXTS[2])
    assert cosine(first.encode_query(TEXTS[2]), states[0]) >= 0.999
    assert cosine(encode_one(first, TEXTS[2]).vector, states[0]) >= 0.999


@pytest.fixture
def copied(encoders: Path, encoder: Encoder, tmp_path: Path) -> Path:
    """The default encoder's files, in part to be spoilt; the weights are only linked."""
    folder = tmp_path / "e"
    folder.mkdir()
    original = encoders / encoder.spec.digest[:16]
    for name in ("model.xml", "tokenizer.json", "encoder.json"):
        shutil.copy(original / name, folder)
    (folder / "model.bin").symlink_to(original / "model.bin")
    return folder


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "tokenizer.json", "encoder.json"])
def test_a_folder_without_one_of_its_files(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(EncoderError) as caught:
        Encoder(copied)
    assert caught.value.message.startswith(f"The compiled encoder in {copied} cannot be used: ")
    assert caught.value.hint == f"Remove {copied} and run: blogqa build"


@pytest.mark.parametrize("name", ["model.xml", "model.bin", "tokenizer.json", "encoder.json"])
def test_a_folder_with_a_file_of_something_else(copied: Path, name: str) -> None:
    (copied / name).unlink()
    (copied / name).write_text("something else")
    with pytest.raises(EncoderError, match="cannot be used: "):
        Encoder(copied)


def test_a_spoilt_cache_is_made_again(encoders: Path, encoder: Encoder, tmp_path: Path) -> None:
    folder = linked(encoders, encoder, tmp_path / "e")
    (folder / "cache").unlink()
    Encoder(folder)
    (blob,) = (folder / "cache").iterdir()
    with blob.open("rb+") as file:
        file.truncate(1000)
    found = Encoder(folder).encode_query("Who?")
    assert cosine(found, encoder.encode_query("Who?")) >= 0.9999
    assert blob.stat().st_size > 1_000_000
    blob.unlink()  # 90 MB that pytest would keep


def test_one_cache_serves_a_folder_under_all_its_names(
    encoders: Path, encoder: Encoder, tmp_path: Path
) -> None:
    folder = encoders / encoder.spec.digest[:16]
    before = set((folder / "cache").iterdir())
    (tmp_path / "elsewhere").symlink_to(encoders)
    Encoder(tmp_path / "elsewhere" / folder.name)
    assert set((folder / "cache").iterdir()) == before


DROPPED = """
import sys
from pathlib import Path
from index.encoder import Encoder, Job
for _ in range(6):
    jobs = [Job(key, "Who signs?", []) for key in range(24)]
    assert len(list(Encoder(Path(sys.argv[1]), streams=2).encode_passages(jobs))) == 24
"""


def test_an_encoder_may_be_dropped_as_soon_as_it_has_answered(
    encoders: Path, encoder: Encoder
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", DROPPED, str(encoders / encoder.spec.digest[:16])],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_openvino_reports_to_nobody() -> None:
    assert sys.modules["openvino_telemetry"] is None


def test_words_are_told_from_what_is_made_of_pieces(encoder: Encoder) -> None:
    words = ("patch", "patches", "quiet", "databse", "gatekeeper", "xquiet")
    assert [encoder.is_word(word) for word in words] == [True, True, True, False, False, False]
