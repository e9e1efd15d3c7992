"""Words of a passage that a seller can speak or send as they stand.

Three kinds: what stands in quotation marks and is said to a buyer, a question to put to one, a step
of a list to take. Blogs quote at least as much that is not to be said: what buyers said, what went
wrong, names of things. So a quotation counts only where the words around it, or it itself, tell
that it is the seller's, and a question only where the text says that it is one to ask: authors ask
their readers, too. What is left out costs little; a wrong line is read out on the phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.types import Span
from qa.types import Line

MOST = 3
"""Lines of one passage."""
_FEWEST_WORDS, _MOST_WORDS = 4, 80
_MOST_WORDS_ALONE = 45  # of a quotation that nothing around it calls the seller's
_FEWEST_WORDS_OPEN = 6  # of one that ends without a full stop
_MOST_STEP_WORDS = 30
_FEWEST_STEPS = 3
_REACH = 140  # characters around a quotation that may tell whose it is
_MARKED_COUNTS = 0.3  # what is added for standing among the words that answer

_QUOTED = re.compile(r"“([^“”\n]+)”|(?<!\w)\"([^\"\n]+)\"(?!\w)")
_WORD = re.compile(r"\w[\w'’]*")
_CELL = " | "
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*\s+")

_TO_SOMEBODY = re.compile(r"\b(you|your|yours|yourself|you['’]\w+)\b", re.IGNORECASE)
_FROM_US = re.compile(r"\b(I|me|my|[Ww]e|us|our|[Ll]et['’]s|I['’]\w+|[Ww]e['’]\w+)\b")
_ENDS = re.compile(r"[.!?…]\W*$")
_GREETING = re.compile(
    r"(hi|hello|hey|good (morning|afternoon|evening)|thanks|thank you|dear|gladly|happy to|fair "
    r"enough|of course)\b",
    re.IGNORECASE,
)

# What stands before a quotation that is the seller's own, or is held out to be said.
_OURS = re.compile(
    r"\b(I|[Ww]e|[Yy]ou|[Rr]eps?|[Ss]ellers?|[Cc]allers?)( (can|could|might|may|will|would|should|"
    r"want to|have to|need to|then|just|simply|also|usually|often|always|still|now))* (say|said|"
    r"ask|"
    r"asked|write|wrote|answer|answered|reply|replied|respond|responded|tell|told|open|opened|"
    r"offer|offered|send|sent|"
    r"use|used|try|tried|begin|began|start|started|add|added|close|closed|end|ended|go|went)\b"
    r"|\b([Ss]ay|[Aa]sk|[Tt]ry|[Ww]rite|[Rr]eply|[Aa]nswer|[Oo]ffer|[Uu]se|[Ss]end|[Aa]dd|[Ll]eave|"
    r"[Tt]ell (him|her|them|the \w+|your \w+)|([Bb]egin|[Oo]pen|[Ss]tart|[Cc]lose|[Ee]nd|"
    r"[Ff]ollow) "
    r"with|[Rr]ead (it|this|out)|[Ss]omething like|[Aa]long the lines of)\b[^.!?]*$"
    r"|\b(script|opener|opening( line)?|wording|(agenda|opening|closing) sentence|subject line|my "
    r"line|a line|the line|one line|(the|a|one|my|this|good|best|better) question|voicemail|"
    r"message|follow-up|template)\b[^.!?]*$"
    r"|\b([Mm]ine|[Oo]urs) (is|was|goes|went|reads?)\b[^.!?]*$"
    r"|\b([Ff]or (example|instance)|[Ee]xamples?|[Ll]ike (this|so)|with this)\W*$"
    r"|\b[Mm]y (first|next|last|opening|closing) (sentence|question|line|words)\b[^.!?]*$",
)
# That it is the buyer's, or the name of something.
_THEIRS = re.compile(
    r"\b(he|she|they|it|prospects?|buyers?|customers?|clients?|leads?|people|person|every(one|"
    r"body)|"
    r"some(one|body)|no(body| one)|any(one|body)|boss|managers?|directors?|receptionists?|"
    r"gatekeepers?|assistants?|makers?|ceo|vp|who|committee|author|guest|colleagues?|friends?|many|"
    r"most|some|others?|companies)\b((?!\b(I|we|you)\b)[^.!?]){0,40}\b(says?|said|saying|asks?|asked|asking|tells?|"
    r"told|"
    r"repl(y|ies|ied|ying)|answers?|answered|responds?|responded|thinks?|thought|thinking|wrote|"
    r"writes?|hears?|object(s|ed)?|gives?|gave|goes|went)\b[^.!?]*$"
    r"|\b(hear|heard|hearing|objections?|excuses?|brush-?offs?|response|responses|repl(y|"
    r"ies) (is|was|"
    r"with)|told (me|us|you)|asks? (me|us|you|yourself)|asked (me|us|you)|(received|got|"
    r"gets?) (the|this|a) question|ask yourself|asking "
    r"yourself|called|titled|entitled|book|article|post|posts|named|known as|webinar|episode|song|"
    r"film|movie|the words?|phrases?|think|thinking|thought|means?|meaning|quote|tell yourself|"
    r"selects?|clicks?|button|tab|option|menu|sends?( you| us| me)? back)\b[^.!?]*$",
    re.IGNORECASE,
)
# That it is not to be said.
_WARNING = re.compile(
    r"\b(don['’]?t|do not|doesn['’]t|wouldn['’]t|never|avoid|instead of|rather than|stop|not|"
    r"isn['’]t|wasn['’]t|worst|worse|bad|wrong|mistakes?|terrible|awful|hate|cringe|generic|"
    r"used to|no one|lazy|boring|"
    r"weak|delete|spam|for years|fail(s|ed)?|ruins?|kills?|cannot|can['’]t|won['’]t|before \d{4}|"
    r"first attempt|in my first|poor|horrible|annoying|cliché|tempted)\b",
    re.IGNORECASE,
)
_IN_VAIN = re.compile(
    r"\b(for (many )?years|used to|in my first|did(n['’]t| not) work|went nowhere|failed|a "
    r"mistake)\b"
)
_SAID_AFTER = re.compile(
    r"[,\s]*\b(he|she|they|[A-Z][a-z]+|(the|my|his|her|a|one) \w+) (said|says|asked|asks|replied|"
    r"answered|told|wrote|added)\b|\s*[-–—]+\s*[A-Z]|,? (would|will|is|was|could|can|might) "
)
_WE_SAID_AFTER = re.compile(
    r"[,\s]*\b(I|we) (said|say|asked|ask|replied|answered|wrote|add(ed)?)\b"
)
_BUYERS = re.compile(
    r"not interested|too expensive|(too|so) high|no budget|n['’]t (really )?(have|need|"
    r"interested)|not "
    r"have (the |a )?(budget|time|money|need)|not need|(send|email|call|shoot|give|"
    r"get back to) (me|us)\b|"
    r"think (about it|it over)|already (have|use|work|got)|happy with (our|my)|your (price|product|"
    r"company|service|offer|competitor|email|e-mail|call|team|demo|pitch|software)s? |"
    r"we['’]ll (call|get "
    r"back|let you)|take me off|unsubscribe|who is this|who are you|how did you get|all set|"
    r"not (a|the) "
    r"right (time|person)|you (guys|people)\b|you seem|scamm?ing",
    re.IGNORECASE,
)
_OBJECTIONS = re.compile(r"objection|brush-?off|excuse", re.IGNORECASE)
# Words that hardly anybody but a seller would say to somebody.
_STRONG = re.compile(
    r"\b(i(['’]m| am) (calling|reaching|ringing|writing)|reason (for|i|why) |i (just )?(noticed|"
    r"saw|see "
    r"(that )?you|wanted to|came across)|(can|could|may) (i|we) (ask|send|show|call|ring|get|"
    r"have|set|"
    r"find|help|steal|borrow)|would (you|it|next|that)|(how|what) (are|do|did|would|will|"
    r"does) (you|your|it|that)|"
    r"how (does|did) that|what (happens|happened|made|makes|else|is stopping|would)|who else|"
    r"when (would|do|will|did) you|walk me through|tell me (about|more|how|what)|suppose|help me|"
    r"are you (open|free|available|the)|do you have (\w+ ){0,3}(minutes?|seconds?|time)|have i got|"
    r"let me (ask|send|show)|let['’]s)\b",
    re.IGNORECASE,
)

_ASK_CUE = re.compile(r"\b(ask|asks|asking|questions?)\b", re.IGNORECASE)
_ASK_HEADING = re.compile(
    r"\bquestions? (to|worth|that|for|you (can|could|should))\b|\bwhat to ask\b|^(\W|\d)*ask\b|"
    r"\b(discovery|qualifying|qualification|opening|closing|open-ended|good|better) questions\b",
    re.IGNORECASE,
)
_TO_THE_READER = re.compile(
    r"\b(yourself|yourselves|ask(s|ed)? (me|us|you)\b|posed to|to me\b|faq|frequently|answers? to|"
    r"your (team|manager|reps?)|we (talk|discuss|cover)|interview)",
    re.IGNORECASE,
)
_STEP_CUE = re.compile(
    r"\b(steps?|in (this |that )?order|(these|the following|two|three|four|five|six|seven) things|"
    r"checklist|process|how to|how i|how we|formula|script|routine)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"((step\s+)?\d{1,2}\s*[.):]|step \w+:)\s+", re.IGNORECASE)
_IMPERATIVE = re.compile(
    r"(add|agree|announce|answer|ask|attach|begin|block|book|bring|build|call|check|choose|close|"
    r"confirm|connect|copy|cut|decide|dial|draw|drop|end|explain|find|finish|fix|follow|get|give|"
    r"go|"
    r"hold|include|invite|keep|lead|leave|let|list|listen|look|make|map|mention|name|note|offer|"
    r"open|"
    r"pause|personali[sz]e|pick|plan|practi[cs]e|prepare|propose|put|quote|read|record|repeat|"
    r"reply|"
    r"research|review|ring|save|say|schedule|search|send|set|share|show|speak|stand|start|state|"
    r"stop|"
    r"summari[sz]e|take|tell|test|thank|track|try|turn|use|visit|wait|walk|watch|write)\b (?!(is|"
    r"are|"
    r"was|were|has|can)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    line: Line
    value: float


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the text, and the last one before its list, or before it if it is in none."""

    span: Span
    intro: str
    in_list: bool


