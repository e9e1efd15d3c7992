"""The socket that a server's processes share."""

from __future__ import annotations

import socket

import pytest
import uvicorn

from qa.serving import shared_socket


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_no_part_of_an_answer_waits_for_the_one_before_it(host: str) -> None:
    config = uvicorn.Config("web.app:create_app", host=host, port=0)
    with (
        shared_socket(config) as shared,
        socket.create_connection(shared.getsockname()[:2]),
        shared.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
