"""What would run if a page took it for markup, and what would break its lines or turn its words."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

_MARKUP = [
    "<script>hit()</script>",
    "<SCRIPT SRC=data:text/javascript,hit()></SCRIPT>",
    "</title><script>hit()</script>",
    "</textarea><script>hit()</script>",
    "</script><script>hit()</script>",
    "<img src=x onerror=hit()>",
    "<img src=x onerror='hit()' alt=\"",
    '"><img src=x onerror=hit()>',
    "'><img src=x onerror=hit()>",
    '" autofocus onfocus="hit()',
    "' onmouseover='hit()",
    "<svg onload=hit()>",
    "<svg><script>hit()</script></svg>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s>",
    "<math><mi xlink:href='javascript:hit()'>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "<iframe src=javascript:parent.hit()></iframe>",
    "<object data=javascript:hit()></object>",
    "<embed src=javascript:hit()>",
    "<a href=javascript:hit()>press</a>",
    "<form action=javascript:hit()><button>press</button></form>",
    "<details open ontoggle=hit()>",
    "<video><source onerror=hit()></video>",
    "<body onload=hit()>",
    "<input autofocus onfocus=hit()>",
    "<style>@import 'javascript:hit()';</style>",
    "<link rel=stylesheet href=javascript:hit()>",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'>",
    "<base href=javascript:hit()//>",
    "<template><script>hit()</script></template>",
    "<!--><script>hit()</script>-->",
    "<![CDATA[<script>hit()</script>]]>",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "&#60;script&#62;hit()&#60;/script&#62;",
    "%3Cscript%3Ehit()%3C/script%3E",
    "\\x3cscript\\x3ehit()\\x3c/script\\x3e",
    "javascript:hit()",
    "[press](javascript:hit())",
    "![x](x onerror=hit())",
    "data:text/html,<script>hit()</script>",
    "{{ 7 * 7 }}{% raw %}{{ hit() }}",
    "${hit()}`${hit()}`",
    "#{hit()}<%= hit() %>",
    "{{constructor.constructor('hit()')()}}",
]
_TURNED = [
    "‮hit‬ backwards ⁦left⁩ ‏right",
    "zero​width‌joined‍words﻿here",
    "Z̷̛̙͇a̴l̶g̵o̸ " + "é" * 30,
    "\u2028line\u2029paragraph\u0085next",
    "​" * 200 + "after nothing",
]
LONG_WORD = "Donaudampfschifffahrt" * 2500
"""50 KB without a place to break the line."""

HOSTILE_TEXTS = [*_MARKUP, *_TURNED, LONG_WORD]
"""Fifty of them."""


def write_hostile_posts(folder: Path) -> None:
    """A post for each text, which stands in title, author, tag, heading, text, list and code."""
    folder.mkdir()
    for number, text in enumerate(HOSTILE_TEXTS):
        short = json.dumps(text[:300])
        shown = escape(text)
        (folder / f"hostile-{number}.md").write_text(
            f"---\ntitle: {short}\nauthor: {short}\ntags: [{short}]\ndate: 2020-01-02\n---\n"
            f"## {shown[:300]}\n\nNumber {number} says {shown}.\n\n- {shown[:300]}\n\n"
            f"> {shown[:300]}\n\n```\n{text[:300]}\n```\n"
        )
