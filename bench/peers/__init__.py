"""blogqa beside what people would use instead: same machine, run, weights and texts.

The libraries live in an environment of their own (``pip install --group peers``); ``make
bench-peers`` makes it. Only the modules ``with_txtai`` and ``with_llamaindex`` run there.
"""
