#!/bin/sh
# Prints the first Python that is 3.11 or later: $PYTHON if given, else the ones on the PATH.
# Prints nothing but a message on stderr and fails when there is none.
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        command -v "$candidate"
        exit 0
    fi
done
cat >&2 <<'MESSAGE'
Bahi needs Python 3.11 or later, and none is on the PATH.
  Debian, Ubuntu:  sudo apt install python3 python3-venv
  macOS:           brew install python@3.12
Or name one:       make setup PYTHON=/path/to/python3
MESSAGE
exit 1
