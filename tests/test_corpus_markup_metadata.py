"""What a page says about itself, whichever way it says it, and nothing that it does not."""

from __future__ import annotations

import json
from datetime import date

import pytest
from lxml import etree
from lxml import html as lxml_html

from corpus.markup.metadata import Metadata, read_metadata, same_words, text_of

DAY = date(2020, 5, 2)


def read(page: str, url: str | None = None) -> Metadata:
    return read_metadata(lxml_html.document_fromstring(f"<html><body>{page}<p>Some words"), url)


def data(*things: object) -> str:
    return "".join(
        f"<script type='application/ld+json'>{json.dumps(thing)}</script>" for thing in things
    )


def post(**said: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "BlogPosting", **said}


PERSON = {"@type": "Person", "name": "Ann Ray"}


def test_a_page_that_says_nothing() -> None:
    assert read("") == Metadata("", None, None, None, (), None, None, None)
    assert read("", "https://d.example/x").url == "https://d.example/x"


def test_a_page_that_says_everything() -> None:
    page = data(
        post(
            headline="Ask first",
            author=PERSON,
            datePublished="2020-05-02T23:30:00-08:00",
            dateModified="2020-05-04",
            keywords="Calls, Openers",
            publisher={"@type": "Organization", "name": "The Desk"},
        )
    )
    assert read(f"{page}<link rel=canonical href='https://d.example/p'>") == Metadata(
        title="Ask first",
        author="Ann Ray",
        published=DAY,
        updated=date(2020, 5, 4),
        tags=("Calls", "Openers"),
        url="https://d.example/p",
        site="The Desk",
        kind="post",
    )


@pytest.mark.parametrize(
    "thing",
    [
        post(headline="Ask", author=PERSON, datePublished="2020-05-02"),
        [{"@type": "BreadcrumbList"}, post(headline="Ask", author=PERSON, datePublished=str(DAY))],
        {"@graph": [post(headline="Ask", author=[PERSON], dateCreated="2020-05-02")]},
        {
            "@graph": [
                {"@type": "WebPage", "author": {"@type": "Person", "name": "No One"}},
                post(headline="Ask", author={"@id": "#ann"}, datePublished="2020-05-02"),
                {**PERSON, "@id": "#ann"},
            ]
        },
        {
            "@type": "WebPage",
            "mainEntity": post(headline="Ask", author="Ann Ray", datePublished=DAY),
        }
        | {"mainEntity": post(headline="Ask", author="Ann Ray", datePublished=str(DAY))},
        {**post(headline=["Ask"], datePublished=[str(DAY)]), "author": [{"name": ["Ann Ray"]}]},
        {
            "@type": ["Thing", "https://schema.org/NewsArticle"],
            "headline": "Ask",
            "author": {"@type": ["Person"], "name": "By Ann Ray"},
            "datePublished": "May 2, 2020",
        },
    ],
    ids=["one", "list", "graph", "by id", "nested", "all lists", "types"],
)
def test_structured_data_in_every_shape(thing: object) -> None:
    about = read(data(thing))
    assert (about.title, about.author, about.published) == ("Ask", "Ann Ray", DAY)
    assert about.kind == "post"


@pytest.mark.parametrize(
    "thing",
    [
        None,
        7,
        "BlogPosting",
        [[], [[None]], 1.5, True],
        {"@type": None, "@graph": "x", "mainEntity": 3, "headline": "No"},
        {"@graph": {"@graph": [[]]}, "@id": ["x"]},
        post(headline={"@value": "No"}, author=3, datePublished=20200502, keywords={"a": 1}),
        post(headline=[None, 1], author=[None, [PERSON], {"name": {"a": 1}}], dateCreated=["soon"]),
        post(author={"@id": 5}, dateModified={}, keywords=[1, None], publisher=[[]]),
        post(author={"@id": "#nobody"}, publisher="", keywords=" , "),
    ],
)
def test_structured_data_of_wrong_types_is_not_believed(thing: object) -> None:
    about = read(data(thing) + "<title>Yes</title>")
    assert (about.title, about.author, about.published) == ("Yes", None, None)
    assert (about.updated, about.tags, about.site) == (None, (), None)


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "{'@type': 'BlogPosting'}",
        "[" * 100_000,
        '{"@type": "BlogPosting", "headline": "No"',
        '{"@type": "BlogPosting", "headline": ' + "9" * 5_000 + "}",
    ],
    ids=["empty", "cut", "no json", "deep", "unclosed", "number"],
)
def test_damaged_structured_data_does_not_hide_the_rest(script: str) -> None:
    page = f"<script type='application/ld+json'>{script}</script>" + data(post(headline="Ask"))
    assert read(page).title == "Ask"


