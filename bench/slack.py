"""The Slack bot under load, before a Slack on loopback: ``python -m bench.slack --home FOLDER``.

Three arrangements: the bot inside the server (Slack asks over HTTP), apart from it (Socket Mode, a
process of its own, of low priority), and apart with a server of its own. For each ``/api/ask``
alone, then with twenty mentions in work all the time: how fast those are acknowledged and answered,
what that does to ``/api/ask``. Then 500 deliveries to the bot inside, 30% of them repeats and 10%
out of order, with the server ended and started again in the middle: how many questions got how many
answers.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.speed import QUESTIONS
from tests.servers import address, heed_interrupts
from tests.slack.deliveries import Sender, mention, shuffled
from tests.slack.fake import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    Call,
    FakeSlack,
    fake_slack,
)
from web.slack.manifest import PATH

ARRANGEMENTS = {
    "inside": "The bot inside the server",
    "apart": "The bot apart (Socket Mode)",
    "alone": "The bot apart, with a server of its own",
}
NICENESS = 10
"""Of the bot apart, and of a server of its own: what else runs goes before them."""
IN_WORK = 20
MENTIONS = 200
ASKED = 200
_SERVER = ["uvicorn", "web.app:create_app", "--factory", "--port", "0"]
Send = Callable[[dict[str, Any]], object]
Process = tuple[subprocess.Popen[bytes], Path]


def percentile(seconds: list[float], percent: float) -> float:
    """Milliseconds within which ``percent`` of ``seconds`` lie."""
    return sorted(seconds)[min(int(len(seconds) * percent / 100), len(seconds) - 1)] * 1000


@contextmanager
def process(
    home: Path, arguments: list[str], *, niceness: int = 0, **environ: str
) -> Iterator[Process]:
    """A process of ours with the archive of ``home``, and its log; ended by an interrupt."""
    log = home / f"{len(list(home.glob('*.log')))}.log"
    ours = {"BLOGQA_HOME": str(home), "PYTHONPATH": str(Path(__file__).parent.parent)}
    with log.open("w") as output:
        running = subprocess.Popen(
            ["nice", f"-n{niceness}", sys.executable, "-m", *arguments],
            cwd=home,
            env=os.environ | ours | environ,
            stderr=output,
            stdout=output,
            preexec_fn=heed_interrupts,
        )
    try:
        yield running, log
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)


@contextmanager
def serving(home: Path, slack: FakeSlack, *, bot: bool = True, niceness: int = 0) -> Iterator[str]:
    """The address of a server, with the ``bot`` inside or without."""
    (home / "blogqa.toml").write_text(
        f'[slack]\napi_url = "{slack.api()}"\nmost_waiting = 1000\n', encoding="utf-8"
    )
    secret = SIGNING_SECRET if bot else ""
    tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": secret}
    with process(home, _SERVER, niceness=niceness, **tokens) as (server, log):
        yield address(server, log)


@contextmanager
def inside(home: Path, slack: FakeSlack, client: httpx.Client) -> Iterator[tuple[str, Send]]:
    """A server with the bot inside: its address, and what sends a mention till it is taken."""
    with serving(home, slack) as url:
        sender = Sender(url + PATH, client)
        yield url, lambda body: sender.event(body).raise_for_status()


@contextmanager
def apart(home: Path, slack: FakeSlack, *, alone: bool) -> Iterator[tuple[str, Send]]:
    """A server, and the bot in Socket Mode, which asks it or, if ``alone``, a second one."""
    with ExitStack() as stack:
        ranks = [0, NICENESS] if alone else [0]
        urls = [
            stack.enter_context(serving(home, slack, bot=False, niceness=rank)) for rank in ranks
        ]
        tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
        bot = ["qa.cli", "slack", "--home", str(home), "--server", urls[-1]]
        stack.enter_context(process(home, bot, niceness=NICENESS, **tokens))
        slack.wait(lambda: slack.sockets, "the bot does not connect")
        yield urls[0], lambda body: slack.acknowledged(slack.envelope("events_api", body))


def ask(url: str, count: int) -> list[float]:
    """Seconds that each of ``count`` questions to the API took, one after the other."""
    seconds = []
    with httpx.Client(timeout=60) as client:
        for question in itertools.islice(itertools.cycle(QUESTIONS), count):
            started = time.perf_counter()
            client.post(f"{url}/api/ask", json={"question": question}).raise_for_status()
            seconds.append(time.perf_counter() - started)
    return seconds


def burst(
    deliver: Send, slack: FakeSlack, ended: Callable[[], bool]
) -> tuple[list[float], list[float]]:
    """Seconds to acknowledge and to answer each mention, :data:`IN_WORK` at a time till ``ended``.

    At least :data:`MENTIONS` of them.
    """
    acknowledged: list[float] = []
    answered: list[float] = []
    asked: dict[str, float] = {}
    room = threading.Semaphore(IN_WORK)

    def watch(call: Call) -> None:
        if call.method == "chat.postMessage" and call.body["thread_ts"] in asked:
            answered.append(call.at - asked[call.body["thread_ts"]])
            room.release()

    def send(question: str) -> None:
        body = mention(question)
        started = time.monotonic()
        asked[body["event"]["ts"]] = started
        deliver(body)
        acknowledged.append(time.monotonic() - started)

    slack.watchers.append(watch)
    with ThreadPoolExecutor(IN_WORK) as pool:
        for number, question in enumerate(itertools.cycle(QUESTIONS)):
            if not room.acquire(timeout=60):
                raise TimeoutError("No question was answered for a minute.")
            if number >= MENTIONS and ended():
                break
            pool.submit(send, question)
    slack.posted(len(asked))
    return acknowledged, answered


def load(arrangement: str, home: Path, client: httpx.Client) -> None:
    """Print how fast all is, alone and under a burst."""
    spawn = multiprocessing.get_context("spawn")
    with fake_slack() as slack, ProcessPoolExecutor(1, mp_context=spawn) as other:
        arranged = (
            inside(home, slack, client)
            if arrangement == "inside"
            else apart(home, slack, alone=arrangement == "alone")
        )
        with arranged as (url, deliver):
            other.submit(ask, url, 20).result()
            alone = other.submit(ask, url, ASKED).result()
            beside = other.submit(ask, url, ASKED)
            acknowledged, answered = burst(deliver, slack, beside.done)
            during = beside.result()
    p95, burst_p95 = percentile(alone, 95), percentile(during, 95)
    print(f"{ARRANGEMENTS[arrangement]}: {len(answered)} mentions, {IN_WORK} in work at a time")
    print(f"  acknowledged       p50 {percentile(acknowledged, 50):6.1f} ms   ", end="")
    print(f"p99 {percentile(acknowledged, 99):6.1f} ms")
    print(f"  mention to answer  p50 {percentile(answered, 50):6.1f} ms   ", end="")
    print(f"p95 {percentile(answered, 95):6.1f} ms")
    print(
        f"  /api/ask           p50 {percentile(alone, 50):6.1f} ms, p95 {p95:6.1f} ms alone; ",
        end="",
    )
    print(f"{percentile(during, 50):.1f} ms, {burst_p95:.1f} ms beside them: ", end="")
    print(f"p95 {burst_p95 / p95:.2f} times", flush=True)


def once(home: Path, client: httpx.Client) -> None:
    """Print how many answers 500 deliveries led to, with a restart in the middle."""
    asked, sent = shuffled(500, seed=7)
    with fake_slack() as slack:
        for half in (sent[:250], sent[250:]):
            with serving(home, slack) as url, ThreadPoolExecutor(8) as pool:
                sender = Sender(url + PATH, client)
                assert {each.status_code for each in pool.map(sender.event, half)} == {200}
        with serving(home, slack):  # answers what the second left
            slack.posted(len(asked))
        keys = Counter(
            each.body["metadata"]["event_payload"]["key"] for each in slack.of("chat.postMessage")
        )
    wanted = {f"C0SALES:{each['event']['ts']}" for each in asked}
    print(f"{len(sent)} deliveries of {len(asked)} questions, a restart in the middle:")
    print(f"  {len(wanted & keys.keys())} answered, {len(wanted - keys.keys())} lost, ", end="")
    print(f"{sum(count > 1 for count in keys.values())} answered twice")


def main() -> None:
    """Measure on a copy of the home that is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="a home that is built")
    parser.add_argument("--only", choices=[*ARRANGEMENTS, "once"], help="measure this alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, httpx.Client(timeout=60) as client:
        home = Path(folder) / "home"
        shutil.copytree(arguments.home, home, symlinks=True)
        for arrangement in ARRANGEMENTS:
            if arguments.only in (None, arrangement):
                load(arrangement, home, client)
        if arguments.only in (None, "once"):
            once(home, client)


if __name__ == "__main__":
    main()
