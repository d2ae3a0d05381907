#!/bin/sh
# Every check of the project, the quick ones first. The last lines are pytest's summary.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
# mypy reads the settings, which want a key; nothing is signed with this one.
SECRET_KEY=${SECRET_KEY:-only-for-checks}
export PATH SECRET_KEY

say() { printf '\n== %s\n' "$1"; }

say "browser"
python -m tests.browser --install

say "ruff"
ruff check
ruff format --check

say "mypy"
mypy .

say "import-linter"
lint-imports

say "translations"
python -m scripts.messages check
python -m config.translations

say "tests"
# All browser tests share one running site, so they stay in one process while the other one does the rest.
exec pytest -n 2 --dist loadgroup
