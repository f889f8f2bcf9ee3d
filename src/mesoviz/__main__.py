"""Run the command line with `python -m mesoviz`."""

import sys

from .cli import main

sys.exit(main())
