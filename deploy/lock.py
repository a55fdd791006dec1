"""One running instance per folder: the kernel lets go of the lock when its process dies."""

import fcntl
from pathlib import Path
from typing import TextIO

from deploy.refusal import CannotStart


def lock(folder: Path) -> TextIO:
    """Hold `folder` for one running instance; refuses when another holds it."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711)
        file = (folder / "instance.lock").open("w")
    except OSError as error:
        raise CannotStart(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotStart(f"An instance is already running in {folder}: stop it, or use --state for another.") from None
    folder.chmod(folder.stat().st_mode | 0o111)  # the database's user must get through to its own folder
    return file


def is_running(folder: Path) -> bool:
    """Whether an instance holds `folder`'s lock and has written down its environment."""
    file = folder / "instance.lock"
    if not file.exists() or not (folder / "environment.json").exists():
        return False
    with file.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
