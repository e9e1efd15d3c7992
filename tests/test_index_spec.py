"""The record of a compiled encoder: kept word for word, or refused with the way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.errors import EncoderError
from index.spec import (
    EncoderSpec,
    encoder_folder,
    model_file,
    read_spec,
    tokenizer_file,
    unusable,
    write_spec,
)

SPEC = EncoderSpec(
    model="tiny",
    digest="0123456789abcdef" * 4,
    dimensions=32,
    max_tokens=128,
    pooling="cls",
    query_prompt="Frage: «",
    passage_prompt="tell: ",
)


def test_a_record_reads_back_as_written(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    assert read_spec(tmp_path) == SPEC
    assert json.loads((tmp_path / "encoder.json").read_text()) == {
        "model": "tiny",
        "digest": SPEC.digest,
        "dimensions": 32,
        "max_tokens": 128,
        "pooling": "cls",
        "query_prompt": "Frage: «",
        "passage_prompt": "tell: ",
        "include_prompt": True,
        "pad_id": 0,
        "has_head": False,
        "full_precision": False,
        "runtime": "openvino",
        "reason": "",
        "format": 2,
    }


def test_where_things_lie() -> None:
    folder = encoder_folder(Path("encoders"), SPEC.digest)
    assert folder == Path("encoders/0123456789abcdef")
    assert model_file(folder) == folder / "model.xml"
    assert tokenizer_file(folder) == folder / "tokenizer.json"


def test_a_missing_record(tmp_path: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        read_spec(tmp_path)
    assert caught.value.message.startswith(f"The compiled encoder in {tmp_path} cannot be used: ")
    assert "No such file" in caught.value.message
    assert caught.value.hint == f"Remove {tmp_path} and run: blogqa build"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"null", b'"text"', b"\xff\xfe"])
def test_a_file_that_is_no_record(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "encoder.json").write_bytes(content)
    with pytest.raises(EncoderError, match="cannot be used: "):
        read_spec(tmp_path)


def change(folder: Path, **values: object) -> None:
    path = folder / "encoder.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_another_format_is_refused_with_both_numbers(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    change(tmp_path, format=3)
    with pytest.raises(EncoderError) as caught:
        read_spec(tmp_path)
    assert caught.value.message == (
        f"The compiled encoder in {tmp_path} cannot be used: it has format 3, this version reads 2."
    )


def test_a_field_too_many_or_too_few(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    change(tmp_path, layers=6)
    with pytest.raises(EncoderError, match="'layers'"):
        read_spec(tmp_path)
    (tmp_path / "encoder.json").write_text('{"model": "tiny"}')
    with pytest.raises(EncoderError, match="'digest'"):
        read_spec(tmp_path)


def test_the_way_out() -> None:
    error = unusable(Path("/encoders/0123"), "the weights are gone")
    assert error.message == (
        "The compiled encoder in /encoders/0123 cannot be used: the weights are gone."
    )
    assert error.hint == "Remove /encoders/0123 and run: blogqa build"
    assert error.code == "encoder_error"