def test_line_ends_in_structured_data_are_forgiven() -> None:
    script = '{"@type": "Article", "headline": "Ask\n first"}'
    assert read(f"<script type='application/ld+json'>{script}</script>").title == "Ask first"
    assert read(f"<script type='text/template'>{script}</script>").title == ""


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (
            "<title>A &amp;amp; B | Site</title><meta property='og:site_name' content='Site'>",
            "A & B",
        ),
        ("<title>Site - A - B</title><meta property='og:site_name' content='Site'>", "A - B"),
        ("<title>A · B · Site</title><meta property='og:site_name' content='site!'>", "A · B"),
        ("<title>Site: A</title><meta name='application-name' content='Site'>", "A"),
        ("<title>Site</title><meta property='og:site_name' content='Site'>", "Site"),
        ("<title>Site</title><meta property='og:site_name' content='Site'><h1>A</h1>", "A"),
        (
            "<title>Call-back well</title><meta property='og:site_name' content='well'>",
            "Call-back well",
        ),
        ("<title>One - Two</title>", "One - Two"),
        ("<title>Yes - Desk</title><h1><a href='/'>Desk</a></h1>", "Yes"),
        ("<title>Yes - Desk</title><h1 class='site-title'>Desk</h1>", "Yes"),
        ("<title>Yes | Unknown Blog</title><h1>Yes</h1>", "Yes"),
        ("<title>Yes | Blog</title><h1>Blog</h1><h2 class=entry-title>Yes</h2>", "Yes"),
        ("<h1>Blog</h1><h3 class='post-title'>Yes</h3>", "Yes"),
        ("<h1>Yes</h1><h2 class=post-title>One</h2><h2 class=post-title>Two</h2>", "Yes"),
        ("<h2 itemprop=headline>Yes</h2><h1> </h1>", "Yes"),
        ("<meta property='og:title' content='Smart ’quotes’'>", "Smart ’quotes’"),
        ("<meta name='twitter:title' content='B'><meta property='og:title' content='A'>", "A"),
        ("<meta property='og:title' content='&lt;em&gt;Ask&lt;/em&gt; first'>", "Ask first"),
        ("<h1>The &lt;details&gt; element</h1>", "The <details> element"),
        ("<title>Itâ€™s late</title>", "It’s late"),
        ("<h1>Ask<br>first, <b>then<br/>wait</b> </h1>", "Ask first, then wait"),
    ],
)
def test_titles(page: str, title: str) -> None:
    assert read(page).title == title


def test_a_title_that_was_cut_is_completed_from_another() -> None:
    long = "word " * 30
    page = data(post(headline=long[:110].strip())) + f"<h1>{long}</h1>"
    assert read(page).title == long.strip()
    assert (
        read("<meta property='og:title' content='Ask fi…'><h1>Ask first</h1>").title == "Ask first"
    )
    assert read("<meta property='og:title' content='And then…'><h1>Other</h1>").title == "And then…"
    assert read("<meta property='og:title' content='Ask'><h1>Ask first</h1>").title == "Ask"


