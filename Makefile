# make demo and make test are all a newcomer needs: each sets up what it uses.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-peers
PEERS_READY := $(PEERS)/.ready
DEMO_HOME := .blogqa/demo
QUESTION ?= how do I handle call reluctance?

# Measurements read the real data here if it is there, else the sample archive.
SHARED ?= ../shared
EVALUATED := $(notdir $(wildcard $(SHARED)/eval/leadiq $(SHARED)/data/scifact $(SHARED)/data/xquad))
POSTS ?= $(firstword $(wildcard $(SHARED)/data/leadiq) corpus/sample)

.PHONY: demo serve test test-browser test-faults check screenshots format bench bench-indexes bench-load \
	bench-peers bench-precision bench-scale bench-slack bench-update eval eval-leadiq eval-scifact eval-xquad eval-peers \
	eval-passages eval-parts eval-misses eval-import fuzz constraints docs clean

demo: $(READY)
	$(BIN)/blogqa import corpus/sample --home $(DEMO_HOME)
	$(BIN)/blogqa build --home $(DEMO_HOME)
	$(BIN)/blogqa ask "$(QUESTION)" --home $(DEMO_HOME)
ifeq ($(SERVE),1)
	@echo
	@echo "The chat page: http://$(HOST):$(PORT) (Ctrl+C ends it)"
	$(BIN)/blogqa serve --home $(DEMO_HOME) --host $(HOST) --port $(PORT)
endif

# Two at once, each with whole files, since tests of one file share what is slow to make. In the order
# of the files, the slow ones of the folders first: else the last minutes are one process's alone.
test: $(READY)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# The page in a real browser, and at the end what was measured of it.
test-browser: $(READY)
	$(BIN)/python -m pytest tests/browser

# 200 builds killed, 100 rebuilds under load, every kind of damage: make test tries a few of each.
test-faults: $(READY)
	FAULTS=all $(BIN)/python -m pytest tests/faults -rP

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m bench.speed $(POSTS)

bench-peers: $(READY) $(PEERS_READY)
	$(BIN)/python -m bench.peers $(POSTS) --python $(PEERS)/bin/python \
		--spare $(SHARED)/data/scifact/corpus.jsonl $(if $(JSON),--json $(JSON))

bench-load: $(READY)
	$(BIN)/python -m bench.load --home $(or $(HOME_FOLDER),$(DEMO_HOME)) $(if $(WORKERS),--workers $(WORKERS))

bench-slack: $(READY)
	$(BIN)/python -m bench.slack --home $(or $(HOME_FOLDER),$(DEMO_HOME))

bench-update: $(READY)
	$(BIN)/python -m bench.refresh $(POSTS)

bench-scale: $(READY)
	$(BIN)/python -m bench.scale $(POSTS) $(wildcard $(SHARED)/data/scifact/corpus.jsonl) \
		--plot docs/scale.svg $(if $(JSON),--json $(JSON))

bench-indexes: $(READY)
	$(BIN)/python -m bench.indexes $(POSTS) $(SHARED)/data/scifact/corpus.jsonl $(SHARED)/data/scifact/queries.jsonl

bench-precision: $(READY)
	$(BIN)/python -m bench.precision $(SHARED)/data/leadiq $(SHARED)/eval/leadiq

# Judged questions, as far as they are here. What is built for it is kept: the second time is quick.
eval: $(READY) $(addprefix eval-,$(EVALUATED))
	$(if $(EVALUATED),,@echo "There are no judged questions in $(SHARED).")

eval-leadiq: EVALUATE = $(SHARED)/eval/leadiq --posts $(SHARED)/data/leadiq
eval-scifact: EVALUATE = $(SHARED)/data/scifact
eval-xquad: EVALUATE = $(SHARED)/data/xquad

$(addprefix eval-,leadiq scifact xquad): eval-%: $(READY)
	$(BIN)/blogqa evaluate $(EVALUATE) --work .blogqa/eval --baselines --floors tests/floors.json \
		--save build/eval/$*.json --report build/eval/$*.html

# The same beside txtai and LlamaIndex, which rank the same passages with the same weights.
eval-peers: EVALUATE = $(SHARED)/eval/leadiq --posts $(SHARED)/data/leadiq --work .blogqa/eval
eval-peers: $(READY) $(PEERS_READY)
	$(BIN)/python -m bench.peers.ranked $(EVALUATE) --python $(PEERS)/bin/python --out build/eval/peers.json
	$(BIN)/blogqa evaluate $(EVALUATE) --baselines --rankings build/eval/peers.json --report build/eval/peers.html

# The tables of docs/evaluation.md: ways of cutting passages, and every part left out in turn.
eval-passages: $(READY)
	$(BIN)/python -m bench.passages $(SHARED)/data/leadiq $(SHARED)/eval/leadiq $(SHARED)/data/xquad

eval-parts: $(READY)
	$(BIN)/python -m bench.parts $(SHARED)/data/leadiq $(SHARED)/eval/leadiq $(SHARED)/data/scifact \
		$(SHARED)/data/xquad .blogqa/eval

# What tells that a question isn't covered, and where the line between is drawn.
eval-misses: $(READY)
	$(BIN)/python -m bench.misses $(SHARED)/data/leadiq $(SHARED)/eval/leadiq $(SHARED)/data/scifact \
		$(SHARED)/data/xquad .blogqa/eval

eval-import: $(READY)
	$(BIN)/python -m bench.imports $(SHARED)

fuzz: $(READY)
	$(BIN)/python -m bench.fuzz --files 20000 --seed 0

# The pictures of the README and the documentation, of the sample archive.
screenshots: $(READY)
	$(BIN)/python -m tests.browser.screenshots

docs: $(READY)
	$(BIN)/python -m tests.reference

# The newest versions that pyproject.toml allows, in an environment of their own.
constraints:
	rm -rf build
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install --quiet '.[dev]'
	build/constraints/bin/pip freeze --exclude blogqa | sed 's/+cpu$$//' > constraints.txt
	rm -rf build

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

# An environment of its own: what people would use instead needs much that blogqa does not.
$(PEERS_READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --upgrade 'pip>=25.1'
	$(PEERS)/bin/pip install --quiet --constraint constraints.txt --group peers
	touch $(PEERS_READY)

clean:
	rm -rf $(VENV) $(PEERS) build .blogqa .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
