"""Judged questions: what was asked, and which posts somebody found to answer it.

Two kinds of folders are read. One holds ``questions.jsonl`` (id, kind, question; history,
standalone, answers) and ``qrels.tsv`` with a header line (question_id, post, grade, quote), posts
named by their file's stem. The other is laid out as BEIR has it: see :mod:`qa.beir`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from blake3 import blake3

from qa.errors import JudgmentsError
from qa.judged_rows import (
    as_grade,
    broken,
    history_of,
    json_lines,
    lines_of,
    optional_text,
    strings_of,
    text_of,
)

QUESTIONS_FILE, JUDGMENTS_FILE = "questions.jsonl", "qrels.tsv"
SINGLE, FOLLOW_UP, UNANSWERABLE = "single", "followup", "unanswerable"
_HEADER = ["question_id", "post", "grade", "quote"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, with the grade of each post that helps: the higher, the more it does.

    ``history`` holds the questions before it, oldest first; ``standalone`` is the question as a
    person would ask it without them. ``quotes`` are, by post, passages that somebody found to
    answer; ``answers`` are exact strings, any of which is the answer.
    """

    id: str
    kind: str
    question: str
    history: tuple[str, ...] = ()
    grades: Mapping[str, int] = field(default_factory=dict)
    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standalone: str | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Judged questions that belong together; ``digest`` is the hex BLAKE3 of their files.

    ``corpus`` is the file that holds the posts, where the set brings its own.
    """

    name: str
    folder: Path
    questions: tuple[Judged, ...]
    digest: str
    corpus: Path | None = None

    @property
    def answering_grade(self) -> int:
        """The grade from which a post answers by itself: 2 where there are such grades, else 1."""
        grades = (grade for each in self.questions for grade in each.grades.values())
        return 2 if max(grades, default=1) >= 2 else 1

    def post_name(self, place: str) -> str:
        """What the judgments call the post at ``place`` in its source."""
        return place if self.corpus is not None else file_stem(place)


def file_stem(place: str) -> str:
    """The file's name at ``place`` without folder and extension; spaces belong to it."""
    name = place.rpartition("/")[2]
    return name.removesuffix(PurePosixPath(name).suffix)


def read_set(folder: Path, split: str = "test") -> JudgedSet:
    """The judged questions in ``folder``; of a BEIR set those that ``split`` has judgments of.

    Raises JudgmentsError, naming file and line, for what cannot be read and for an empty set.
    """
    from qa import beir

    if not folder.is_dir():
        raise JudgmentsError(f"There is no folder {folder}.", "Name one with judged questions.")
    if (folder / beir.CORPUS_FILE).is_file():
        files = [folder / name for name in (beir.CORPUS_FILE, beir.QUERIES_FILE)]
        files.append(beir.judgments_file(folder, split))
        questions, corpus = beir.read_questions(*files), files[0]
    elif (folder / QUESTIONS_FILE).is_file():
        files = [folder / QUESTIONS_FILE, folder / JUDGMENTS_FILE]
        questions, corpus = read_questions(*files), None
    else:
        raise JudgmentsError(
            f"{folder} holds neither {QUESTIONS_FILE} nor {beir.CORPUS_FILE}.",
            f"A set is a folder with {QUESTIONS_FILE} and {JUDGMENTS_FILE}, or laid out as BEIR "
            f"has it: {beir.CORPUS_FILE}, {beir.QUERIES_FILE}, qrels/{split}.tsv.",
        )
    if not any(each.grades for each in questions):
        raise JudgmentsError(
            f"{folder} holds no question with a judged post.",
            f"Write judgments into {files[-1]}; without any nothing can be measured.",
        )
    name = folder.resolve().name
    return JudgedSet(name, folder, tuple(questions), digest_of(files), corpus)


def read_questions(questions_file: Path, judgments_file: Path) -> list[Judged]:
    """The questions of one file with the judgments of the other."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    quotes: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    judged_at: dict[str, int] = {}
    for number, (id, post, grade, quote) in _judgments(judgments_file):
        judged_at.setdefault(id, number)
        value = as_grade(grade, judgments_file, number)
        if value > 0:
            grades[id][post] = max(value, grades[id].get(post, 0))
            if quote.strip():
                quotes[id][post] = (*quotes[id].get(post, ()), quote)
    questions = []
    for number, row in json_lines(questions_file):
        id = text_of(row, "id", questions_file, number)
        history = history_of(row, questions_file, number)
        kind = row.get("kind") or (FOLLOW_UP if history else SINGLE)
        questions.append(
            Judged(
                id=id,
                kind=str(kind),
                question=text_of(row, "question", questions_file, number),
                history=history,
                grades=dict(grades[id]),
                quotes=dict(quotes[id]),
                standalone=optional_text(row, "standalone", questions_file, number),
                answers=strings_of(row, "answers", questions_file, number),
            )
        )
    check_ids((each.id for each in questions), judged_at, questions_file, judgments_file)
    return questions


def check_ids(
    ids: Iterable[str], judged_at: Mapping[str, int], questions_file: Path, judgments_file: Path
) -> None:
    """Raise JudgmentsError if two questions share an id, or a judgment is of none of them.

    ``judged_at`` has, by question, the line of its first judgment.
    """
    known: set[str] = set()
    for id in ids:
        if id in known:
            raise JudgmentsError(
                f"{questions_file} has two questions with the id {id!r}.",
                "Give each an id of its own.",
            )
        known.add(id)
    for id, number in judged_at.items():
        if id not in known:
            raise broken(
                judgments_file, number, f"the question {id!r} is not in {questions_file.name}"
            )


def _judgments(file: Path) -> Iterator[tuple[int, list[str]]]:
    rows = lines_of(file)
    number, header = next(rows, (1, ""))
    if header.split("\t") != _HEADER:
        raise broken(file, number, f"the first line must be {', '.join(_HEADER)}, with tabs")
    for number, line in rows:
        cells = line.split("\t", len(_HEADER) - 1)
        if len(cells) != len(_HEADER):
            raise broken(file, number, f"{len(_HEADER)} columns with tabs between are wanted")
        yield number, cells


def digest_of(files: Iterable[Path]) -> str:
    """The hex BLAKE3 of the names and contents of ``files``, in their order."""
    whole = blake3()
    for file in files:
        content = blake3(file.read_bytes()).hexdigest()
        whole.update(f"{file.name}\n{content}\n".encode(errors="surrogateescape"))
    return whole.hexdigest()
