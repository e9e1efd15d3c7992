"""The Slack bot under load, before a Slack on loopback: ``python -m bench.slack --home FOLDER``.

A server with the bot inside it, in a process of its own. First ``/api/ask`` alone, then with twenty
mentions in work all the time: how fast those are acknowledged and answered, what that does to
``/api/ask``. Then 500 deliveries, 30% of them repeats and 10% out of order, with the server ended
and started again in the middle: how many questions got how many answers.
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
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.speed import QUESTIONS
from tests.servers import address
from tests.slack.deliveries import Sender, mention, shuffled
from tests.slack.fake import BOT_TOKEN, SIGNING_SECRET, Call, FakeSlack, fake_slack
from web.slack.manifest import PATH

IN_WORK = 20
MENTIONS = 200
ASKED = 200


def percentile(seconds: list[float], percent: float) -> float:
    """Milliseconds within which ``percent`` of ``seconds`` lie."""
    return sorted(seconds)[min(int(len(seconds) * percent / 100), len(seconds) - 1)] * 1000


@contextmanager
def serving(home: Path, slack: FakeSlack) -> Iterator[str]:
    """The address of a server with the bot inside, ended by an interrupt."""
    (home / "blogqa.toml").write_text(
        f'[slack]\napi_url = "{slack.api()}"\nmost_waiting = 1000\n', encoding="utf-8"
    )
    environ = os.environ | {
        "BLOGQA_HOME": str(home),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }
    command = [sys.executable, "-m", "uvicorn", "web.app:create_app", "--factory", "--port", "0"]
    log = home / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=home, env=environ, stderr=output, stdout=output)
    try:
        yield address(server, log)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


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
    sender: Sender, slack: FakeSlack, ended: Callable[[], bool]
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
        sender.event(body).raise_for_status()
        acknowledged.append(time.monotonic() - started)

    slack.watchers.append(watch)
    with ThreadPoolExecutor(IN_WORK) as pool:
        for number, question in enumerate(itertools.cycle(QUESTIONS)):
            room.acquire()
            if number >= MENTIONS and ended():
                break
            pool.submit(send, question)
    slack.posted(len(asked))
    return acknowledged, answered


def load(home: Path, client: httpx.Client) -> None:
    """Print how fast all is, alone and under a burst."""
    spawn = multiprocessing.get_context("spawn")
    with (
        fake_slack() as slack,
        serving(home, slack) as url,
        ProcessPoolExecutor(1, mp_context=spawn) as other,
    ):
        other.submit(ask, url, 20).result()
        alone = other.submit(ask, url, ASKED).result()
        beside = other.submit(ask, url, ASKED)
        acknowledged, answered = burst(Sender(url + PATH, client), slack, beside.done)
        during = beside.result()
    p95, burst_p95 = percentile(alone, 95), percentile(during, 95)
    print(f"{len(answered)} mentions, {IN_WORK} in work at a time:")
    print(f"  acknowledged       p50 {percentile(acknowledged, 50):6.1f} ms   ", end="")
    print(f"p99 {percentile(acknowledged, 99):6.1f} ms")
    print(f"  mention to answer  p50 {percentile(answered, 50):6.1f} ms   ", end="")
    print(f"p95 {percentile(answered, 95):6.1f} ms")
    print(f"  /api/ask           p95 {p95:6.1f} ms alone, {burst_p95:6.1f} ms beside ", end="")
    print(f"them: {burst_p95 / p95:.2f} times")


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
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, httpx.Client(timeout=60) as client:
        home = Path(folder) / "home"
        shutil.copytree(arguments.home, home, symlinks=True)
        load(home, client)
        once(home, client)


if __name__ == "__main__":
    main()
