"""What the command line prints: for people on a terminal, or as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpus.errors import BlogqaError
from qa.types import Answer, Explanation, FoundPassage, Why
from qa.workspace import Fallback, Overview

if TYPE_CHECKING:
    from index.report import BuildReport, Restart

WIDTH = 88  # a line of prose longer than this is hard to read


def as_json(value: object) -> str:
    """``value``, made of dataclasses, tuples and dates, as JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer as data: the same fields as the API's."""
    data = {
        "id": answer.id,
        "status": answer.status,
        "confidence": answer.confidence,
        "short_answer": [asdict(each) for each in answer.short_answer],
        "passages": [passage_data(each) for each in answer.passages],
        "searched_with": answer.searched_with,
        "subjects": [asdict(each) for each in answer.subjects],
        "took_ms": round(answer.took_ms, 1),
        "generation": answer.generation,
    }
    if answer.explanation is not None:
        data["explanation"] = _explanation_data(answer.explanation)
    return data


def passage_data(found: FoundPassage) -> dict[str, Any]:
    """A passage as data, as in :func:`answer_data`."""
    post = found.post
    data = {
        "id": found.passage.id,
        "rank": found.rank,
        "score": round(found.score, 4),
        "text": found.passage.text,
        "highlights": [{"start": span.start, "end": span.end} for span in found.highlights],
        "say": [
            {"start": line.span.start, "end": line.span.end, "kind": line.kind}
            for line in found.say
        ],
        "heading": list(found.passage.heading_path),
        "link": found.link,
        "reader_link": found.reader_link,
        "post": {
            "id": post.id,
            "title": post.title,
            "author": post.author,
            "published": None if post.published is None else post.published.isoformat(),
            "url": post.url,
            "tags": list(post.tags),
        },
    }
    if found.why is not None:
        data["why"] = _why_data(found.why)
    return data


def _why_data(why: Why) -> dict[str, Any]:
    stages = why.stages
    return {
        "words": list(stages.words),
        "other_words": list(stages.other_words),
        "meaning": round(why.meaning, 4),
        "meaning_rank": stages.dense_rank,
        "bm25": round(why.bm25, 4),
        "bm25_rank": stages.bm25_rank,
        "fused": round(stages.fused, 4),
        "fused_rank": stages.fused_rank,
        "sentence": round(why.sentence, 4),
        "timely": round(stages.timely, 4),
    }


def _explanation_data(explanation: Explanation) -> dict[str, Any]:
    filters = asdict(explanation.filters)
    for name in ("after", "before"):
        filters[name] = None if filters[name] is None else filters[name].isoformat()
    return asdict(explanation) | {"filters": filters}


def overview_data(overview: Overview) -> dict[str, Any]:
    """An overview as data: the API's fields but for the examples, and whether it is stale."""
    return asdict(overview) | {
        "authors": [{"name": name, "posts": posts} for name, posts in overview.authors],
        "tags": [{"tag": tag, "posts": posts} for tag, posts in overview.tags],
        "sources": [{"name": name, "posts": posts} for name, posts in overview.sources],
        "years": [{"year": year, "posts": posts} for year, posts in overview.years],
    }


def print_answer(console: Console, answer: Answer) -> None:
    """Short answer first, then each passage with its marked sentences and its link."""
    console.print()
    if answer.searched_with:
        together = ", ".join(f"“{turn}”" for turn in answer.searched_with)
        console.print(Text(f"Taken together with {together}.", style="dim"))
    if answer.confidence == "partly":
        console.print("The archive touches on this.", style="dim")
    if answer.status == "not_covered":
        console.print("The archive does not cover this.", style="bold")
        if answer.subjects:
            console.print("Nearest subjects:", style="dim")
        for subject in answer.subjects:
            console.print(Text(f"  {subject.title}"), Text(subject.link, style="dim"))
        if answer.explanation is not None:
            _print_explanation(console, answer.explanation)
        return
    for citation in answer.short_answer:
        line = Text(in_quotes(citation.text), style="bold green")
        line.append(f" [{citation.citation}]", style="green")
        console.print(Padding(line, (0, 0, 0, 2)), width=WIDTH)
    for found in answer.passages:
        _print_passage(console, found)
    if any(found.link == found.reader_link for found in answer.passages):
        console.print(Text("\nLinks that begin with /posts open in the page: blogqa serve", "dim"))
    if answer.explanation is not None:
        _print_explanation(console, answer.explanation)
    passages = count(len(answer.passages), "passage")
    console.print(Text(f"\n{passages}, {answer.took_ms:.0f} ms", style="dim"))


def _print_passage(console: Console, found: FoundPassage) -> None:
    post = found.post
    console.print()
    title = Text(f"[{found.rank}] ", style="green")
    title.append(post.title, style="bold")
    console.print(title)
    about = [post.author or "", long_date(post.published), *found.passage.heading_path]
    console.print(Text(" · ".join(part for part in about if part), style="dim"))
    text = Text()
    position = 0
    for start, end in found.highlights:
        text.append(found.passage.text[position:start])
        marked = found.passage.text[start:end]
        # where there is no colour (a pipe, a file) the marks are those of Markdown
        text.append(marked if console.color_system else f"**{marked}**", "black on green")
        position = end
    text.append(found.passage.text[position:])
    console.print(Padding(text, (0, 0, 0, 2)), width=WIDTH)
    if found.why is not None:
        console.print(Padding(Text(why_text(found.why), "dim"), (0, 0, 0, 2)), width=WIDTH)
    console.print(Text(f"  {found.link}", style="blue"), soft_wrap=True)