def lines_to_say(
    text: str, heading: Sequence[str], sentences: Sequence[Span], marked: Sequence[Span] = ()
) -> tuple[Line, ...]:
    """Up to three lines of a passage's ``text`` to speak or send, best first, none overlapping.

    ``heading`` is what the passage stands under, ``sentences`` the spans of its sentences, and
    ``marked`` the spans that answer what was asked: what stands in these counts for more. A line
    is a sentence or more, or all that stands between two quotation marks.
    """
    rows = list(_rows(text))
    found: list[_Found] = []
    # Most passages lack the marks without which there can be none, which is soon found out.
    if '"' in text or "“" in text:
        found += _speech(text, heading, rows)
    if "?" in text:
        found += _questions(text, heading, rows, sentences)
    if any(row.in_list for row in rows):
        found += _steps(text, heading, rows, sentences)

    def value(each: _Found) -> float:
        start, end = each.line.span
        answers = any(start < mark.end and mark.start < end for mark in marked)
        return each.value + _MARKED_COUNTS * answers

    chosen: list[Line] = []
    for each in sorted(found, key=lambda each: (-value(each), each.line.span)):
        start, end = each.line.span
        apart = all(end <= one.span.start or one.span.end <= start for one in chosen)
        if apart and len(chosen) < MOST:
            chosen.append(each.line)
    return tuple(chosen)


