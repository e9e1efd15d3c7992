"""What a blog's own engine puts into its texts, taken out before they are read as text.

WordPress' shortcodes (in :mod:`corpus.markup.wpmarkup`), Jekyll's Liquid, Hugo's shortcodes, the
modules and components of MDX and Astro. The functions are pure, take any text, and take time in
proportion to its length. Code, in fences and between backticks, is left as it is: a blog may write
about the very thing. So may it quote an e-mail template, whose ``{{first_name}}`` is no Liquid.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from corpus.markup.wpmarkup import with_paragraphs, without_wordpress

__all__ = [
    "with_paragraphs",
    "without_hugo",
    "without_liquid",
    "without_mdx",
    "without_wordpress",
]

_CODE = r"(?P<fence>^[ \t>]*+(?P<mark>`{3,}+|~{3,}+))|(?P<ticks>`++)"
_TICKS = re.compile("`+")
_BLANK_LINE = re.compile(r"\n[ \t]*+(?=\n)")

# Each stops at the start of another of its kind, so that none is looked through twice.
_LIQUID = re.compile(
    rf"{_CODE}"
    r"|\{%-?\s*+(?P<tag>[a-zA-Z]\w*+)(?P<rest>(?:[^%{]|%(?!\})|\{(?![%{]))*+)%\}"
    r"|\{\{-?(?P<output>(?:[^{}]|\}(?!\}))*+)\}\}"
    r"|(?P<attributes>\{:(?=[\s.#:/a-zA-Z])(?P<kramdown>[^{}\n]*+)\})",
    re.MULTILINE,
)
_LIQUID_OBJECT = re.compile(
    r"\s*+(?:(?:page|site|include|content|post|layout|paginator|theme|jekyll|forloop)(?![\w-])"
    r"|[\"'])|[^|]*+\|"
)
_HUGO = re.compile(
    rf"{_CODE}"
    r"|\{\{(?P<open>[<%])(?!/\*)(?P<inside>(?:[^>%{]|[>%](?!\}\})|\{(?!\{))*+)[>%]\}\}"
    r"|\{\{(?P<open2>[<%])/\*(?P<escaped>(?:[^*{]|\*(?!/)|\{(?!\{))*+)\*/(?P<close2>[>%])\}\}"
    r"|\{\{/\*(?:[^*{]|\*(?!/)|\{(?!\{))*+\*/\}\}",
    re.MULTILINE,
)
_HUGO_INSIDE = re.compile(r"\s*+(?P<close>/?)\s*+(?P<name>[\w./-]+)(?P<rest>.*)", re.DOTALL)
_WORDS = re.compile(
    r"(?<![\w-])(?P<key>caption|title)\s*+=\s*+\{?\s*+"
    r"(?:\"(?P<a>(?:[^\"\\]|\\.)*+)\"|`(?P<b>[^`]*+)`|'(?P<c>[^']*+)')",
    re.DOTALL,
)
# Of Liquid's tags, those that show something with words of its own.
_INCLUDES = re.compile(r"(?:include\w*|render|figure|image|img|picture|video|gallery)")
# What these components are told, the front matter says as well.
_UNSEEN = re.compile(r"(?:.*\.)?(?:SEO|Seo|Head|Meta|\w*Layout)")
_VALUE = r"\"[^\"]*+\"|'[^']*+'|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
_CLAUSE = (
    r"(?:[\w$]++|\*[ \t]++as[ \t]++[\w$]++)?[ \t]*+,?[ \t]*+(?:\{[\w$,\s]*+\}[ \t]*+)?from[ \t]*+"
)
_MDX = re.compile(
    rf"{_CODE}"
    rf"|^(?P<module>import[ \t]++(?:{_CLAUSE})?[\"'][^\"'\n]++[\"'];?[ \t]*+$"
    r"|export[ \t]++(?:default[ \t]++[\w$]++[ \t]*+;?[ \t]*+$"
    r"|(?:default|(?:const|let|var|function|async|class)[ \t]++[\w$]++)(?=\s*+[=({])"
    r"(?:[^\n]|\n(?![ \t]*+\n))*+))"
    rf"|<(?P<close>/?)(?P<name>[A-Z][\w.]*+|(?=>))(?P<rest>(?:[^<>\"'{{}}]|{_VALUE})*+)>"
    r"|(?P<comment>\{/\*(?:[^*{]|\*(?!/)|\{(?!/\*))*+\*/\})"
    r"|(?<![\\{$])\{(?P<expression>[^{}\n]*+(?:\{[^{}]*+\}[^{}\n]*+)*+)\}(?!\})",
    re.MULTILINE,
)
# What nobody writes for a reader: {props.x}, {f(x)}, {x + 1}, {a ? b : c}, {"words"}. A placeholder
# of an e-mail, {first_name} or {your company}, is none of these.
_VALUE_OF = r"(?:[\w$.()\[\]]++|\"[^\"]*+\"|'[^']*+')"
_EXPRESSION = re.compile(
    r"(?:props|frontmatter|import\.meta|Astro)(?:\??\.[\w$]++)++"
    r"|[\w$]++(?:\.[\w$]++)++\(.*\)"
    r"|[\w$]++\((?!(?:s|es|ies)\))[\w$.,\[\]]*+\)"
    rf"|{_VALUE_OF}(?: (?:[+*%]|&&|\|\||\?\?|[=!]==?|=>) {_VALUE_OF})+"
    r"|[\w$.]++ [-/<>]=? \d++|\d++ [-/<>]=? [\w$.]++"
    rf"|{_VALUE_OF}(?: (?:[=!]==?|[<>]=?) {_VALUE_OF})? \? {_VALUE_OF} : {_VALUE_OF}",
    re.DOTALL,
)
_STRING = re.compile(r"\"([^\"]*+)\"|'([^']*+)'|`([^`$]*+)`")


def without_liquid(markdown: str) -> str:
    """``markdown`` without Jekyll's Liquid and kramdown's attribute lists.

    What tags enclose stays, but for comments, and so do caption and title of what they include;
    ``{% highlight ruby %}`` becomes a fence. Outputs go if they name an object of Jekyll, hold a
    string or have a filter; ``{{first_name}}`` stays.
    """

    def replaced(match: re.Match[str], text: _Text) -> tuple[str, int]:
        tag = match["tag"]
        if tag in {"comment", "raw", "highlight"}:
            body, end = text.enclosed(match.end(), rf"\{{%-?\s*+end{tag}\s*+-?%\}}")
            if end > match.end() and tag == "highlight":
                return _fence(text.text, match.start(), match["rest"].split(), body), end
            return body if tag == "raw" else "", end
        if tag and _INCLUDES.fullmatch(tag):
            return _apart(match, _captions(match["rest"], {"caption", "title"})), match.end()
        if match["kramdown"] == ":comment":
            return "", text.enclosed(match.end(), r"\{:/(?:comment)?\}")[1]
        output = match["output"]
        kept = output is not None and not _LIQUID_OBJECT.match(output)
        return match[0] if kept else "", match.end()

    return _Text(markdown).rewritten(_LIQUID, replaced)


def without_hugo(markdown: str) -> str:
    """``markdown`` without Hugo's shortcodes.

    What they enclose stays, and their captions (of a figure its title too). ``highlight`` becomes a
    fence, an escaped shortcode (``{{</* note */>}}``) the text that a reader sees of it.
    """

    def replaced(match: re.Match[str], text: _Text) -> tuple[str, int]:
        if match["escaped"] is not None:
            return f"{{{{{match['open2']}{match['escaped']}{match['close2']}}}}}", match.end()
        inside = _HUGO_INSIDE.match(match["inside"] or "")
        if inside is None or inside["close"]:
            return "", match.end()
        if inside["name"] == "highlight":
            body, end = text.enclosed(match.end(), r"\{\{[<%]\s*+/\s*+highlight\s*+[>%]\}\}")
            if end > match.end():
                return _fence(text.text, match.start(), inside["rest"].split(), body), end
        wanted = {"caption", "title"} if inside["name"] == "figure" else {"caption"}
        return _captions(inside["rest"], wanted), match.end()

    return _Text(markdown).rewritten(_HUGO, replaced)


def without_mdx(mdx: str) -> str:
    """``mdx`` as Markdown: imports, exports, comments and components gone, what these hold kept.

    Of a component its caption and title stay, of an expression the string that it is.
    Only for files of MDX (``.mdx``): elsewhere a line may well begin with "import" or hold <Name>.
    A tag that is never closed stays, because MDX has none.
    """
    pairs = _paired(mdx)

    def replaced(match: re.Match[str], text: _Text) -> tuple[str, int]:
        if match["module"] or match["comment"]:
            return "", match.end()
        if match["expression"] is not None:
            return _without_expression(match)
        alone = match["rest"].rstrip().endswith("/") and not match["close"]
        if not alone and match.start() not in pairs:
            return match[0], match.end()
        if match["close"] or _UNSEEN.fullmatch(match["name"]):
            return "", match.end()
        return _apart(match, _captions(match["rest"], {"caption", "title"})), match.end()

    return _Text(mdx).rewritten(_MDX, replaced)


_Replace = Callable[[re.Match[str], "_Text"], tuple[str, int]]


class _Text:
    """A text to rewrite from left to right, its code passed over."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._unclosed: set[str] = set()
        self._blank_lines = [match.start() for match in _BLANK_LINE.finditer(text)]
        self._ticks: dict[int, list[int]] = {}
        for ticks in _TICKS.finditer(text):
            self._ticks.setdefault(len(ticks[0]), []).append(ticks.start())

    def rewritten(self, pattern: re.Pattern[str], replace: _Replace) -> str:
        """The text with what ``pattern`` finds replaced; ``replace`` says by what, up to where."""
        pieces = []
        position = 0
        while match := pattern.search(self.text, position):
            pieces.append(self.text[position : match.start()])
            if match["fence"] is not None or match["ticks"] is not None:
                position = self._code_end(match)
                pieces.append(self.text[match.start() : position])
            else:
                words, position = replace(match, self)
                pieces.append(words)
        return "".join([*pieces, self.text[position:]])

    def enclosed(self, start: int, closing: str) -> tuple[str, int]:
        """What stands from ``start`` up to ``closing``, and where that ends; else nothing."""
        match = None
        if closing not in self._unclosed:
            match = re.compile(closing).search(self.text, start)
        if match is None:
            self._unclosed.add(closing)  # one search says it for all that come later
            return "", start
        return self.text[start : match.start()], match.end()

    def _code_end(self, opening: re.Match[str]) -> int:
        if opening["fence"] is not None:
            mark = opening["mark"]
            end = re.compile(rf"^[ \t>]*+{mark[0]}{{{len(mark)},}}+[ \t]*+$", re.MULTILINE)
            closing = end.search(self.text, opening.end())
            return closing.end() if closing else len(self.text)
        places = self._ticks[len(opening["ticks"])]
        number = bisect_right(places, opening.start())
        blank = bisect_right(self._blank_lines, opening.start())
        last = self._blank_lines[blank] if blank < len(self._blank_lines) else len(self.text)
        if number < len(places) and places[number] < last:
            return places[number] + len(opening["ticks"])
        return opening.end()


