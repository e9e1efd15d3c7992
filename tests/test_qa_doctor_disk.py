"""What lies beside the index in use: older generations, leftovers, free space."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from index.lock import build_lock
from qa.doctor_disk import space
from qa.findings import Finding
from qa.settings import Settings
from qa.workspace import build_index
from tests import checkups

ROOT = Path(__file__).parent.parent


def older(settings: Settings, *names: str) -> list[Path]:
    """Generations like the one in use, by ``names``."""
    folder = checkups.generation(settings)
    return [Path(shutil.copytree(folder, folder.parent / name)) for name in names]


def test_older_generations_to_return_to(home: Settings) -> None:
    older(home, "1")
    message = "1 older generation to return to with blogqa rollback."
    assert checkups.found(home, "older_generations") == [
        Finding("older_generations", "ok", message)
    ]


def test_an_older_generation_that_is_damaged(home: Settings) -> None:
    folder, _ = older(home, "1", "2")
    (folder / "layout.npy").write_bytes(b"")
    assert checkups.unwell(home) == [
        Finding(
            "older_generations",
            "warning",
            f"{folder}/layout.npy is not what the build wrote: blogqa rollback cannot return to 1.",
            f"Remove {folder}",
        )
    ]


def test_an_older_generation_of_another_encoder_that_is_gone(home: Settings) -> None:
    (folder,) = older(home, "1")
    checkups.change_manifest(folder, encoder_digest="gone", model="mine", generation="1")
    assert checkups.unwell(home) == [
        Finding(
            "older_generations",
            "warning",
            f"The encoder mine of the index 1 is missing from {home.encoders_folder}: "
            "blogqa rollback cannot return to 1.",
            f"Remove {folder}",
        )
    ]


def test_generations_beyond_those_that_are_kept(home: Settings) -> None:
    older(home, "1", "2")
    assert checkups.found(home, "generations_kept") == []
    older(home, "3")
    (finding,) = checkups.found(home, "generations_kept")
    assert finding.severity == "info"
    assert finding.message.startswith("4 generations are kept where 3 are enough (")
    assert finding.remedy == "The next build that changes the index removes the oldest."


def staged(settings: Settings) -> Path:
    folder = settings.index_folder / "generations" / ".staging-x"
    folder.mkdir()
    (folder / "half").write_bytes(bytes(1500))
    return folder


def test_what_a_stopped_build_left(home: Settings) -> None:
    folder = staged(home)
    pointer = home.index_folder / ".current"
    pointer.write_text("x")
    journal = home.index_folder / ".0123456789abcdef.vectors"
    journal.write_bytes(bytes(2500))
    left = "or leave it to the next build that changes the index."
    names = ("staging", "pointer", "journal", "build_at_work")
    assert checkups.found(home, *names) == [
        Finding(
            "staging",
            "warning",
            f"{folder} is of a build that was stopped (1.5 kB).",
            f"Remove {folder}, {left}",
        ),
        Finding(
            "pointer",
            "info",
            f"{pointer} is of a build that was stopped.",
            f"Remove {pointer}, {left}",
        ),
        Finding(
            "journal",
            "info",
            f"{journal} holds the vectors of a build that was stopped (2.5 kB).",
            "The next build goes on from there: blogqa build",
        ),
    ]
    build_index(home, full=True)
    assert checkups.found(home, *names) == []


STOPPED = """
import os, signal, sys
from pathlib import Path
from dataclasses import replace
from qa.settings import Settings
from qa.workspace import build_index
settings = replace(Settings(), home=Path(sys.argv[1]))
def stop(progress):
    print("at work", flush=True)
    signal.pause()