def why_text(why: Why) -> str:
    """Why a passage was found, as a line: words it shares, then its ranks and scores."""
    stages = why.stages
    shares = ", ".join(f"“{word}”" for word in stages.words) or "no word of the question"
    others = ", ".join(f"“{word}”" for word in stages.other_words)
    parts = [
        f"has {shares}" + (f", and {others} for others" if others else ""),
        "" if stages.bm25_rank is None else f"#{stages.bm25_rank} by words ({why.bm25:.1f})",
        f"#{stages.dense_rank} by meaning ({why.meaning:.2f})",
        f"#{stages.fused_rank} by both ({stages.fused:.2f})",
        f"best sentence {why.sentence:.2f}",
        f"{stages.timely:+.2f} for its date" if stages.timely else "",
    ]
    return "Why: " + "; ".join(part for part in parts if part) + "."


def _print_explanation(console: Console, explanation: Explanation) -> None:
    """What was searched for, the filters, and the confidence beside the least that is asked for."""
    given = asdict(explanation.filters)
    given["chips"] = " and ".join(given["chips"])
    filters = [f"{name} {value}" for name, value in given.items() if value]
    searched = f"Searched for “{explanation.asked}”" + (
        f", only {', '.join(filters)}." if filters else "."
    )
    sure = f"Confidence {explanation.confidence:.2f}; below {explanation.least_confidence:.2f} "
    console.print(Text(f"\n{searched}\n{sure}it would not be covered.", "dim"))


def print_build(console: Console, report: BuildReport) -> None:
    """What a build made and what took how long, or that there was nothing to do."""
    holds = f"{count(report.posts, 'post')}, {count(report.passages, 'passage')}"
    if not report.published:
        console.print(f"The index is up to date: {holds}.")
        return
    console.print(
        f"Built the index: {holds} "
        f"({report.embedded} encoded, {report.reused} reused) in {report.seconds:.1f} s."
    )
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.stages.items())
    console.print(stages, style="dim")


def restart_text(restart: Restart) -> str:
    """Why a build is going to encode more than what is new."""
    passages = count(restart.passages, "passage")
    match restart.reason:
        case "full":
            return f"A full build: all of about {passages} will be encoded."
        case "encoder" if restart.before == restart.now:
            return (
                f"The encoder {restart.now} is not the one that the index was built with, though "
                f"it has the same name: all of about {passages} will be encoded."
            )
        case "encoder":
            return (
                f"The encoder changes from {restart.before} to {restart.now}: "
                f"all of about {passages} will be encoded."
            )
        case "passages":
            return (
                f"Passages are cut at {restart.now} tokens, before at {restart.before}: about "
                f"{passages} will be encoded, but for those that stay as they are."
            )
        case "unreadable":
            return f"{restart.before} Everything will be encoded."


def print_overview(console: Console, overview: Overview) -> None:
    """The archive and index in figures."""
    authors = ", ".join(f"{name} ({posts})" for name, posts in overview.authors[:8])
    years = [day.year for day in (overview.first_published, overview.last_published) if day]
    chips = ", ".join(f"{each.chip} ({each.posts})" for each in overview.chips if each.posts)
    rows = [
        ("posts", f"{overview.posts}"),
        ("passages", f"{overview.passages} with {overview.sentences} sentences"),
        ("authors", authors or "none named"),
        ("published", " to ".join(str(year) for year in dict.fromkeys(years)) or "no dates"),
        ("index", f"{overview.generation}, built {overview.built_at}"),
        ("encoder", overview.model),
    ]
    if chips:
        rows.append(("chips", chips))
    if overview.reranker is not None:
        rows.append(("re-ranker", overview.reranker))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(value))
    console.print(table)
    for note in overview.notes:
        console.print(Text(note), style="yellow", soft_wrap=True)
    if overview.is_stale:
        line = "The archive has changed since the index was built. Next: blogqa build"
        console.print(line, style="yellow")


def print_fallback(console: Console, fallback: Fallback) -> None:
    """That not the newest generation answers, why, and what mends that."""
    text = f"{fallback.error.message} Answering from {fallback.generation}, the one before."
    console.print(Text(f"Warning: {text} {fallback.error.hint}"), soft_wrap=True, style="yellow")


def print_error(console: Console, error: BlogqaError) -> None:
    """What went wrong and what to do next."""
    console.print(Text(f"Error: {error.message}"), soft_wrap=True, style="red")
    if error.hint:
        console.print(Text(error.hint), soft_wrap=True)


def error_data(error: BlogqaError) -> dict[str, Any]:
    """An error as data: the same body as the API's."""
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def in_quotes(text: str) -> str:
    """``text`` in quotation marks, of which it gets no second pair where it is words said."""
    return text if text[:1] in '"“' and text[-1:] in '"”' else f"“{text}”"


def long_date(day: date | None) -> str:
    """ "3 March 2014", or nothing without a date."""
    return "" if day is None else f"{day.day} {day:%B %Y}"


def count(number: int, noun: str) -> str:
    """ "1 post" or "2 posts"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _plain(value: object) -> object:
    if isinstance(value, (date, Path)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
