"""The command line: what it does, prints, and how it fails."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from corpus.intake import ImportReport
from index.report import BuildReport
from qa.cli import app
from qa.settings import Settings
from qa.workspace import Overview
from tests.servers import address, heed_interrupts
from tests.test_qa_settings import KNOWN

BLOGQA = Path(sys.executable).with_name("blogqa")

POSTS = {
    "desk.md": """---
title: The standing desk
author: Ada Quill
date: 2020-03-02
url: https://blog.example/desk
tags: [calling]
---
Stand up before you dial a stranger.
""",
    "ladder.md": """---
title: The discount ladder
author: Bo Marsh
date: 2021-06-30
tags: [price]
---
Never lower a price without getting something back for it.
""",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, encoders: Path) -> Path:
    """The default home, below the working folder: no command here needs to name it."""
    folder = tmp_path / ".blogqa"
    folder.mkdir()
    (folder / "encoders").symlink_to(encoders)
    return folder


@pytest.fixture
def posts(write_posts: Callable[[dict[str, str]], Path]) -> Path:
    return write_posts(POSTS)


@pytest.fixture(scope="module")
def built_once(
    make_home: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("built") / "posts"
    folder.mkdir()
    for name, content in POSTS.items():
        (folder / name).write_text(content)
    return make_home(folder).home


@pytest.fixture
def built(built_once: Path, home: Path) -> Path:
    """The home with :data:`POSTS` imported and built, free to be spoiled."""
    shutil.rmtree(home)
    shutil.copytree(built_once, home, symlinks=True)
    return home


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def words(text: str) -> str:
    """``text`` as it reads, wherever its lines were broken."""
    return " ".join(text.split())


def failure(*arguments: str | Path, code: int) -> str:
    """What a failing command says; nothing of it on standard output."""
    result = run(*arguments, code=code)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return words(result.stderr)


def keys(record: type) -> list[str]:
    return [each.name for each in fields(record)]


def current(home: Path) -> Path:
    index = home / "index"
    return index / "generations" / (index / "current").read_text().strip()


HEAD = "source kind new changed unchanged removed skipped"


def rows(result: Result) -> list[str]:
    """What was printed, line by line, without the blanks that line up columns."""
    return [row for line in result.stdout.splitlines() if (row := " ".join(line.split()))]


# import


def test_import_says_what_is_new_and_what_comes_next(posts: Path) -> None:
    assert rows(run("import", posts)) == [HEAD, "posts markdown 2 0 0 0 0", "Next: blogqa build"]


def test_a_second_import_says_that_nothing_changed(posts: Path) -> None:
    run("import", posts)
    assert rows(run("import", posts)) == [HEAD, "posts markdown 0 0 2 0 0", "Nothing changed."]


def test_import_counts_every_kind_of_change(posts: Path) -> None:
    run("import", posts)
    (posts / "new.md").write_text("One more.\n")
    (posts / "desk.md").write_text(POSTS["desk.md"] + "\nTwice.\n")
    (posts / "ladder.md").unlink()
    assert rows(run("import", posts, "--dry-run"))[1:] == [
        "posts markdown 1 1 0 1 0",
        "This was a dry run: nothing was changed.",
    ]
    assert rows(run("import", posts))[1] == "posts markdown 1 1 0 1 0"


def test_an_unreadable_file_is_named_and_the_rest_imported(posts: Path) -> None:
    (posts / "broken.md").write_bytes(b"\x00\xff")
    (posts / "empty.md").write_text("---\ntitle: Nothing\n---\n")
    assert rows(run("import", posts))[1:] == [
        "posts markdown 2 0 0 0 2",
        "skipped of posts because",
        "broken.md is not UTF-8 text (byte 1: 0xff) and holds NUL bytes",
        "empty.md no text",
        "Next: blogqa build",
    ]


def test_a_long_list_of_skipped_files_is_cut_and_says_so(posts: Path) -> None:
    for number in range(23):
        (posts / f"{number:02}.md").write_text("")
    output = run("import", posts).stdout
    assert output.count("no text") == 6
    assert "and 18 more" in output
    assert len(json.loads(run("import", posts, "--json").stdout)["skipped"]) == 23


def test_import_takes_a_name_and_a_kind(posts: Path) -> None:
    output = run("import", posts, "--name", "Our Blog", "--kind", "markdown")
    assert rows(output)[1] == "our-blog markdown 2 0 0 0 0"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 1, "nowhere. Check the path."),
        (["."], 1, "no posts of a known kind found. Known kinds: blogger"),
        (["posts", "--kind", "rss"], 2, "--kind is 'rss'; it can be blogger, wordpress, ghost,"),
        (["posts", "--kind", "text"], 1, "holds no .txt file."),
    ],
)
def test_import_names_what_it_cannot_take(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "page.pdf").write_text("Nothing we know.")
    assert message in failure("import", *arguments, code=code)


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    assert "posts: the folder is empty." in failure("import", "posts", code=1)


def test_nothing_is_imported_from_a_folder_of_empty_posts(posts: Path) -> None:
    run("import", posts)
    for path in posts.iterdir():
        path.write_text("")
    said = failure("import", posts, code=1)
    assert "Left out: desk.md: no text; ladder.md: no text." in said
    assert "Nothing was changed." in said


def test_an_import_that_is_interrupted_says_so_and_changes_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        location = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with subprocess.Popen(
            [BLOGQA, "import", location, "--allow-private"],
            env=plain_environment(),
            preexec_fn=heed_interrupts,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            silent.settimeout(30)
            with silent.accept()[0]:
                running.send_signal(signal.SIGINT)
                said, complaint = running.communicate(timeout=30)
    assert running.returncode == 130
    assert (said, complaint) == ("", "Stopped. Nothing is half done; run it again to go on.\n")
    assert not (tmp_path / ".blogqa" / "archive.sqlite").exists()


# build and update


def test_build_says_what_it_made_and_then_that_there_is_nothing_to_do(posts: Path) -> None:
    run("import", posts)
    built = run("build").stdout
    assert re.fullmatch(
        r"Built the index: 2 posts, 2 passages \(2 encoded, 0 reused\) in \d+\.\d s\.\n"
        r"encode \S+ s, cut \S+ s, write \S+ s, map \S+ s, verify \S+ s, publish \S+ s\n",
        built,
    )
    assert run("build").stdout == "The index is up to date: 2 posts, 2 passages.\n"


def test_one_post_is_no_posts(posts: Path) -> None:
    run("import", posts / "desk.md")
    assert run("build").stdout.startswith("Built the index: 1 post, 1 passage (")
    assert re.search(r"^1 passage, \d+ ms$", run("ask", "stand up?").stdout, re.MULTILINE)


def test_build_without_an_archive_says_what_to_do_first() -> None:
    assert failure("build", code=1) == (
        "Error: There is no archive at .blogqa/archive.sqlite. "
        "Import posts first: blogqa import SOURCE"
    )


def test_update_takes_in_what_was_added_changed_and_removed(posts: Path, home: Path) -> None:
    run("import", posts)
    run("build")
    (posts / "extra.md").write_text("Ring back on a Tuesday.\n")
    (posts / "desk.md").write_text(POSTS["desk.md"] + "\nSmile as well.\n")
    (posts / "ladder.md").unlink()
    head, row, said, stages = rows(run("update"))
    assert (head, row) == (HEAD, "posts markdown 1 1 0 1 0")
    assert stages.startswith("encode ")
    assert said.startswith("Built the index: 2 posts, 2 passages (2 encoded, 0 reused)")
    output = run("ask", "when do I ring back?", "--limit", "1").stdout
    assert "Ring back on a Tuesday." in output
    assert "Never lower a price" not in run("ask", "lower a price?").stdout
    assert len(list((home / "index" / "generations").iterdir())) == 2


def test_update_without_changes_leaves_the_index(posts: Path, home: Path) -> None:
    run("import", posts)
    run("build")
    before = current(home)
    data = json.loads(run("update", "--json").stdout)
    assert list(data) == ["imports", "failures", "build"]
    assert [list(each) for each in data["imports"]] == [keys(ImportReport)]
    assert list(data["build"]) == keys(BuildReport)
    assert data["build"]["published"] is False
    assert (data["build"]["posts"], data["build"]["embedded"], data["build"]["reused"]) == (2, 0, 2)
    assert current(home) == before


def test_update_goes_on_when_a_source_cannot_be_read(posts: Path) -> None:
    run("import", posts / "desk.md")
    run("import", posts / "ladder.md")
    (posts / "desk.md").unlink()
    (posts / "ladder.md").write_text(POSTS["ladder.md"] + "\nNever.\n")
    result = CliRunner().invoke(app, ["update"])
    assert result.exit_code == 1
    assert rows(result)[1] == "ladder markdown 0 1 0 0 0"
    assert "Built the index: 2 posts" in result.stdout
    assert words(result.stderr).startswith(
        f"desk could not be read; its posts stay as they are. Error: {posts}/desk.md: No such file"
    )
    data = json.loads(CliRunner().invoke(app, ["update", "--json"]).stdout)
    assert [each["source"]["id"] for each in data["failures"]] == ["desk"]
    assert data["failures"][0]["error"]["code"] == "source_error"


# sources and posts


def test_sources_are_listed_and_given_up(posts: Path) -> None:
    run("import", posts)
    assert rows(run("sources"))[0] == "name kind posts location"
    assert rows(run("sources"))[1].startswith("posts markdown 2 ")
    (source,) = json.loads(run("sources", "--json").stdout)
    assert (source["id"], source["posts"]) == ("posts", 2)
    assert rows(run("forget", "posts")) == ["Gave up posts: 2 posts removed. Next: blogqa build"]
    assert "There is no source named 'posts'." in failure("forget", "posts", code=1)


def test_posts_are_listed_and_shown(posts: Path) -> None:
    run("import", posts)
    listed = json.loads(run("posts", "--json").stdout)
    assert [post["title"] for post in listed] == ["The discount ladder", "The standing desk"]
    assert rows(run("posts", "--author", "ada quill"))[-1] == "1 post"
    id = listed[1]["id"]
    assert rows(run("posts", "show", id))[0] == "The standing desk"
    assert json.loads(run("posts", "show", id, "--json").stdout)["id"] == id
    assert "The archive holds no post 'none'." in failure("posts", "show", "none", code=2)


# ask


def test_ask_prints_the_answer_its_source_and_its_link(built: Path) -> None:
    output = run("ask", "should I stand up when I dial?", "--limit", "1").stdout
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    assert re.fullmatch(r"1 passage, \d+ ms", lines.pop())
    assert lines == [
        "“Stand up before you dial a stranger.” [1]",
        "[1] The standing desk",
        "Ada Quill · 2 March 2020",
        "**Stand up before you dial a stranger.**",
        "https://blog.example/desk#:~:text=Stand%20up%20before%20you%20dial%20a%20stranger.",
    ]


def test_ask_prints_the_reader_s_link_for_a_post_without_address(built: Path) -> None:
    output = run("ask", "may I lower a price?", "--limit", "1").stdout
    assert re.search(r"^  /posts/ladder-[0-9a-f]{8}\?p=0#passage$", output, re.MULTILINE)


@pytest.mark.parametrize(
    ("flags", "title"),
    [
        (["--author", "bo marsh"], "The discount ladder"),
        (["--tag", "PRICE"], "The discount ladder"),
        (["--after", "2021-06-30"], "The discount ladder"),
        (["--before", "2021-06-29"], "The standing desk"),
        (["--chip", "negotiation"], "The discount ladder"),
    ],
)
def test_ask_takes_filters(built: Path, flags: list[str], title: str) -> None:
    output = run("ask", "what now?", "--least-confidence", "0", "--json", *flags).stdout
    assert [each["post"]["title"] for each in json.loads(output)["passages"]] == [title]


def test_ask_names_the_chips_there_are_for_one_there_is_not(built: Path) -> None:
    error = failure("ask", "what now?", "--chip", "price", "--chip", "prize", code=2)
    assert error.startswith("Error: There is no chip 'prize'.")
    assert "There are: prospecting, first-call, " in error


def test_ask_takes_earlier_questions_along(built: Path) -> None:
    earlier = ("how do I lower a price?", "should I stand up to dial?")
    flags = [flag for turn in earlier for flag in ("--history", turn)]
    output = run("ask", "why?", "--least-confidence", "0", "--json", *flags).stdout
    assert json.loads(output)["searched_with"] == ["should I stand up to dial?"]
    output = run("ask", "why?", "--least-confidence", "0", "--json").stdout
    assert json.loads(output)["searched_with"] == []


def test_ask_says_what_is_not_covered_and_what_is_near(built: Path) -> None:
    output = run("ask", "stand up to dial?", "--least-confidence", "1").stdout
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    assert lines[:2] == ["The archive does not cover this.", "Nearest subjects:"]
    assert lines[2].startswith("The standing desk /posts/desk-")
    assert "Stand up before" not in output


def test_why_a_passage_was_found_is_told_where_it_is_asked_for(built: Path) -> None:
    output = run("ask", "should I stand up when I dial?", "--why", "--author", "ada quill").stdout
    assert "Why: has “stand”, “up”, “dial”; #1 by words" in output
    assert "Searched for “should I stand up when I dial?”, only author ada quill." in output
    assert "Why:" not in run("ask", "should I stand up when I dial?").stdout


def test_a_filter_that_nothing_passes_leaves_no_subject(built: Path) -> None:
    output = run("ask", "stand up?", "--tag", "golf").stdout
    assert output.strip() == "The archive does not cover this."


def test_ask_as_json_holds_the_documented_keys(built: Path) -> None:
    answer = json.loads(run("ask", "should I stand up when I dial?", "--json").stdout)
    assert list(answer) == [
        "id",
        "status",
        "confidence",
        "short_answer",
        "passages",
        "searched_with",
        "subjects",
        "took_ms",
        "generation",
    ]
    passage = answer["passages"][0]
    assert list(passage) == [
        "id",
        "rank",
        "score",
        "text",
        "highlights",
        "say",
        "heading",
        "link",
        "reader_link",
        "post",
    ]
    assert list(passage["post"]) == ["id", "title", "author", "published", "url", "tags"]
    assert passage["highlights"] == [{"start": 0, "end": 36}]
    assert answer["short_answer"] == [
        {"text": "Stand up before you dial a stranger.", "citation": 1}
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["", "--limit", "3"], "The question is empty. Type what you want to know."),
        ([" \n "], "The question is empty."),
        (["x" * 1001], "The question has 1001 characters; at most 1000 can be asked."),
        (["a \udcff b"], "The question is not valid text."),
        (["hi", "--after", "2014-13-01"], "--after is '2014-13-01', which is no date."),
        (["hi", "--before", "soon"], "--before is 'soon', which is no date. Write it as"),
        (["hi", "--limit", "0"], "'limit' on the command line is 0; a whole number from 1 to 20"),
        (["hi", "--limit", "21"], "'limit' on the command line is 21; a whole number"),
        (["hi", "--limit", "many"], "Invalid value for '--limit'"),
        (["hi", "--least-confidence", "1.5"], "'least_confidence' on the command line is 1.5"),
        (["hi", "--colour", "red"], "No such option: --colour"),
        ([], "Missing argument"),
    ],
)
def test_wrong_use_exits_with_2_and_names_what_is_wrong(
    built: Path, arguments: list[str], message: str
) -> None:
    assert message in failure("ask", *arguments, code=2)


def test_an_error_as_json_has_the_api_s_body(built: Path) -> None:
    result = run("ask", "", "--json", code=2)
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "error": {
            "code": "invalid_input",
            "message": "The question is empty.",
            "hint": "Type what you want to know.",
        }
    }


# an index that cannot be used


COMMANDS = (["ask", "hi"], ["status"], ["serve", "--port", "0"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_without_an_index_the_way_to_one_is_named(command: list[str]) -> None:
    assert failure(*command, code=1) == (
        "Error: There is no index in .blogqa/index. Build it: blogqa build"
    )


@pytest.mark.parametrize("command", COMMANDS[:2], ids=lambda command: command[0])
def test_a_damaged_index_is_named_and_mended_by_building(built: Path, command: list[str]) -> None:
    store = current(built) / "passages.sqlite"
    store.write_bytes(store.read_bytes()[:-1])
    assert failure(*command, code=1) == (
        f"Error: {store.relative_to(built.parent)} is not what the build wrote. "
        "Build it again: blogqa build"
    )


def test_building_mends_a_damaged_index(built: Path) -> None:
    (current(built) / "vectors.faiss").unlink()
    assert run("build").stdout.startswith("Built the index: 2 posts")
    assert "The standing desk" in run("ask", "stand up?").stdout


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_index_of_another_format_is_refused(built: Path, command: list[str]) -> None:
    manifest = current(built) / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    said = failure(*command, code=1)
    assert f"The index {current(built).name} has format 99; this blogqa reads" in said
    assert said.endswith("Build it again: blogqa build")


def test_a_missing_encoder_is_named_with_what_makes_it(built: Path) -> None:
    (built / "encoders").unlink()
    said = failure("ask", "hi", code=1)
    assert "encoders" in said
    assert "blogqa build" in said


def test_an_archive_that_is_none_is_named(home: Path) -> None:
    (home / "archive.sqlite").write_text("no database at all, however long it may be " * 9)
    assert "The archive .blogqa/archive.sqlite cannot be opened" in failure("build", code=1)


# status and settings


def test_status_tells_archive_and_index_in_figures(built: Path) -> None:
    lines = [line.split(maxsplit=1) for line in run("status").stdout.splitlines()]
    figures = {name: value.strip() for name, value in lines}
    assert list(figures) == [
        *("posts", "passages", "authors", "published", "index", "encoder", "chips")
    ]
    assert figures["chips"] == "negotiation (1)"
    assert figures["posts"] == "2"
    assert figures["authors"] == "Ada Quill (1), Bo Marsh (1)"
    assert figures["published"] == "2020 to 2021"
    assert figures["index"].startswith(current(built).name)
    assert figures["encoder"] == "all-MiniLM-L6-v2"


def test_status_as_json_holds_the_overview(built: Path) -> None:
    data = json.loads(run("status", "--json").stdout)
    assert list(data) == keys(Overview)
    assert (data["posts"], data["passages"], data["sentences"]) == (2, 2, 2)
    assert (data["first_published"], data["last_published"]) == ("2020-03-02", "2021-06-30")
    assert data["generation"] == current(built).name
    assert data["is_stale"] is False


def test_status_says_that_the_archive_has_changed_since(built: Path, posts: Path) -> None:
    stale = "The archive has changed since the index was built. Next: blogqa build"
    (posts / "extra.md").write_text("Ring back on a Tuesday.\n")
    run("import", posts / "extra.md")
    assert rows(run("status"))[-1] == stale
    assert json.loads(run("status", "--json").stdout)["is_stale"] is True
    run("build")
    assert stale not in run("status").stdout


def test_home_is_where_the_flag_says(built: Path, tmp_path: Path) -> None:
    built.rename(tmp_path / "elsewhere")
    failure("status", code=1)
    assert "2" in run("status", "--home", "elsewhere").stdout


def test_the_settings_file_in_the_working_folder_holds(built: Path, tmp_path: Path) -> None:
    (tmp_path / "blogqa.toml").write_text("limit = 1\nleast_confidence = 0")
    assert len(json.loads(run("ask", "what now?", "--json").stdout)["passages"]) == 1
    (tmp_path / "blogqa.toml").write_text("limits = 1\n")
    assert failure("ask", "what now?", code=2) == (
        f"Error: Unknown setting 'limits' in blogqa.toml. {KNOWN}"
    )


def test_an_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOGQA_HOEM", "/tmp")
    said = failure("status", code=2)
    assert said.startswith(f"Error: Unknown setting 'hoem' in the environment. {KNOWN}")


@pytest.mark.parametrize("name", ["import", "build", "update", "ask", "serve", "status"])
def test_every_command_explains_itself(name: str) -> None:
    output = run(name, "--help").stdout
    assert output.strip()
    assert "--home" in output


# the real process


def process(*arguments: str | Path, code: int = 0) -> tuple[str, str]:
    """Standard output and standard error of the installed command."""
    done = subprocess.run(
        [BLOGQA, *arguments],
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("BLOGQA_")}


def test_answers_go_to_standard_output_and_nothing_else_does(built: Path) -> None:
    out, err = process("ask", "should I stand up when I dial?", "--json")
    assert json.loads(out)["status"] == "answered"
    assert err == ""


def test_errors_go_to_standard_error(home: Path) -> None:
    out, err = process("ask", "hi", code=1)
    assert out == ""
    assert err == "Error: There is no index in .blogqa/index.\nBuild it: blogqa build\n"
    out, err = process("ask", " ", code=2)
    assert (out, err) == ("", "Error: The question is empty.\nType what you want to know.\n")


def test_bytes_that_are_no_text_are_refused_without_a_traceback(built: Path) -> None:
    done = subprocess.run(
        [os.fsencode(BLOGQA), b"ask", b"stand \xff up"],
        env=plain_environment(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Error: The question is not valid text.")


def test_progress_is_drawn_on_standard_error_only(built: Path, posts: Path) -> None:
    for number in range(30):
        (posts / f"{number}.md").write_text(f"Post number {number} of many.\n")
    process("import", posts, "--name", "posts")
    ours, terminal = pty.openpty()
    with subprocess.Popen(
        [BLOGQA, "build", "--json"],
        env=plain_environment() | {"TERM": "xterm", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    ) as build:
        os.close(terminal)
        drawn = drain(ours)
        assert build.stdout is not None
        report = json.loads(build.stdout.read())
    assert build.returncode == 0
    assert report["embedded"] == 30
    assert "Encoding" in drawn
    assert "30/30" in drawn


def drain(descriptor: int) -> str:
    """Everything written to a terminal until its other end is closed."""
    written = b""
    with os.fdopen(descriptor, "rb", buffering=0) as terminal:
        try:
            while chunk := terminal.read(4096):
                written += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    return written.decode()


@contextmanager
def serving(log: Path, *flags: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and the process of ``blogqa serve``, ended by its id."""
    with log.open("wb") as errors:
        server = subprocess.Popen(
            [BLOGQA, "serve", "--port", "0", *flags],
            env=plain_environment(),
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        yield address(server, log), server
    finally:
        os.kill(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as response:
        assert response.status == 200
        return json.load(response)


def test_serve_answers_until_it_is_ended(built: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with serving(log, "--least-confidence", "0") as (url, server):
        generation = current(built).name
        health = {"status": "ok", "generation": generation, "reason": None}
        assert get(f"{url}/healthz") == health
        found = get(f"{url}/api/search?q=should+I+stand+up&limit=1")["passages"]
        assert [each["post"]["title"] for each in found] == ["The standing desk"]
    assert server.returncode in (0, -signal.SIGTERM)
    text = log.read_text()
    assert "Traceback" not in text
    assert re.search(
        r"^\S+ \S+ INFO 127\.0\.0\.1:\d+ - \"GET /healthz HTTP/1\.1\" 200$", text, re.M
    )


def test_serve_logs_json_lines(built: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with serving(log, "--json") as (url, _):
        get(f"{url}/healthz")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {tuple(line) for line in lines} == {("time", "level", "logger", "message")}
    (access,) = [line for line in lines if line["logger"] == "uvicorn.access"]
    assert access["level"] == "info"
    assert '"GET /healthz HTTP/1.1" 200' in access["message"]


def test_serve_without_an_index_says_so_and_ends(home: Path) -> None:
    out, err = process("serve", "--port", "0", code=1)
    assert out == ""
    assert err == "Error: There is no index in .blogqa/index.\nBuild it: blogqa build\n"


def test_serve_on_a_port_that_is_taken_says_so_and_ends(built: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [BLOGQA, "serve", "--port", str(port)],
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: Nothing can listen on 127.0.0.1, port {port}: Address already in use.\n"
        "End what listens there, or choose another --host or --port.\n"
    )
