"""`./halle` itself, which sets up what it needs before it becomes the command."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.places import CHECKOUT


def test_what_a_command_prints_is_the_commands_alone_when_the_libraries_are_installed_first(tmp_path: Path) -> None:
    """A backup goes to standard output, perhaps right after a new release was taken."""
    shutil.copy(CHECKOUT / "halle", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/__main__.py").write_text("print('the backup')")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [tmp_path / "halle", "backup", "-"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "the backup\n", done.stderr
    assert "installing the libraries" in done.stderr