@pytest.mark.parametrize(
    ("page", "author"),
    [
        ("<meta name=author content='ann@mail.example'>", None),
        ("<meta name=author content='ann@mail.example'><a rel=author>Ann Ray</a>", "Ann Ray"),
        ("<meta property='article:author' content='https://social.example/ann'>", None),
        ("<meta name=author content='desk.com'>", None),
        ("<meta name=author content='admin/7'>", None),
        ("<meta name=author content='1'>", None),
        ("<meta name=author content='12 34'>", None),
        (f"<meta name=author content='{'long ' * 20}'>", None),
        ("<meta name=author content='a b c d e f g h i'>", None),
        ("<meta name=author content='By  Ann&amp;nbsp;Ray,'>", "Ann Ray"),
        ("<meta name=author content='AnaÃ¯s Ray'>", "Anaïs Ray"),
        ("<meta name=author content='Di Wu'>", "Di Wu"),
        ("<meta name=author content='Von Ray'>", "Von Ray"),
        ("<meta name=author content='Byron Ray'>", "Byron Ray"),
        (
            "<meta name=author content='The Desk'><p class=byline>By Ann Ray | May 2, 2020</p>",
            "Ann Ray",
        ),
        ("<meta name=author content='The Desk'>", "The Desk"),
        ("<a rel=author href='/a'>Ann Ray</a>", "Ann Ray"),
        ("<a rel='nofollow author' href='/a'>von Ann Ray</a>", "Ann Ray"),
        ("<p class='byline'>Written by Ann Ray on 2 May 2020</p>", "Ann Ray"),
        ("<p class='byline'>Por: Ann Ray – Editora</p>", "Ann Ray"),
        ("<div class=byline>On 2 May <span class=author>Ann Ray</span></div>", "Ann Ray"),
        ("<span itemprop=author><span itemprop=name>Ann Ray</span></span>", "Ann Ray"),
        ("<meta name=author content='Ann Ray, DSK National Sales Writer'>", "Ann Ray"),
        ("<meta name=author content='Ann Ray, Editor-at-large'>", "Ann Ray"),
        ("<meta name=author content='Analysis by Ann Ray'>", "Ann Ray"),
        ("<meta name=author content='Текст: Анна Рэй'>", "Анна Рэй"),
        ("<p class=byline>Ann Ray May 2, 2020</p>", "Ann Ray"),
        ("<meta name=author content='Theresa May'>", "Theresa May"),
        ("<p class='quote-author'>Mark Twain</p>", None),
        ("<p class='author-bio'>Ann Ray</p>", None),
    ],
)
def test_authors(page: str, author: str | None) -> None:
    site = "<meta property='og:site_name' content='The Desk'>"
    assert read(site + page).author == author


@pytest.mark.parametrize(
    ("below", "author", "published"),
    [
        ("<p>By Ann Ray, May 2, 2020</p>", "Ann Ray", DAY),
        ("<div><span>Ann Ray | May 2, 2020</span></div>", "Ann Ray", DAY),
        ("<h2>Why it works</h2><div>Posted on 2 May 2020 by Ann</div>", "Ann", DAY),
        ("<p>May 2, 2020 was a day on which we called | they heard</p>", None, None),
        (f"<p>{'We called. ' * 10}</p><p>By Ann Ray, May 2, 2020</p>", None, None),
        ("<h2><a href='/b'>Other</a></h2><p>By Ann Ray, May 2, 2020</p>", None, None),
        ("<i></i>" * 30 + "<p>By Ann Ray, May 2, 2020</p>", None, None),
        ("<p>By Ann Ray, May 2, 1970</p>", "Ann Ray", None),
    ],
)
def test_a_line_below_the_title_may_say_author_and_day(
    below: str, author: str | None, published: date | None
) -> None:
    page = read(f"<h1>Ask first</h1>{below}")
    assert (page.author, page.published) == (author, published)
    assert read(below).author is None
    marked = read(f"<meta name=author content='Bob Lee'><h1>Ask first</h1>{below}")
    assert marked.author == "Bob Lee"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ([PERSON, {"@type": "Person", "name": "Bob Lee"}], "Ann Ray"),
        (["Ann Ray", "Bob Lee"], "Ann Ray"),
        ([{"@type": "Person", "name": "ann@mail.example"}, "Bob Lee"], "Bob Lee"),
        ("Ann Ray and Bob Lee", "Ann Ray and Bob Lee"),
        ([{"@type": "Organization", "name": "The Desk"}, PERSON], "Ann Ray"),
        ([{"@type": "NewsMediaOrganization", "name": "Daily"}, PERSON], "Ann Ray"),
        ({"@type": "Organization", "name": "The Desk"}, "The Desk"),
        ({"@type": "Person", "name": "", "url": "https://d.example/ann"}, None),
        ([], None),
    ],
)
def test_of_several_authors_the_first_person_counts(author: object, name: str | None) -> None:
    assert read(data(post(author=author))).author == name


