# `make run` and `make test` are all a newcomer needs; both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin

TRAINING := data/training
SHARED ?= ../shared/data

.PHONY: run test check format install clean train

run: install
	@$(BIN)/wartabot run

test: install
	$(BIN)/pytest

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# About four hours on two cores, or on a GPU that torch finds (not tried); goes on where it was stopped.
# SHARED is the folder with the question sets.
train: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-training.txt
	$(BIN)/python -m embeddings.training.vocabulary --data $(SHARED) --into $(TRAINING)
	$(BIN)/python -m embeddings.training.encoder --data $(SHARED) --into $(TRAINING)
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 1
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 2
	$(BIN)/python -m embeddings.training.reader --data $(SHARED) --into $(TRAINING) --epoch 3
	$(BIN)/python -m embeddings.training.export --into $(TRAINING)
	$(BIN)/python -m embeddings.training.calibrate --data $(SHARED) --model $(TRAINING)/original --plot docs/pictures/calibration.png

install: .venv/installed

# torch goes first and by its exact version: where a CPU build is at hand, pip takes it; any other request for torch
# brings gigabytes of GPU libraries.
.venv/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^torch==' requirements.txt)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf .venv data
