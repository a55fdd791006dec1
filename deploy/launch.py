"""Becomes one process of an instance: its words and its environment come from a file.

A file, because supervisord's own settings cannot hold every value (a quote, a key of several
lines), and because passwords do not belong on a command line. Standard library only.
"""

import json
import os
import sys
from pathlib import Path


def main(file: Path) -> None:
    """Replace this process by the one described."""
    told = json.loads(file.read_text())
    os.execvpe(told["argv"][0], told["argv"], {**os.environ, **told["environment"]})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