build_index(settings, full=True, on_progress=stop)
"""


@contextmanager
def building(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A build that has begun to encode, and there stays until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED, settings.home],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as build:
        try:
            assert build.stdout is not None
            assert build.stdout.readline() == "at work\n"
            yield build
        finally:
            build.kill()


def test_a_build_at_work_leaves_nothing_until_it_is_killed(home: Settings) -> None:
    with building(home) as build:
        assert checkups.unwell(home) == []
        assert checkups.found(home, "build_at_work") == [
            Finding("build_at_work", "info", f"A build is at work in {home.index_folder}.")
        ]
        os.kill(build.pid, signal.SIGKILL)
    (left,) = checkups.unwell(home)
    assert left.name == "staging"
    assert [each.name for each in checkups.found(home, "journal", "build_at_work")] == ["journal"]
    build_index(home, full=True)
    assert checkups.found(home, "staging", "journal", "build_at_work") == []


def test_what_a_stopped_compilation_left(home: Settings) -> None:
    folder = checkups.own_encoders(home) / ".compiling-x"
    folder.mkdir()
    (folder / "model.bin").write_bytes(bytes(1_200_000))
    assert checkups.found(home, "compiling") == [
        Finding("compiling", "info", f"An encoder is being compiled in {folder}.")
    ]
    os.utime(folder, (0, 0))
    message = f"{folder} is of a compilation that was stopped (1.2 MB)."
    assert checkups.found(home, "compiling") == [
        Finding("compiling", "warning", message, f"Remove {folder}")
    ]


def test_encoders_that_nothing_uses(home: Settings) -> None:
    folder = checkups.own_encoders(home) / "fedcba9876543210"
    folder.mkdir()
    (folder / "model.bin").write_bytes(bytes(1_200_000))
    assert checkups.found(home, "unused_encoders") == [
        Finding(
            "unused_encoders",
            "info",
            f"No generation uses the encoder {folder} (1.2 MB).",
            f"Remove {folder} if it is not wanted again",
        )
    ]


def test_what_a_stopped_adaptation_left(home: Settings) -> None:
    folder = home.models_folder / ".adapting-x"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(bytes(1_200_000))
    message = f"{folder} is of an adaptation that was stopped (1.2 MB)."
    remedy = f"Remove {folder}, or leave it to the next one"
    assert checkups.found(home, "adapting") == [Finding("adapting", "warning", message, remedy)]
    with build_lock(home.models_folder, "adaptation"):
        assert checkups.found(home, "adapting") == [
            Finding("adapting", "info", f"An adaptation is at work in {home.models_folder}.")
        ]


def test_adapted_models_that_nothing_uses(home: Settings) -> None:
    old, own = (home.models_folder / f"adapted-{name}" for name in ("aa", "bb"))
    for folder in (old, own):
        folder.mkdir(parents=True)
        (folder / "model.bin").write_bytes(bytes(1_200_000))
    assert checkups.found(replace(home, model=str(own)), "unused_models") == [
        Finding(
            "unused_models",
            "info",
            f"No generation uses the adapted model {old} (1.2 MB).",
            f"Remove {old} if it is not wanted again",
        )
    ]


def test_the_encoder_that_is_set_is_wanted(home: Settings, tmp_path: Path) -> None:
    shutil.rmtree(home.index_folder)
    (encoder,) = checkups.own_encoders(home).iterdir()
    assert checkups.found(home, "unused_encoders") == []
    (finding,) = checkups.found(replace(home, model="/no/model"), "unused_encoders")
    assert finding.message.startswith(f"No generation uses the encoder {encoder} (")


@pytest.mark.parametrize(
    ("free_bytes", "severity", "message", "remedy"),
    [
        (9_000_000, "ok", "9.0 MB free on the disk of /home.", ""),
        (
            8_999_999,
            "warning",
            "9.0 MB free on the disk of /home: the next build may need 9.0 MB.",
            "Free some space there.",
        ),
        (
            2_900_000,
            "error",
            "2.9 MB free on the disk of /home: the next build cannot write an index of 3.0 MB.",
            "Free some space there.",
        ),
    ],
)
def test_space_is_compared_with_what_a_build_needs(
    free_bytes: int, severity: str, message: str, remedy: str
) -> None:
    found = space(Path("/home"), 3_000_000, free_bytes)
    assert (found.name, found.severity, found.message, found.remedy) == (
        "space",
        severity,
        message,
        remedy,
    )


def test_the_disk_of_the_home_is_what_counts(home: Settings) -> None:
    (finding,) = checkups.found(home, "space")
    assert finding.severity == "ok"
    assert finding.message.endswith(f" free on the disk of {home.home}.")
