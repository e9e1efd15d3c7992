"""Answers, misses and errors as messages of Slack's Block Kit, within its limits.

What comes from the archive stands in rich text and plain text, where no character has a meaning, so
that it is shown word for word; ``text``, which notifications and screen readers get, is escaped.
The limits are those of slack_sdk's models; ``MOST_IN_ALL`` is below the 13,200 characters over all
blocks at which Slack was measured to refuse a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from qa.record import Opinion
from web.schemas_feedback import MOST_OF_A_REASON
from web.slack.text import cut, escape, excerpt
from web.slack.types import Answer, Card, Message

MOST_BLOCKS = 50
MOST_IN_ALL = 12_000
CARDS = 3
"""Most cards in one message; "more" brings as many again."""

_MOST_LINK = 1_000
_MOST_TITLE = 200
_MOST_QUOTE = 600
_MOST_QUESTION = 300
_MOST_TEXT = 1_000
_CARD_LENGTHS = (450, 350, 250)
"""As much of a passage as is read beside others: the title leads to the whole."""

REASON = "reason"
WHY: dict[Opinion, str] = {"helpful": "What helped?", "not_helpful": "What was missing?"}

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """How an answer is shown.

    ``base_url`` is where people reach the server, for links to its reader; without it those posts
    are named without a link. ``question`` is repeated above the answer, where nobody else can read
    it; ``by`` is who shares it.
    """

    base_url: str = ""
    passages: int = CARDS
    question: str = ""
    by: str = ""
    can_share: bool = True
    can_rate: bool = True


def answered(answer: Answer, view: View) -> Message:
    """The short answer in quotes, up to three cards, and buttons."""
    shown = answer.cards[: view.passages]
    text = cut(" ".join(quote for quote, _ in answer.quotes) or shown[0].text, _MOST_TEXT)
    titles = "; ".join(dict.fromkeys(card.title for card in shown))

    def blocks(most: int) -> list[Block]:
        quotes = [_quotes(answer, view), {"type": "divider"}] if answer.quotes else []
        cards = [block for card in shown for block in _card(card, view, most)]
        return [*_opening(answer, view), *quotes, *cards, *_buttons(answer, view, len(shown))]

    return _fitted(f"“{text}” ({cut(titles, _MOST_TITLE)})", blocks)


def more(answer: Answer, start: int, view: View) -> Message:
    """The next three cards of ``answer``, from the one behind ``start`` on."""
    shown = answer.cards[start : start + CARDS]

    def blocks(most: int) -> list[Block]:
        cards = [block for card in shown for block in _card(card, view, most)]
        return [*cards, *_more_button(answer, start + len(shown))]

    titles = "; ".join(card.title for card in shown)
    return _fitted(f"More from the archive: {cut(titles, _MOST_TEXT)}", blocks)


def missed(answer: Answer, view: View) -> Message:
    """That the archive does not cover it, with the nearest subjects."""
    blocks = [*_question(view), _plain("The archive does not cover this.")]
    titles = "; ".join(title for title, _ in answer.subjects)
    text = "The archive does not cover this."
    if answer.subjects:
        text += f" Nearest: {titles}."
        runs: list[Block] = [{"type": "text", "text": "The nearest it has:"}]
        for title, link in answer.subjects:
            runs += [{"type": "text", "text": "\n• "}, _link(title, link, view.base_url)]
        blocks.append(_rich([_section(runs)]))
    blocks.append(_note("Other words may help: name the situation, the person, the stage."))
    return _message(cut(text, _MOST_TEXT), blocks)


def told(text: str, hint: str = "") -> Message:
    """A sentence of the bot's own, with what to do next."""
    notes = [_note(cut(hint, _MOST_TEXT))] if hint else []
    return _message(cut(f"{text} {hint}".strip(), _MOST_TEXT), [_plain(cut(text, 900)), *notes])


def help_message(command: str, *, typed: bool = False) -> Message:
    """What can be asked, and how; ``typed`` tells that whoever asks typed the command."""
    text = "Ask me what you want to know, in your own words."
    example = "how do I handle call reluctance?"
    if typed:
        return told(text, f"For example: {command} {example}")
    return told(
        text,
        f"For example: “{example}” In a thread I know what was asked before. "
        f"With {command} instead of my name, only you see the answer.",
    )


def busy() -> Message:
    """That too many questions wait."""
    return told("Many questions are waiting, so this one was not asked.", "Ask again in a minute.")


def apology(reference: str, why: str = "") -> Message:
    """That no answer could be had; ``reference`` finds the reason in the bot's log."""
    return told(
        f"Sorry, I could not get an answer. {why}".strip(),
        f"Ask again in a minute; if it fails again, tell whoever keeps the archive: {reference}.",
    )


def thanked(verdict: Opinion, answer_id: str) -> Message:
    """That a verdict is noted, with a button for whoever would say more."""
    words = {"helpful": "helpful", "not_helpful": "not helpful"}[verdict]
    hint = "" if verdict == "helpful" else "Other words may find better."
    message = told(f"Thank you: noted as {words}.", hint)
    button = _button("why", WHY[verdict], f"{answer_id} {verdict}")
    message["blocks"].append({"type": "actions", "block_id": "why", "elements": [button]})
    return message


def reason_form(verdict: Opinion, answer_id: str) -> Block:
    """A window that asks for the reason of a verdict; what it holds comes back with the words."""
    return {
        "type": "modal",
        "callback_id": REASON,
        "private_metadata": f"{answer_id} {verdict}",
        "title": _plain_text("Thank you"),
        "submit": _plain_text("Send"),
        "close": _plain_text("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": REASON,
                "label": _plain_text(WHY[verdict]),
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON,
                    "multiline": True,
                    "max_length": MOST_OF_A_REASON,
                },
            }
        ],
    }


