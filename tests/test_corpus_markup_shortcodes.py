"""What blog engines put into texts: gone or made plain, and ordinary text left alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.markup.shortcodes import without_hugo, without_liquid, without_mdx


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ('{% include x.html a="b" %}t{%- assign a = 1 -%}', "t"),
        ('{% include v.html id="x" caption="The words" %}', "\n\nThe words\n\n"),
        ("t {% include a.html data-title='n' title='T' alt='n' caption='C' %}", "t  T\n\nC "),
        ('{% if include.caption == "x" %}{% assign title = "y" %}t', "t"),
        ("{% comment %}a\n\n`b{% endcomment %}c", "c"),
        ("{% raw %}{{ page.x }}{% endraw %}{{ page.x }}", "{{ page.x }}"),
        ("{% if x %}in{% else %}out{% endif %} 5{% 6", "inout 5{% 6"),
        ("t\n{% highlight ruby linenos %}\na `b`\n{% endhighlight %}", "t\n```ruby\na `b`\n```\n"),
        ("{% highlight %}\n```\n{% endhighlight %}", "````\n```\n````\n"),
        ("{% highlight x %}a", "a"),
        ("{{ page.title }}{{ content }}{{site.url}}{{- include.x -}}", ""),
        ('[x]({{ site.baseurl }}/a) ![y]({{ "a" | absolute_url }})', "[x](/a) ![y]()"),
        ("Hi {{first_name}} of {{ Company }}, {{contents}}", None),
        ("{{ name | upcase }}!", "!"),
        ("a\n{: .lead #x}\n{:toc}\nb {:} {: }", "a\n\n\nb {:} "),
        ("{::comment}x{:/comment}y{::nomarkdown}z{:/}", "yz"),
        ("`{{ page.x }}` ``{% raw %}``\n\n```\n{{ page.x }}\n````\n~~~\n{{ page.x }}", None),
        ("don`t {{ page.x }}\n\nit`s", "don`t \n\nit`s"),
    ],
)
def test_liquid(source: str, markdown: str | None) -> None:
    assert without_liquid(source) == (source if markdown is None else markdown)


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ('{{< figure src="a" caption="some \\"words\\"" title="T" >}}', 'T\n\nsome "words"'),
        ('{{< video src="a" title="T" caption=`words` >}}', "words"),
        ('a{{< youtube abc >}}{{<x y="a>b">}}{{< z />}}{{/* c */}}b', "ab"),
        (
            'a {{< highlight go "linenos=table" >}}\nx := `a`\n{{< /highlight >}}',
            "a \n```go\nx := `a`\n```\n",
        ),
        ("{{< note >}}in{{< /note >}} {{% notice tip %}}in\n\n`2`{{% /notice %}}", "in in\n\n`2`"),
        ("{{</* note a */>}} {{%/* x */%}}", "{{< note a >}} {{% x %}}"),
        ('[a]({{< ref "x" >}})', "[a]()"),
        ("Hi {{first_name}}, {{< never", None),
        ("`{{< x >}}`\n\n```\n{{< x >}}\n```", None),
    ],
)
def test_hugo(source: str, markdown: str | None) -> None:
    assert without_hugo(source) == (source if markdown is None else markdown)


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ('import A from "a"\nimport * as B from \'b\';\nimport "c.css"\n\n# T', "\n\n\n\n# T"),
        ("import A, {\n B,\n C as D } from 'b';\nt", "\nt"),
        ("export const m = {\n a: 1,\n}\n\nt\n\nexport default Layout", "\n\nt\n\n"),
        ("export default ({ children }) => <L>{children}</L>\n\nt", "\n\nt"),
        ('a <Video id="x" on={() => { f({a}) > 1 }}/> b', "a  b"),
        ('<Callout type="x">\nin **b** <b>c</b>\n</Callout>', "\nin **b** <b>c</b>\n"),
        ("<Tabs.Item>a</Tabs.Item><>f</>{/* c */}", "af"),
        ("Hi <Name>, {first_name}", None),
        ("import leads from HubSpot.\nexport default settings first.", None),
        ("`<X/>`\n\n```\nimport A from 'a'\n```", None),
    ],
)
def test_mdx(source: str, markdown: str | None) -> None:
    assert without_mdx(source) == (source if markdown is None else markdown)


@pytest.mark.parametrize(
    ("source", "markdown"),
    [
        ('<Figure src="a" alt="n" caption="Fig words" />', "\n\nFig words\n\n"),
        ("a <Tab title={'npm'}>x</Tab>", "a  npm x"),
        ('<SEO title="x" /><PostLayout title="x">t</PostLayout>', "t"),
        ("a {x + 1} {year - 1} b", "a   b"),
        ('a{" "}b {props.title}{day(post)}{n > 1 ? "s" : ""}', "a b "),
        ("{posts.map((post) => <Card>{post.title}</Card>)}t", "t"),
        ("Hi {first_name} of {your company} {name(s)} {Hi|Hello} {first - last}", None),
        ("{{first_name}} \\{x + 1} ${x + 1} `{x + 1}`\n\n```\n{x + 1}\n```", None),
        ("{a <B>b</B>} {", "{a b} {"),
    ],
)
def test_words_of_components_and_expressions_of_mdx(source: str, markdown: str | None) -> None:
    assert without_mdx(source) == (source if markdown is None else markdown)


ALL = [without_hugo, without_liquid, without_mdx]
HOSTILE = [
    *["[", "{{", "{%", "{% a", "{{< a ", "{{</* ", "{% raw %}", "{{< highlight go >}}", "`", "` "],
    *[
        "```\n",
        "~~~x\n",
        "<A ",
        '<A "',
        "<A {",
        "<A>",
        "import {\n",
        "import a ",
        "export default\n",
    ],
    *["{:a", "{/*", "<", "<!--", "\n", "\n ", "> ", "a \n \n", "{::comment}", "{% comment %}"],
]


@pytest.mark.parametrize("function", ALL, ids=lambda function: function.__name__)
def test_hostile_text_takes_time_in_proportion(function: Callable[[str], str]) -> None:
    for piece in HOSTILE:
        text = piece * (200_000 // len(piece))
        started = time.process_time()
        function(text)
        assert time.process_time() - started < 2, repr(piece)


PIECES = st.sampled_from(HOSTILE) | st.sampled_from(
    [
        "%}",
        "}}",
        ">}}",
        "*/>}}",
        "{% endraw %}",
        "[/a]",
        "]",
        "/>",
        "</A>",
        "*/}",
        "'",
        '"',
        "x",
        " ",
    ]
)


@pytest.mark.parametrize("function", ALL, ids=lambda function: function.__name__)
@given(pieces=st.lists(PIECES, max_size=12))
def test_any_text_is_taken(function: Callable[[str], str], pieces: list[str]) -> None:
    source = "".join(pieces)
    result = function(source)
    assert result.count("x") <= source.count("x")
    assert len(result) <= 3 * len(source) + 20 * source.count("\n") + 20
