"""Run the command line with ``python -m wanamaker``."""

import sys

from wanamaker.cli import main

sys.exit(main())