def asked_aloud(question: str, passage: Card, value: str) -> Message:
    """A question for everybody, the ``passage`` that answers it behind a button."""
    return _message(
        cut(f"Today's question: {question}", _MOST_TEXT),
        [
            _rich(
                [
                    _section(
                        [
                            {"type": "text", "text": "Today's question: "},
                            _bold(cut(question, _MOST_QUESTION)),
                        ]
                    )
                ]
            ),
            _note(f"The archive has an answer in “{cut(passage.title, _MOST_TITLE)}”."),
            {
                "type": "actions",
                "block_id": "drill",
                "elements": [_button("reveal", "Show the passage", value)],
            },
        ],
    )


def size(blocks: Sequence[Block]) -> int:
    """Characters that count towards :data:`MOST_IN_ALL`: texts, addresses and values."""
    return sum(_characters(block) for block in blocks)


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_characters(value[key]) for key in value if key not in ("type", "style"))
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _fitted(text: str, blocks: Any) -> Message:
    """The message with as much of each card as fits."""
    for most in _CARD_LENGTHS:
        made = blocks(most)
        if size(made) <= MOST_IN_ALL and len(made) <= MOST_BLOCKS:
            break
    return _message(text, made)


def _message(text: str, blocks: Sequence[Block]) -> Message:
    return {
        "text": escape(text),
        "blocks": list(blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _opening(answer: Answer, view: View) -> Iterator[Block]:
    yield from _question(view)
    if answer.searched_with:
        earlier = "”, “".join(answer.searched_with)
        yield _note(cut(f"Taken together with “{earlier}”.", _MOST_QUESTION * 3))
    if not answer.sure:
        yield _note("The archive touches on this.")


def _question(view: View) -> Iterator[Block]:
    if not view.question:
        return
    runs: list[Block] = [_bold(cut(view.question, _MOST_QUESTION))]
    if view.by:
        runs = [
            {"type": "user", "user_id": view.by},
            {"type": "text", "text": " asked the archive: "},
            *runs,
        ]
    yield _rich([_section(runs)])


def _quotes(answer: Answer, view: View) -> Block:
    links = {card.rank: card.link for card in answer.cards}
    quoted = []
    for text, rank in answer.quotes:
        number = _link(f"[{rank}]", links.get(rank, ""), view.base_url)
        run = {"type": "text", "text": f"“{cut(text, _MOST_QUOTE)}” "}
        quoted.append({"type": "rich_text_quote", "elements": [run, number]})
    return _rich(quoted)


def _card(card: Card, view: View, most: int) -> list[Block]:
    shown = excerpt(card.text, card.highlights, most)
    title = [
        {"type": "text", "text": f"{card.rank}  "},
        _link(card.title, card.link, view.base_url, bold=True),
        {"type": "text", "text": "\n"},
    ]
    runs = [
        _bold(text) if marked else {"type": "text", "text": text} for text, marked in shown.runs
    ]
    published = card.published
    date = "" if published is None else f"{published.day} {published:%B} {published.year}"
    about = " · ".join(part for part in (card.author, date) if part)
    if not shown.whole:
        about = f"{about} · shortened".removeprefix(" · ")
        if _address(card.link, view.base_url):
            about += ": the title opens all of it"
    return [_rich([_section([*title, *runs])]), *([_note(cut(about, 400))] if about else [])]


def _buttons(answer: Answer, view: View, shown: int) -> list[Block]:
    elements = []
    if view.can_rate:
        elements.append(_button("helpful", "Helpful", answer.id))
        elements.append(_button("not_helpful", "Not helpful", answer.id))
    if view.can_share:
        elements.append(_button("share", "Share with the channel", answer.id))
    elements += _more_elements(answer, shown)
    if not elements:
        return []
    return [{"type": "actions", "block_id": "answer", "elements": elements}]


def _more_button(answer: Answer, start: int) -> list[Block]:
    elements = _more_elements(answer, start)
    return [{"type": "actions", "block_id": "more", "elements": elements}] if elements else []


def _more_elements(answer: Answer, start: int) -> list[Block]:
    left = len(answer.cards) - start
    return [_button("more", f"More ({left})", f"{answer.id} {start}")] if left > 0 else []


def _button(action: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": _plain_text(label), "value": value}


def _link(title: str, link: str, base_url: str, *, bold: bool = False) -> Block:
    label = cut(" ".join(title.split()) or "Untitled", _MOST_TITLE)
    url = _address(link, base_url)
    run: Block = {"type": "link", "url": url, "text": label}
    if not url:
        run = {"type": "text", "text": label}
    return run | {"style": {"bold": True}} if bold else run


def _address(link: str, base_url: str) -> str:
    """``link`` as one that opens from Slack, else nothing; too long a fragment is left off."""
    url = urljoin(base_url, link)
    if len(url) > _MOST_LINK:
        url = url.partition("#")[0]
    web = url.startswith(("https://", "http://"))
    return url if web and len(url) <= _MOST_LINK else ""


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def _rich(elements: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _section(runs: Sequence[Block]) -> Block:
    return {"type": "rich_text_section", "elements": list(runs)}


def _plain(text: str) -> Block:
    return {"type": "section", "text": _plain_text(text)}


def _note(text: str) -> Block:
    return {"type": "context", "elements": [_plain_text(text)]}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
