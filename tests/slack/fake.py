"""Slack on loopback: the Web API, response addresses and Socket Mode, as the real SDK meets them.

It keeps what it got, refuses what Slack refuses, and can be told to be slow, to fail or to hang up.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.slack.refusals import Refused, check_message, check_view

BOT_TOKEN = "xoxb-1111-2222-botTokenForTests"
APP_TOKEN = "xapp-1-A111-3333-appTokenForTests"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_USER, BOT_ID, APP_ID, TEAM = "U0BOT", "B0BOT", "A0APP", "T0TEAM"
SCOPES = ("app_mentions:read", "chat:write", "commands", "im:history", "reactions:write")
CHANNELS = ("C0SALES", "C0OTHER", "D0RENA", "D0IVO")
WAIT_S = 30.0
_URL_LIFE_S = 30 * 60
_URL_USES = 5
_NEEDED = {
    "auth.test": "",
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "views.open": "",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "conversations.replies": "im:history",
    "conversations.history": "im:history",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that came in: a Web API method or ``response_url``, what it brought, its result."""

    method: str
    body: dict[str, Any]
    error: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is to happen instead of the next call of a method.

    ``status`` 429 brings ``retry_after_s``; ``drop`` hangs up, before or after the call has its
    effect; ``error`` is said with status 200; ``delay_s`` is waited, and the call goes on.
    """

    status: int = 200
    retry_after_s: int = 1
    drop: str = ""
    error: str = ""
    delay_s: float = 0.0


@dataclass(slots=True)
class _ResponseUrl:
    made_at: float
    channel: str
    uses: int = 0


@dataclass(slots=True)
class FakeSlack:
    """One workspace with one bot. Start it with :func:`fake_slack`."""

    url: str = ""
    scopes: tuple[str, ...] = SCOPES
    channels: set[str] = field(default_factory=lambda: set(CHANNELS))
    joined: set[str] = field(default_factory=lambda: set(CHANNELS))
    now: Callable[[], float] = time.time
    calls: list[Call] = field(default_factory=list)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    reactions: set[tuple[str, str, str]] = field(default_factory=set)
    troubles: dict[str, deque[Trouble]] = field(default_factory=lambda: defaultdict(deque))
    watchers: list[Callable[[Call], None]] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acks: dict[str, dict[str, Any]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _urls: dict[str, _ResponseUrl] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _turn: Iterator[int] = field(default_factory=itertools.count)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def clear(self) -> None:
        """Forget all that came in and all that was arranged, once the last socket is closed."""
        self.wait(lambda: not self.sockets, "a socket is open")
        self.scopes, self.now = SCOPES, time.time
        self.channels, self.joined = set(CHANNELS), set(CHANNELS)
        for each in (self.calls, self.watchers):
            each.clear()
        for every in (self.messages, self.reactions, self.troubles, self.acks, self._urls):
            every.clear()

    def response_url(self, channel: str = "C0SALES") -> str:
        """A new address for answers, good for five uses within thirty minutes."""
        name = f"r{next(self._numbers)}"
        self._urls[name] = _ResponseUrl(self.now(), channel)
        return f"{self.url}/respond/{name}"

    def api(self) -> str:
        """The base of the Web API, as ``base_url`` of a client."""
        return f"{self.url}/api/"

    def trouble(self, method: str, *what: Trouble) -> None:
        """Have the next calls of ``method`` meet ``what``, one after the other."""
        self.troubles[method].extend(what)

    def of(self, method: str) -> list[Call]:
        """The calls of ``method`` that were granted."""
        return [each for each in list(self.calls) if each.method == method and each.error is None]

    def wait(self, what: Callable[[], Any], why: str = "nothing came") -> Any:
        """What ``what`` gives as soon as it gives something; fails after :data:`WAIT_S`."""
        end = time.monotonic() + WAIT_S
        with self._changed:
            while not (found := what()):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{why}; there was {[c.method for c in self.calls]}")
                self._changed.wait(min(left, 0.5))
        return found

    def wait_for(self, method: str, count: int = 1) -> list[dict[str, Any]]:
        """The bodies of the first granted calls of ``method``, once there are ``count``."""
        self.wait(lambda: len(self.of(method)) >= count, f"fewer than {count} of {method}")
        return [each.body for each in self.of(method)[:count]]

    def posted(self, count: int = 1) -> list[dict[str, Any]]:
        """The first ``count`` messages posted to channels, once they are there."""
        return self.wait_for("chat.postMessage", count)

    def envelope(self, kind: str, payload: dict[str, Any], **more: Any) -> str:
        """Send ``payload`` over one of the open sockets, in turn; gives the envelope's id."""
        name = f"env-{next(self._numbers)}"
        body = {"envelope_id": name, "type": kind, "payload": payload, **more}
        body.setdefault("accepts_response_payload", kind != "events_api")
        self.wait(lambda: self.sockets, "no socket is open")
        self._send(json.dumps(body))
        return name

    def acknowledged(self, envelope: str) -> dict[str, Any]:
        """What was sent back for ``envelope``, once it was."""
        found: dict[str, Any] = self.wait(lambda: self.acks.get(envelope), "no acknowledgement")
        return found

    def ask_to_reconnect(self) -> None:
        """Say, as Slack does before it closes a socket, that the client is to open another."""
        self._send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def close_sockets(self) -> None:
        """Close all sockets without a word."""
        for socket in list(self.sockets):
            asyncio.run_coroutine_threadsafe(socket.close(), self._loop).result(WAIT_S)

    def _send(self, text: str) -> None:
        sockets = list(self.sockets)
        socket = sockets[next(self._turn) % len(sockets)]
        asyncio.run_coroutine_threadsafe(socket.send_str(text), self._loop).result(WAIT_S)

    def _note(self, method: str, body: dict[str, Any], error: str | None) -> None:
        call = Call(method, body, error, time.monotonic())
        for watcher in self.watchers:
            watcher(call)
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body = await _body(request)

        async def serve() -> web.Response:
            try:
                result = self._call(method, request.headers.get("Authorization", ""), body)
            except Refused as refused:
                self._note(method, body, refused.error)
                answer = {"ok": False, "error": refused.error}
                if refused.detail:
                    answer["response_metadata"] = {"messages": [refused.detail]}
                return web.json_response(answer)
            self._note(method, body, None)
            scopes = {"x-oauth-scopes": ",".join(self.scopes)}
            return web.json_response({"ok": True, **result}, headers=scopes)

        return await self._meet(method, body, request, serve)

    async def _meet(
        self,
        method: str,
        body: dict[str, Any],
        request: web.Request,
        serve: Callable[[], Awaitable[web.Response]],
    ) -> web.StreamResponse:
        trouble = self.troubles[method].popleft() if self.troubles[method] else Trouble()
        if trouble.delay_s:
            await asyncio.sleep(trouble.delay_s)
        if trouble.drop:
            if trouble.drop == "after":
                await serve()
            else:
                self._note(method, body, "dropped")
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if trouble.status != 200 or trouble.error:
            error = trouble.error or {429: "ratelimited"}.get(trouble.status, "internal_error")
            self._note(method, body, error)
            headers = {"Retry-After": str(trouble.retry_after_s)} if trouble.status == 429 else {}
            return web.json_response(
                {"ok": False, "error": error}, status=trouble.status, headers=headers
            )
        return await serve()

    def _call(self, method: str, authorization: str, body: dict[str, Any]) -> dict[str, Any]:
        if method == "apps.connections.open":
            if authorization != f"Bearer {APP_TOKEN}":
                raise Refused("invalid_auth")
            return {"url": f"{self.url.replace('http', 'ws')}/link/?ticket={next(self._numbers)}"}
        if method not in _NEEDED:
            raise Refused("unknown_method")
        if authorization != f"Bearer {BOT_TOKEN}":
            raise Refused("invalid_auth" if authorization else "not_authed")
        if _NEEDED[method] and _NEEDED[method] not in self.scopes:
            raise Refused("missing_scope", _NEEDED[method])
        if method == "auth.test":
            return {
                "url": "https://team.example/",
                "team": "Team",
                "user": "blog-answers",
                "team_id": TEAM,
                "user_id": BOT_USER,
                "bot_id": BOT_ID,
                "app_id": APP_ID,
            }
        if method == "views.open":
            if not body.get("trigger_id"):
                raise Refused("invalid_trigger_id")
            check_view(body["view"])
            return {"view": {**body["view"], "id": f"V{next(self._numbers)}"}}
        channel = str(body.get("channel", ""))
        if channel not in self.channels:
            raise Refused("channel_not_found")
        if method.startswith("conversations."):
            return self._look(channel, body)
        if method.startswith("reactions."):
            return self._react(method, channel, body)
        if channel not in self.joined:
            raise Refused("not_in_channel")
        check_message(body)
        if method == "chat.postEphemeral":
            if not body.get("user"):
                raise Refused("invalid_arguments")
            return {"message_ts": self._stamp()}
        if method == "chat.update":
            return self._update(channel, body)
        message = {**body, "ts": self._stamp(), "user": BOT_USER, "bot_id": BOT_ID}
        self.messages[channel].append(message)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _look(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        if not channel.startswith("D") and "channels:history" not in self.scopes:
            raise Refused("missing_scope", "channels:history")
        thread = body.get("ts")
        found = [
            each
            for each in self.messages[channel]
            if each["ts"] >= body.get("oldest", "") and thread in (None, each.get("thread_ts"))
        ]
        return {"messages": found}

    def _react(self, method: str, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        reaction = (channel, str(body["timestamp"]), str(body["name"]))
        if method == "reactions.add":
            if reaction in self.reactions:
                raise Refused("already_reacted")
            self.reactions.add(reaction)
        else:
            if reaction not in self.reactions:
                raise Refused("no_reaction")
            self.reactions.remove(reaction)
        return {}

    def _update(self, channel: str, body: dict[str, Any]) -> dict[str, Any]:
        for message in self.messages[channel]:
            if message["ts"] == body.get("ts"):
                message.update(body)
                return {"channel": channel, "ts": message["ts"]}
        raise Refused("message_not_found")

    def _stamp(self) -> str:
        return f"{int(self.now())}.{next(self._numbers):06}"

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)

        async def serve() -> web.Response:
            found = self._urls.get(request.match_info["name"])
            try:
                if found is None or self.now() - found.made_at > _URL_LIFE_S:
                    raise Refused("expired_url")
                if found.uses >= _URL_USES:
                    raise Refused("used_url")
                if not body.get("delete_original"):
                    check_message(body)
            except Refused as refused:
                self._note("response_url", body, refused.error)
                return web.json_response({"ok": False, "error": refused.error}, status=404)
            found.uses += 1
            self._note("response_url", {**body, "channel": found.channel}, None)
            return web.Response(text="ok")

        return await self._meet("response_url", body, request, serve)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets) + 1})
        with self._changed:
            self.sockets.append(socket)
            self._changed.notify_all()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    body = json.loads(message.data)
                    with self._changed:
                        self.acks[body["envelope_id"]] = body
                        self._changed.notify_all()
        finally:
            with self._changed:
                self.sockets.remove(socket)
                self._changed.notify_all()
        return socket


async def _body(request: web.Request) -> dict[str, Any]:
    body: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body |= await request.json()
    else:
        body |= dict(await request.post())
    return body


@contextmanager
def fake_slack(**options: Any) -> Iterator[FakeSlack]:
    """A Slack that listens on a free port of loopback, in a thread of its own."""
    slack = FakeSlack(**options)
    started = threading.Event()

    async def serve() -> Callable[[], Awaitable[None]]:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", slack._api)
        app.router.add_post("/respond/{name}", slack._respond)
        app.router.add_get("/link/", slack._link)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner.cleanup

    def run() -> None:
        stop = slack._loop.run_until_complete(serve())
        started.set()
        slack._loop.run_forever()
        slack._loop.run_until_complete(stop())
        slack._loop.close()

    thread = threading.Thread(target=run, name="fake Slack", daemon=True)
    thread.start()
    assert started.wait(WAIT_S)
    try:
        yield slack
    finally:
        slack._loop.call_soon_threadsafe(slack._loop.stop)
        thread.join(WAIT_S)