def _speech(text: str, heading: Sequence[str], rows: Sequence[_Row]) -> Iterator[_Found]:
    """Quotations that a seller says."""
    for match in _QUOTED.finditer(text):
        group = 1 if match[1] is not None else 2
        quote, span = match[group], Span(*match.span(group))
        after = text[match.end() : match.end() + _REACH].partition("\n")[0]
        if not _is_whole(quote, after) or not _is_addressed(quote):
            continue
        row = next(row for row in rows if row.span.start <= match.start() < row.span.end)
        before = text[max(row.span.start, match.start() - _REACH) : match.start()]
        parts = _SENTENCE_END.split(before)
        clause, earlier = parts[-1], parts[-2] if len(parts) > 1 else ""
        alone = not re.search(r"\w", clause)
        if alone:
            clause = earlier or row.intro
        if _is_somebody_else_s(quote, clause, after, " ".join(heading)):
            continue
        ours = _OURS.search(clause) or _WE_SAID_AFTER.match(after)
        strong = alone and len(_WORD.findall(quote)) <= _MOST_WORDS_ALONE and _STRONG.search(quote)
        if ours or strong:
            yield _Found(Line(span, "speech"), (1.0 if ours else 0.8) + 0.1 * quote.endswith("?"))


def _is_whole(quote: str, after: str) -> bool:
    """Whether ``quote`` is a sentence or more, which may end in the text ``after`` it."""
    words = len(_WORD.findall(quote))
    first = next((character for character in quote if character.isalnum()), "")
    if not _FEWEST_WORDS <= words <= _MOST_WORDS or first.islower():
        return False
    ends_outside = words >= _FEWEST_WORDS_OPEN and (not after or after[0] in ".!?")
    return ends_outside or _ENDS.search(quote) is not None