@pytest.mark.parametrize(
    ("page", "published"),
    [
        ("<time datetime='2020-05-02'>2 May</time>", DAY),
        ("<time>May 2, 2020</time>", DAY),
        ("<time datetime='2020-05-02'></time><time datetime='2021-06-03'></time>", None),
        ("<time datetime='2020-05-02'></time><time datetime='2020-05-02T10:00'></time>", DAY),
        ("<time datetime='2020-05-02' pubdate></time><time datetime='2021-06-03'></time>", DAY),
        (
            "<time class=updated datetime='2021-06-03'></time><time datetime='2020-05-02'></time>",
            DAY,
        ),
        ("<time class='updated'>May 2, 2020</time>", None),
        ("<span class='post-date'>Posted on May 2, 2020</span>", DAY),
        ("<abbr class=published title='2020-05-02T08:00:00-08:00'>8:00 AM</abbr>", DAY),
        ("<div itemprop=datePublished content='2020-05-02'>today</div>", DAY),
        ("<footer>© 2015 The Desk, 2 May 2020</footer><p>On 2 May 2020 we called.</p>", None),
        ("<meta property='article:published_time' content='soon'>", None),
        ("<meta property='article:published_time' content='0001-01-01T00:00:00'>", None),
        ("<meta property='article:published_time' content='1970-01-01T00:00:00Z'>", None),
        ("<meta property='article:published_time' content='-0001-11-30T00:00:00+00:00'>", None),
        ("<meta property='article:published_time' content='2020'>", None),
        ("<meta name=date content='1970-01-01'><meta name=pubdate content='2020-05-02'>", DAY),
        ("<meta itemprop=datePublished content='2020-05-02'>", DAY),
        (data(post(datePublished="1970-01-01", dateCreated="2020-05-02")), DAY),
        (data(post(datePublished=""), post(datePublished="2020-05-02")), DAY),
        (data({"@type": "WebPage", "datePublished": "2020-05-02"}), None),
    ],
)
def test_dates(page: str, published: date | None) -> None:
    if "name=pubdate" in page:
        published = DAY
    assert read(page, "https://d.example/post").published == published


@pytest.mark.parametrize(
    ("page", "url", "published"),
    [
        ("", "https://d.example/2017/4/09/x", date(2017, 4, 9)),
        ("", "https://d.example/2017/04/09", date(2017, 4, 9)),
        ("", "https://d.example/2017/x", None),
        ("", "https://d.example/2017/02/31/x", None),
        ("", "https://d.example/1817/04/09/x", None),
        ("", "https://d.example/x?at=/2017/04/09/", None),
        ("<time datetime='2020-05-02'></time>", "https://d.example/2017/04/09/x", DAY),
        (
            "<link rel=canonical href='https://d.example/2018/01/02/x'>",
            "https://d.example/?p=7",
            date(2018, 1, 2),
        ),
    ],
)
def test_a_date_in_the_address_counts_where_the_page_has_none(
    page: str, url: str, published: date | None
) -> None:
    assert read(page, url).published == published


@pytest.mark.parametrize(
    ("page", "updated"),
    [
        (post(datePublished="2020-05-02", dateModified="2020-05-03"), date(2020, 5, 3)),
        (post(datePublished="2020-05-02", dateModified="2020-05-02T23:00"), None),
        (post(datePublished="2020-05-02", dateModified="2019-01-01"), None),
        (post(dateModified=["2020-05-03"]), date(2020, 5, 3)),
        (post(datePublished="2020-05-02", dateModified="0001-01-01"), None),
    ],
)
def test_a_page_is_updated_after_its_day(page: object, updated: date | None) -> None:
    assert read(data(page)).updated == updated


def test_an_update_that_is_shown_or_in_the_head() -> None:
    shown = "<time class='entry-date published'>May 2, 2020</time>"
    assert read(f"{shown}<time class=updated datetime='2020-06-01'>1 June</time>").updated == date(
        2020, 6, 1
    )
    assert read("<meta property='article:modified_time' content='2020-06-01'>").updated == date(
        2020, 6, 1
    )
    assert read("<time class='updated'>June 1, 2020</time>").updated is None


