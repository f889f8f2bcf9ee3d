# Everything here works on a fresh clone: each target sets up what it needs, once.

PYTHON ?= python3
NOTEBOOKS ?= $(wildcard notebooks/*.ipynb)
JOBS ?= 2
SLIDES ?= --pdf
# A person's own matplotlib and IPython settings must not change a figure.
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export IPYTHONDIR := $(CURDIR)/.cache/ipython
unexport PYTHONSTARTUP

RUN := .venv/bin/python
# What the site is made of: it is built again when any of it has changed.
SITE_OF := CITATION.cff tools/make_site.py $(wildcard notebooks/*.ipynb data/* docs/*.md docs/site/* docs/site/*/* \
  src/mesoviz/*.py src/mesoviz/*/*.py tools/site_builder/*.py)

.DEFAULT_GOAL := help
.PHONY: help lab notebooks test check lint format constraints codebook pictures matrix trust site figures slides handouts clean audit browser-test browser-smoke bench

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: .venv-lab/.ready ## Set up and open JupyterLab on the first notebook
	.venv-lab/bin/jupyter lab $(ROOT_USER) --LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb

notebooks: .venv/.ready ## Set up and re-execute every notebook in place (or NOTEBOOKS="...")
	@$(RUN) tools/run_notebooks.py $(NOTEBOOKS)

test: .venv/.ready ## Set up and run all tests: the package, the data and every notebook's stored outputs
	$(RUN) -m pytest -n $(JOBS) --dist loadfile

check: .venv/.ready ## Validate the evidence tables
	@$(RUN) -m mesoviz check

audit: .venv/.ready ## Look for known weaknesses of the pinned packages, in a public database
	@$(RUN) -m uv tool run --from 'pip-audit>=2.9,<3' pip-audit --strict --disable-pip --no-deps \
	  --progress-spinner off --requirement constraints.txt \
	  || { echo "NOT CLEAN, or not audited at all: read the lines above." >&2; exit 1; }

browser-test: .venv/.ready .venv-lab/.ready build/site/index.html ## Set up and look at all pages in a real browser (or LOOK=--need-browser)
	$(RUN) -m pytest $(LOOK) tests/browser

browser-smoke: .venv/.ready .venv-lab/.ready build/site/index.html ## Look at one page of each kind alone, in less than two minutes
	$(RUN) -m pytest $(LOOK) -m smoke tests/browser

lint: .venv/.ready ## Look for mistakes and uneven style in the code and the notebooks
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check

format: .venv/.ready ## Repair what ruff can repair
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

codebook: .venv/.ready ## Rewrite data/README.md and data/datapackage.json from the schema
	$(RUN) -m mesoviz codebook

pictures: .venv/.ready ## Re-make the baseline pictures that the drawing tests compare with
	$(RUN) -m pytest -n $(JOBS) --dist loadfile --update-pictures tests/test_pictures.py

matrix: .venv/.ready ## Run all tests on each Python and on the oldest and newest packages (MATRIX=--quick: stored outputs)
	@$(RUN) tools/matrix.py --jobs $(JOBS) $(MATRIX)

site: build/site/index.html ## Build the static site from the executed notebooks: build/site/index.html

build/site/index.html: .venv/.ready $(SITE_OF)
	@$(RUN) tools/make_site.py build/site --jobs $(JOBS)

figures: .venv/.ready ## Export every figure for slides and papers: build/figures/index.html (or FIGURES="--therapy ...")
	@$(RUN) -m mesoviz figures build/figures --jobs $(JOBS) $(FIGURES)

slides: .venv/.ready ## Make a deck of each notebook, and print it: build/slides (or SLIDES="" for no PDF)
	@$(RUN) tools/make_slides.py build/slides --jobs $(JOBS) $(SLIDES)

trust: .venv/.ready ## Corrupt the tables in a thousand ways, and write docs/trust.md (or TRUST=--update)
	$(RUN) tests/corruption/trust.py --jobs $(JOBS) $(TRUST)

handouts: .venv/.ready ## Print a handout of each notebook, one page with two charts: build/handouts (needs Chromium)
	@$(RUN) tools/make_handouts.py build/handouts

bench: .venv/.ready ## Measure the speed, as ratios, and write docs/speed.md (or QUICK=1)
	@$(RUN) -m benchmarks $(if $(QUICK),--quick)

constraints: .venv/.ready ## Pin the newest versions that pyproject.toml allows
	$(RUN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
	  --group pyproject.toml:setup --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --output-file constraints.txt pyproject.toml

clean: ## Remove both environments and all caches
	rm -rf .venv .venv-lab .cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -f notebooks/.*.ipynb.*.tmp

# Jupyter refuses to run as root unless told; inside a container root is often the only user.
ROOT_USER = $(if $(filter 0,$(shell id -u)),--allow-root)

.venv/.ready: pyproject.toml constraints.txt tools/make_environment.py
	@$(PYTHON) tools/make_environment.py .venv test,publish

.venv-lab/.ready: pyproject.toml constraints.txt tools/make_environment.py
	@$(PYTHON) tools/make_environment.py .venv-lab lab