def _is_addressed(quote: str) -> bool:
    """Whether ``quote`` is said to a person: to "you", in greeting, or as a request of ours."""
    if _TO_SOMEBODY.search(quote) or _GREETING.match(quote):
        return True
    return quote.endswith("?") and _FROM_US.search(quote) is not None


def _is_somebody_else_s(quote: str, clause: str, after: str, heading: str) -> bool:
    """Whether ``quote`` is a buyer's or anybody's, by what stands around it, or a warning."""
    if _WARNING.search(clause) or _IN_VAIN.search(_SENTENCE_END.split(after)[0]):
        return True
    if _WE_SAID_AFTER.match(after):
        return False
    if _THEIRS.search(clause) or _SAID_AFTER.match(after):
        return True
    theirs = _BUYERS.search(quote) or _OBJECTIONS.search(heading)
    return theirs is not None and _OURS.search(clause) is None


def _questions(
    text: str, heading: Sequence[str], rows: Sequence[_Row], sentences: Sequence[Span]
) -> Iterator[_Found]:
    """Questions that stand as lines of their own, where the text says that they are to be asked."""
    above = heading[-1] if heading else ""
    is_asked = _ASK_HEADING.search(above) is not None and not _TO_THE_READER.search(above)
    for row in rows:
        line = text[slice(*row.span)]
        is_question = line.endswith("?") and len(_WORD.findall(line)) >= _FEWEST_WORDS
        if not is_question or _CELL in line or _QUOTED.search(line):
            continue
        if not _TO_SOMEBODY.search(line) or re.search(r"\b(I|my|me)\b", line):
            continue  # what is asked of a buyer; "I" would be the reader, asking themselves
        introduced = row.intro.endswith(":") and _ASK_CUE.search(row.intro)
        if (introduced and not _TO_THE_READER.search(row.intro)) or (is_asked and row.in_list):
            whole = [each for each in sentences if row.span.start <= each.start < row.span.end]
            yield _Found(Line(Span(whole[-1].start, whole[-1].end), "question"), 0.9)


def _steps(
    text: str, heading: Sequence[str], rows: Sequence[_Row], sentences: Sequence[Span]
) -> Iterator[_Found]:
    """First sentences of the items of a list of steps, where most of them say what to do."""
    lists: dict[str, list[tuple[Span, bool]]] = {}
    for row in rows:
        line = text[slice(*row.span)]
        if not row.in_list or _CELL in line:
            continue
        number = _NUMBERED.match(line)
        start = row.span.start + (number.end() if number else 0)
        first = next((each for each in sentences if each.start <= start < each.end), None)
        if first is not None:
            span = Span(start, first.end)
            lists.setdefault(row.intro, []).append((span, bool(number)))
    for intro, items in lists.items():
        told = [_IMPERATIVE.match(text[slice(*span)]) is not None for span, _ in items]
        above = heading[-1] if heading else ""
        numbered = any(has_number for _, has_number in items)
        is_of_steps = numbered or _STEP_CUE.search(intro) or _STEP_CUE.search(above)
        most_tell = len(items) >= _FEWEST_STEPS and sum(told) * 3 >= len(items) * 2
        if not is_of_steps or not most_tell or _WARNING.search(intro):
            continue
        for (span, _), tells in zip(items, told, strict=True):
            step = text[slice(*span)]
            words = len(_WORD.findall(step))
            if tells and _FEWEST_WORDS <= words <= _MOST_STEP_WORDS and _ENDS.search(step):
                yield _Found(Line(span, "step"), 0.6)


def _rows(text: str) -> Iterator[_Row]:
    """The lines of ``text``: those of a list follow each other without an empty one between."""
    intro = ""
    last = ""
    paragraphs = re.split(r"(\n\n+)", text)
    position = 0
    for part in paragraphs:
        lines = part.split("\n") if part.strip() else []
        start = position
        for number, line in enumerate(lines):
            if number == 0:
                intro = last
            if line.strip():
                yield _Row(Span(start, start + len(line)), intro, len(lines) > 1)
                last = line
            start += len(line) + 1
        position += len(part)
