"""The posts of the site in tests/site.py, made up for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SitePost:
    """A post of the site; ``comments`` are the names, e-mail addresses and texts of commenters."""

    slug: str
    title: str
    author: str
    published: date
    body: str
    tags: tuple[str, ...] = ()
    comments: tuple[tuple[str, str, str], ...] = ()

    @property
    def path(self) -> str:
        return f"/posts/{self.slug}/"


POSTS = (
    SitePost(
        "lighthouse-accounts",
        "Lighthouse accounts: pick ten & leave the rest",
        "Marit Oyelaran",
        date(2023, 9, 18),
        "<p>A territory with four hundred names in it is a phone book, not a plan. Every quarter we"
        " choose ten lighthouse accounts: companies whose yes would be seen from far away by all"
        " the others in their trade.</p>"
        "<h2>How we choose</h2>"
        "<p>We ask two questions of each name on the list. Do they already have the problem on"
        " their own agenda? And does anybody copy what they do? Two times yes puts a company on"
        " the shortlist.</p>"
        "<ul><li>Recent hires in the department we sell to.</li>"
        "<li>A public promise with a date on it.</li></ul>",
        ("prospecting", "planning"),
        (("Bertrand Quill", "bertrand.quill@mailbox.example", "We do this with twelve."),),
    ),
    SitePost(
        "the-silent-demo",
        "The silent demo",
        "Jonas Feldkamp",
        date(2023, 10, 2),
        "<p>Last month I gave a product demonstration in which I spoke for four minutes out of"
        " forty. The buyer held the mouse, and I answered what she asked. She bought the week"
        " after, without a second meeting.</p>"
        "<blockquote><p>You never told me what it does. I found out.</p></blockquote>"
        "<p>People believe what they discover and doubt what they are told. So prepare a sandbox"
        " with the customer's own names in it, hand over the controls, and count to ten before"
        " you fill any silence.</p>",
        ("demos",),
    ),
    SitePost(
        "price-goes-last",
        "Why the price goes last, and when it must not",
        "Marit Oyelaran",
        date(2023, 11, 20),
        "<p>A number without a problem beside it is always too high. That is the whole reason to"
        " hold the price back until the cost of doing nothing has been worked out together, on"
        " the buyer's own paper.</p>"
        "<p>There is one exception. If somebody asks for the price <strong>twice</strong>, say it"
        " at once and say it plainly. Holding back a third time turns a fair question into a"
        " contest, and contests are lost by whoever wants something.</p>",
        ("pricing", "objections"),
        (
            ("Ottoline Vance", "ottoline@vance-mail.example", "The twice rule is gold, thanks."),
            ("Piet Harmsen", "p.harmsen@post.example", "What about procurement?"),
        ),
    ),
    SitePost(
        "voicemail-in-twelve-seconds",
        "Voicemail in twelve seconds",
        "Jonas Feldkamp",
        date(2024, 1, 15),
        "<p>Nobody listens to the end of a voicemail from a stranger, so put the reason for the"
        " call first and your name last. Twelve seconds are about thirty words; write them down"
        " and read them standing up.</p>"
        "<table><tr><th>Second</th><th>What you say</th></tr>"
        "<tr><td>0 to 6</td><td>What you noticed about their week</td></tr>"
        "<tr><td>7 to 12</td><td>Your name and number, slowly</td></tr></table>",
        ("calling", "prospecting"),
    ),
    SitePost(
        "champion-or-fan",
        "A champion is not a fan",
        "Marit Oyelaran",
        date(2024, 2, 26),
        "<p>A fan likes you and answers every message within the hour. A champion spends some of"
        " their own standing on you when you are not in the room. Confusing the two is how deals"
        " that looked safe die in committee.</p>"
        "<p>There is a simple test: ask for something that costs them a little. A fan will tell"
        " you how much they would love to. A champion sends the invitation.</p>",
        ("committees",),
    ),
)
