"""Disks that refuse, for real: full ones, files that may not grow, folders that may not change."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_NOBODY = 65534


@contextmanager
def file_size_limit(size_bytes: int) -> Iterator[None]:
    """Within, no file grows beyond ``size_bytes``: a write past it is refused by the kernel."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def small_disk(size_mb: int = 4) -> Iterator[Path]:
    """An empty folder on a disk of its own; on an ordinary one where none can be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = shutil.which("mount") is not None and _run(
            "mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", folder
        )
        try:
            yield Path(folder)
        finally:
            # Lazily, as an index that a test leaves open is still mapped into memory.
            if mounted and not _run("umount", "--lazy", folder):
                raise OSError(f"{folder} cannot be unmounted")


@contextmanager
def filled(folder: Path, free_bytes: int) -> Iterator[None]:
    """Within, the disk of ``folder`` has ``free_bytes`` left; an ordinary one limits files."""
    if not os.path.ismount(folder):
        with file_size_limit(free_bytes):
            yield
        return
    disk = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(bytes(disk.f_bavail * disk.f_frsize - free_bytes))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """Within, nothing on a small ``disk`` that could be mounted may be changed by anybody."""
    if not _run("mount", "-o", "remount,ro", str(disk)):
        raise OSError(f"{disk} cannot be made read-only")
    try:
        yield
    finally:
        _run("mount", "-o", "remount,rw", str(disk))


@contextmanager
def public_folder() -> Iterator[Path]:
    """An empty folder that every user of the machine can reach, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def unchangeable(folder: Path) -> Iterator[None]:
    """Within, nothing in the public ``folder`` may be changed by this process, root or not.

    Where root may not become somebody else, no file may grow instead.
    """
    modes = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    user = os.geteuid()
    with ExitStack() as limits:
        try:
            if user == 0:  # whom permission bits don't bind
                os.seteuid(_NOBODY)
        except OSError:
            limits.enter_context(file_size_limit(0))
        try:
            yield
        finally:
            os.seteuid(user)
            for path, mode in modes.items():
                path.chmod(mode)


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
