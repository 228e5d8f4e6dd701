"""`python -m tests.attack 20000`: see `run`."""

import sys

from .run import main

if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3] or ("2000",))))
