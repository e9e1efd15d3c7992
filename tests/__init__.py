"""Tests. Every module below is imported after this."""

import os

# Threads of torch and FAISS that wait for each other turn round while they do so, which takes the
# processors from the tests beside them: three quarters of the time that a training takes here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
