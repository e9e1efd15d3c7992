"""Tests. Every module below is imported after this."""

import os
import shutil
import tempfile
from pathlib import Path

# Threads of torch and FAISS that wait for each other turn round while they do so, which takes the
# processors from the tests beside them: three quarters of the time that a training takes here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Tests write thousands of small databases, each waiting for the disk; where there is memory for
# them, they write into that.
_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2_000_000_000
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
    os.environ.setdefault("TMPDIR", str(_MEMORY))
    tempfile.tempdir = None  # pytest has asked by now, and would be told the same again
