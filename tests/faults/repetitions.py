"""How often faults are repeated: a few times in every run of the tests, or as often as promised."""

from __future__ import annotations

import os
import random

ALL = os.environ.get("FAULTS") == "all"
"""Whether every fault is tried, as `make test-faults` does."""

KILLS = 200 if ALL else 4
REBUILDS = 100 if ALL else 4

SEED = int(os.environ.get("FAULTS_SEED", random.randrange(2**32)))
"""Where in time a fault strikes; a test says it, to be given again in the environment."""
