# `make run` and `make test` are all a newcomer needs; both set up .venv first, each with what it needs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
PINNED := $(PIP) --require-hashes --requirement

TRAINING := data/training
SHARED ?= ../shared/data

.PHONY: run test test-long conformance check format install encoders postgresql checks training train calibrate lock \
	clean

run: install
	@$(BIN)/wartabot run

test: checks
	$(BIN)/pytest

# The laws that hold of any input, tried on many more inputs than `make test` tries: for minutes.
test-long: checks
	$(BIN)/pytest --hypothesis-profile=long tests/test_any_input.py tests/test_properties.py

# Whether a Qdrant server finds what FAISS and tantivy find: make conformance QDRANT=http://127.0.0.1:6333
conformance: checks
	QDRANT="$(QDRANT)" $(BIN)/pytest tests/test_search_conformance.py

check: checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest

format: checks
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# About five hours on two cores, or on a GPU that torch finds (not tried); goes on where it was stopped.
# SHARED is the folder with the question sets.
train: training
	$(BIN)/python -m embeddings.training.vocabulary --data $(SHARED) --into $(TRAINING)
	$(BIN)/python -m embeddings.training.encoder --data $(SHARED) --into $(TRAINING)
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 1
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 2
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 3
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 4
	$(BIN)/python -m embeddings.training.export --into $(TRAINING)
	$(MAKE) calibrate

# What a probability is made of: some minutes on two cores, fewer when run again.
calibrate: training
	$(BIN)/python -m embeddings.training.calibrate --data $(SHARED) --into $(TRAINING) --plot docs/pictures/calibration.png

# Pins what pyproject.toml asks for; what is pinned stays, but for UV="--upgrade" or UV="--upgrade-package NAME".
lock: checks
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python requirements/lock.py $(UV)

# Each list's stamp stands in .venv. What was once added is kept up to date with its list.
install: .venv/bot $(wildcard .venv/encoders .venv/postgresql .venv/checks .venv/training)
encoders: .venv/encoders
postgresql: .venv/postgresql
checks: .venv/checks
training: .venv/training

# Compiling only what the bot imports saves 50 MB.
.venv/bot: requirements/bot.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(PINNED) requirements/bot.txt --no-compile
	$(PIP) --no-build-isolation --editable .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c 'import bot.application, bot.commands'
	@touch $@

.venv/encoders: requirements/encoders.txt requirements/cpu.txt requirements/gpu.txt .venv/bot
	@$(PINNED) requirements/cpu.txt 2> .venv/no-cpu-build || { \
		echo "No CPU build of torch is at hand (.venv/no-cpu-build), so the GPU build comes, 5 GB: see docs/operations.md"; \
		$(PINNED) requirements/gpu.txt; }
	$(PINNED) requirements/encoders.txt
	@touch $@

.venv/postgresql: requirements/postgresql.txt .venv/bot
	$(PINNED) requirements/postgresql.txt
	@touch $@

.venv/checks: requirements/checks.txt .venv/encoders .venv/postgresql
	$(PINNED) requirements/checks.txt
	@touch $@

.venv/training: requirements/training.txt .venv/encoders
	$(PINNED) requirements/training.txt
	@touch $@

clean:
	rm -rf .venv data