def _fence(text: str, start: int, arguments: list[str], body: str) -> str:
    """``body`` as fenced code in the language that ``arguments`` begin with."""
    longest = max((len(ticks) for ticks in _TICKS.findall(body)), default=0)
    ticks = "`" * max(3, longest + 1)
    language = arguments[0].strip("\"'") if arguments else ""
    lead = "" if not text[:start] or text[start - 1] == "\n" else "\n"
    code = body.strip("\n")
    return f"{lead}{ticks}{language}\n{code}\n{ticks}\n"


def _captions(attributes: str, wanted: set[str]) -> str:
    found = {
        words["key"]: (words["a"] or words["b"] or words["c"] or "").replace('\\"', '"')
        for words in _WORDS.finditer(attributes)
        if words["key"] in wanted
    }
    return "\n\n".join(found[key] for key in ("title", "caption") if found.get(key))


def _apart(match: re.Match[str], words: str) -> str:
    """``words`` apart from those around: as a paragraph in place of what begins a line."""
    begins_line = match.start() == 0 or match.string[match.start() - 1] == "\n"
    space = "\n\n" if begins_line else " "
    return f"{space}{words}{space}" if words else ""


def _without_expression(match: re.Match[str]) -> tuple[str, int]:
    """What to write for an expression of MDX, and where to go on: in one that stays, within it."""
    inside = match["expression"].strip()
    if string := _STRING.fullmatch(inside):
        return "".join(string.groups("")), match.end()
    if _EXPRESSION.fullmatch(inside):
        return "", match.end()
    return "{", match.start() + 1


def _paired(mdx: str) -> set[int]:
    """Where the tags of components start that are closed, and those that close them."""
    pairs: set[int] = set()
    waiting: dict[str, list[int]] = {}

    def noted(match: re.Match[str], text: _Text) -> tuple[str, int]:
        name = match["name"]
        if match["expression"] is not None:
            return _without_expression(match)
        if name is not None and match["close"] and waiting.get(name):
            pairs.update((match.start(), waiting[name].pop()))
        elif name is not None and not match["close"] and not match["rest"].rstrip().endswith("/"):
            waiting.setdefault(name, []).append(match.start())
        return "", match.end()

    _Text(mdx).rewritten(_MDX, noted)
    return pairs
