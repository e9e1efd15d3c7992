"""Whole answers over real posts and over the sample archive: does a rep's question find its post?

Each question is one that a rep might type, written after reading the post and in other words than
the post's own. What is asserted is a floor that the answers must not sink below; how good they are
on judged questions is measured by ``blogqa evaluate``, and must not sink below ``floors.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from index.search import HybridSearcher
from index.types import Searcher
from qa.ask import ask
from qa.evaluate import evaluate
from qa.floors import read_floors, sunk
from qa.judgments import read_set
from qa.settings import Settings
from qa.summary import figures, summarise
from qa.types import Answer
from qa.workspace import open_searcher

FLOORS = Path(__file__).with_name("floors.json")
FURNITURE = ("Search This Blog", "No comments", "Post a Comment")

REAL = {
    "why do our cold mails keep bouncing before anyone reads them": (
        "why-you-should-care-about-soft-and-hard-bounces"
    ),
    "what should I put under my name at the bottom of a sales email?": (
        "how-to-make-your-email-signature-stand-out"
    ),
    "am I still allowed to email people in Europe under the new privacy law?": (
        "how-will-the-gdpr-impact-your-outbound-sales-program"
    ),
    "is it worth doing outreach in December when everyone is off?": (
        "7-tips-for-prospecting-during-the-holidays"
    ),
    "people ignore my linkedin invites, what do I write in them?": (
        "how-to-get-prospects-to-accept-your-linkedin-connection-requests"
    ),
    "does being funny in an email work?": "why-you-should-use-humor-in-prospecting-emails",
    "which numbers tell me if one of my SDRs needs coaching?": (
        "what-metrics-every-sales-development-manager-should-be-measuring"
    ),
    "how do I go after companies that already buy from a rival?": (
        "how-to-pitch-your-competitors-customers-without-being-an-asshole"
    ),
    "a prospect wrote back something nasty, should I stop sending that mail?": (
        "why-one-prospects-rude-reply-is-wrong"
    ),
    "how can I tell who will be at a trade show before I travel there?": (
        "how-to-find-your-prospects-before-an-event"
    ),
    "what do I type in the subject line of a cold email?": (
        "what-subjects-should-you-use-for-sending-cold-emails"
    ),
    "tips for filming a video to send to prospects": "how-to-make-sales-video-that-dont-suck",
    "my reps sound like robots reading a script, what exercise can I run?": (
        "a-training-exercise-to-make-your-reps-sound-more-human"
    ),
    "where do I find good companies to give to my team to prospect?": (
        "how-to-pick-the-best-accounts-to-prospect"
    ),
    "do people still answer the phone on their desk?": "an-obituary-for-the-desk-phone",
    "how do I open an xls list of contacts in the tool": (
        "what-is-a-csv-and-how-to-use-them-in-leadiq"
    ),
    "should a happy customer be asked to introduce me to others?": (
        "why-you-should-never-forget-to-ask-for-referrals"
    ),
    "how do I make gmail open when I click a mail address?": (
        "how-to-set-gmail-as-your-default-inbox"
    ),
    "how do I get a linkedin audience when nobody follows me yet?": (
        "how-to-build-an-online-following-on-linkedin-starting-from-zero"
    ),
    "is it better to phone or to write first?": "cold-calling-vs-cold-emailing-start-cold-emails",
}
"""The post must be among the first three passages."""

SAMPLE_FIRST = {
    "how do I handle call reluctance?": "the-heaviest-telephone-in-the-county",
    "I'm scared to pick up the phone in the morning": "dial-first-and-be-scared-later",
    "what do I say to the receptionist so she puts me through?": "the-receptionist-knows-who-died",
    "the buyer says we're too expensive": "too-expensive-compared-with-what",
    "should I leave a message when nobody picks up?": "the-only-voicemail-i-still-leave",
    "they went quiet after a good meeting, how often do I chase?": (
        "four-tries-and-a-goodbye-for-the-buyer-who-went-quiet"
    ),
    "how do I clean dead deals out of my pipeline?": "the-friday-purge",
    "how long should a proposal be?": "two-pages-written-at-the-buyers-table",
    "what do I ask candidates for a sales job?": (
        "the-second-role-play-tells-you-more-than-the-first"
    ),
    "how should commission work so reps don't game it?": "the-plan-that-paid-for-starter-kits",
    "they told me to just email some information": "nine-hundred-folders-and-one-reply",
    "how do I find out why we really lost a deal?": "you-lost-it-in-october",
    "the prospect is happy with their current vendor": "they-already-have-a-supplier-they-like",
    "how do I ask a customer for a referral?": "the-note-your-customer-can-forward",
    "what goes in the notes after a customer call?": "ninety-seconds-after-the-call",
    "how many slides for a demo on video?": "three-screens-and-one-story",
    "how do I ask for the order without tricks?": "ask-for-the-business-in-one-plain-sentence",
    "what do I say in the first seconds of a cold call?": "nobody-hears-your-first-three-seconds",
    "they said call back next quarter": "sixty-three-people-who-said-next-quarter",
    "is BANT any good?": "is-there-a-project-here",
    "how do I keep a cold email short enough to be read on a phone?": (
        "a-red-pencil-for-your-cold-e-mail"
    ),
}
"""The post must come first."""

SAMPLE_FIRST_THREE = {
    "I haven't closed anything for two months": "nine-weeks-without-a-signature",
    "when do I bring in my boss to save a deal?": "everybody-in-the-kitchen-by-four",
    "purchasing wants a bigger discount on the last day": (
        "what-to-have-in-your-pocket-for-procurement"
    ),
    "how do I give a rep feedback after a visit together?": "what-i-say-before-the-first-stoplight",
}
"""The post must be among the first three passages."""


@pytest.fixture(scope="module")
def real_settings(shared: Path, make_home: Callable[[Path], Settings]) -> Settings:
    return make_home(shared / "data" / "leadiq")


@pytest.fixture(scope="module")
def real(real_settings: Settings) -> Iterator[Searcher]:
    searcher = open_searcher(real_settings)
    yield searcher
    searcher.close()


@pytest.fixture(scope="module")
def seeds(shared: Path, make_home: Callable[[Path], Settings]) -> Iterator[HybridSearcher]:
    searcher = open_searcher(make_home(shared / "data" / "seeds"))
    assert isinstance(searcher, HybridSearcher)
    yield searcher
    searcher.close()


def answer(searcher: Searcher, question: str) -> Answer:
    """As a rep gets it: with the settings that nobody changed."""
    settings = Settings()
    return ask(
        searcher,
        question,
        limit=settings.limit,
        least_confidence=settings.least_confidence,
    )


def found(answer: Answer) -> list[str]:
    """The file stems of the posts, best first."""
    assert answer.status == "answered"
    return [Path(each.post.place).stem for each in answer.passages]


@pytest.mark.parametrize("question", REAL)
def test_a_real_blog_answers_in_its_first_three(real: Searcher, question: str) -> None:
    assert REAL[question] in found(answer(real, question))[:3]


def test_judged_questions_are_answered_no_worse_than_pinned(
    shared: Path, real_settings: Settings
) -> None:
    judged = read_set(shared / "eval" / "leadiq")
    floors = read_floors(FLOORS, judged, shared / "data" / "leadiq")
    assert sunk(floors, figures(summarise(evaluate(judged, real_settings)))) == []


@pytest.mark.parametrize("question", SAMPLE_FIRST)
def test_the_sample_archive_answers_first(sample_searcher: Searcher, question: str) -> None:
    assert found(answer(sample_searcher, question))[0] == SAMPLE_FIRST[question]


@pytest.mark.parametrize("question", SAMPLE_FIRST_THREE)
def test_the_sample_archive_answers_in_its_first_three(
    sample_searcher: Searcher, question: str
) -> None:
    assert SAMPLE_FIRST_THREE[question] in found(answer(sample_searcher, question))[:3]


def test_the_answer_on_call_reluctance_begins_with_its_definition(seeds: Searcher) -> None:
    opening = "Even the best sellers have some level of call reluctance"
    given = answer(seeds, "how do I handle call reluctance?")
    assert opening in given.passages[0].passage.text
    assert given.short_answer[0].text.startswith(opening)
    assert given.short_answer[0].citation == 1


def test_a_dated_page_is_found_by_its_title_without_the_template_around_it(
    seeds: HybridSearcher,
) -> None:
    given = answer(seeds, "the deal slipped and I need leadership's help fast")
    best = given.passages[0]
    assert best.post.title == "Wait Buster - Code Green!"
    assert best.post.published == date(2010, 1, 20)
    stored = seeds.generation.store.post(best.post.id)
    assert stored is not None
    _, _, passages = stored
    assert len(passages) > 1
    for passage in passages:
        assert [words for words in FURNITURE if words in passage.text] == []