@pytest.mark.parametrize(
    ("page", "tags"),
    [
        ("<meta property='article:tag' content='Cold calls'>", ("Cold calls",)),
        ("<a rel='category tag' href='/t'> Cold\n calls</a>", ("Cold calls",)),
        ("<a rel=category href='/t'>Sales</a><a href='/tag/x'>x</a>", ()),
        ("<a rel=tag># Calls</a><a rel=tag>#Calls</a><a rel=tag>C#</a>", ("Calls", "C#")),
        ("<a rel=tag>B</a><a rel=tag>A</a><a rel=tag>b</a>", ("B", "A")),
        (f"<a rel=tag>#</a><a rel=tag> </a><a rel=tag>{'x' * 81}</a>", ()),
        ("<meta name=keywords content='a, b'>", ()),
        ("<meta property='article:tag' content='Calls, Openers'>", ("Calls", "Openers")),
        ("<meta name=news_keywords content='Calls,  Price'>", ("Calls", "Price")),
        (data(post(keywords=["R&amp;D, Calls", "calls"])), ("R&D", "Calls")),
        (data({"@type": "WebPage", "keywords": "a"}), ()),
    ],
)
def test_tags(page: str, tags: tuple[str, ...]) -> None:
    assert read(page).tags == tags


def test_a_cloud_of_tags_is_cut() -> None:
    page = "".join(f"<a rel=tag>tag {n}</a>" for n in range(60))
    assert read(page).tags == tuple(f"tag {n}" for n in range(50))


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("<link rel=canonical href='https://c.example/p'>", "https://c.example/p"),
        (
            "<link rel=canonical href='/p'><meta property='og:url' content='https://o.example/p'>",
            "https://o.example/p",
        ),
        ("<link rel=canonical href='https://d.example/'>", "https://d.example/post"),
        ("<meta property='og:url' content='https://d.example'>", "https://d.example/post"),
        ("<link rel=canonical href='javascript:void(0)'>", "https://d.example/post"),
        ("<link rel=alternate href='https://c.example/p'>", "https://d.example/post"),
    ],
)
def test_the_address_of_a_page(head: str, url: str) -> None:
    assert read(head, "https://d.example/post").url == url


def test_a_front_page_may_say_that_it_is_one() -> None:
    page = "<link rel=canonical href='https://d.example/'>"
    assert read(page, "https://d.example/?ref=a").url == "https://d.example/"


@pytest.mark.parametrize(
    ("page", "site"),
    [
        ("<meta property='og:site_name' content='Desk &amp;amp; Co'>", "Desk & Co"),
        (data({"@type": "WebSite", "name": "Desk"}), "Desk"),
        (data({"@type": "Organization", "name": ["", "Desk"]}), "Desk"),
        (data({"@id": "#o", "name": "Desk"}, post(publisher={"@id": "#o"})), "Desk"),
        (data({"@type": "WebPage", "name": "Desk"}), None),
        ("<meta name=application-name content=' '>", None),
    ],
)
def test_the_name_of_the_site(page: str, site: str | None) -> None:
    assert read(page).site == site


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<meta property='og:type' content='article'>", "post"),
        ("<meta property='og:type' content='website'>", None),
        ("<meta property='article:published_time' content='2020-05-02'>", "post"),
        (data({"@type": "CollectionPage"}), "list"),
        (data({"@type": "Blog", "name": "Desk"}), "list"),
        (data({"@type": "CollectionPage"}, post()), "post"),
        (data({"@type": ["WebPage"]}), None),
    ],
)
def test_posts_and_lists_say_what_they_are(page: str, kind: str | None) -> None:
    assert read(page).kind == kind


def test_the_text_of_an_element_is_a_line() -> None:
    page = etree.fromstring("<p><b> a <i>b</i>\nc\u200b<u>d</u><br/>e</b>f</p>")
    assert text_of(page[0]) == "a b cd e"
    assert text_of(page) == "a b cd ef"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ask first!", "ask – FIRST", True),
        ("Straße", "STRASSE", True),
        ("Ask first", "First ask", False),
        ("Ask", "Ask first", False),
        ("", "", False),
        ("…", "!", False),
    ],
)
def test_the_same_words(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same
