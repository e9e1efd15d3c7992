"""The records there are, held to one contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.record import Record
from qa.record_sql import SqlRecord
from tests.contracts.record import RecordContract


class TestSql(RecordContract):
    @pytest.fixture
    def record(self, tmp_path: Path) -> Iterator[Record]:
        record = SqlRecord(tmp_path / "questions.sqlite")
        yield record
        record.close()
