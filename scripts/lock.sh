#!/bin/sh
# Resolves pyproject.toml into requirements/*.txt: every version with its hashes, for every platform.
# No index is written into them: an installation fetches from wherever it is configured to.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
compile pyproject.toml -o requirements/base.txt
compile pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
compile --group node -o requirements/node.txt
if grep -nE '://|--(extra-)?index|--find-links' requirements/*.txt; then
    echo "The lock names a place on the network; it must not." >&2
    exit 1
fi
