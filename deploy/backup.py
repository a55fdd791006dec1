"""`./halle backup FILE` and `./halle restore FILE`: everything that an instance is, at one instant.

A backup is a base backup of the private cluster, taken while it works: one instant for all databases. The broker is
not in it, for it is disposable: one that is found empty is told the outboxes again (decision 0005).
"""

import argparse
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from deploy import database
from deploy.lock import lock
from deploy.operate import environment_of
from deploy.processes import DATABASE_URL
from deploy.refusal import CannotStart
from deploy.up import STATE, state_folder

ABOUT = "halle-backup.json"
"""The last member of a backup: without it the file was cut short."""
CLUSTER = "cluster/"
PIECE = 1 << 20


def backup(name: str, arguments: list[str]) -> int:
    """Back a running instance up into a file, or to standard output."""
    parser = argparse.ArgumentParser(prog=f"./halle {name}", description="Back up a running instance.")
    parser.add_argument("file", help="the backup to make; - for standard output, to be encrypted by your own tool")
    parser.add_argument("--state", type=state_folder, default=STATE, help="(default: .halle)")
    chosen = parser.parse_args(arguments)
    began, file = time.monotonic(), Path(chosen.file)
    try:
        if chosen.file == "-":
            back_up(chosen.state, sys.stdout.buffer)
            return 0
        with _new_file(file) as out:
            back_up(chosen.state, out)
    except OSError as error:
        raise CannotStart(f"{file} cannot be written: {error.strerror or error}.") from error
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB in {time.monotonic() - began:.1f} s.")
    print("It holds names, addresses and secrets: keep it as you keep the instance.")
    return 0


def restore(name: str, arguments: list[str]) -> int:
    """Make a new instance's state out of a backup."""
    parser = argparse.ArgumentParser(prog=f"./halle {name}", description="Restore a backup into a new state folder.")
    parser.add_argument("file", help="the backup; - for standard input")
    parser.add_argument("--state", type=state_folder, default=STATE, help="a folder without an instance")
    chosen = parser.parse_args(arguments)
    try:
        with sys.stdin.buffer if chosen.file == "-" else Path(chosen.file).open("rb") as source:
            about = bring_back(source, chosen.state)
    except OSError as error:
        raise CannotStart(f"{chosen.file} cannot be restored: {error.strerror or error}.") from error
    print(f"Restored as it was at {about['made_at']}. Start it: ./halle up --state {chosen.state}")
    return 0


def back_up(folder: Path, out: IO[bytes]) -> None:
    """Write the backup of the instance running in `folder`; raises CannotStart where that is not possible."""
    url = urlsplit(_private_url(folder))
    words = [database.wheel_programs() / "pg_basebackup", "-h", url.hostname, "-p", url.port, "-U", url.username]
    words += ["-D", "-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password"]
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    made_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with (
        subprocess.Popen([*map(str, words)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as base,
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as made,
    ):
        _copy_whole(base, made)
        _add(made, ABOUT, json.dumps({"made_at": made_at, "password": url.password}).encode())


def bring_back(source: IO[bytes], folder: Path) -> dict[str, str]:
    """Fill `folder` from a backup; what the backup says of itself. Nothing half restored is taken for an instance."""
    with lock(folder):
        place = database.place(folder / "postgres")
        begun = place / database.RESTORING
        if (place / "complete").exists() or ((place / "data").exists() and not begun.exists()):
            raise CannotStart(f"There is an instance in {folder} already: restore into another folder by --state.")
        shutil.rmtree(place / "data", ignore_errors=True)
        begun.touch()
        try:
            about = _unpack(source, place / "data")
            database.adopt(place, about.pop("password"))
        except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CannotStart(f"This is no whole backup of Halle: {error}.") from error
        finally:
            if not (place / "complete").exists():
                shutil.rmtree(place / "data", ignore_errors=True)
            begun.unlink()
        shutil.rmtree(folder / "broker", ignore_errors=True)
    return about


def _copy_whole(base: "subprocess.Popen[bytes]", made: tarfile.TarFile) -> None:
    """Every member of pg_basebackup's tar, below `cluster/`; CannotStart with its words where it fails."""
    if base.stdout is None or base.stderr is None:
        raise RuntimeError("its output is ours to read")
    trouble = ""
    try:
        with tarfile.open(fileobj=base.stdout, mode="r|") as cluster:
            for member in cluster:
                member.name = CLUSTER + member.name
                made.addfile(member, cluster.extractfile(member) if member.isreg() else None)
    except tarfile.TarError as error:
        trouble = str(error)
    said = base.stderr.read().decode(errors="replace").strip()
    if base.wait() or trouble:
        raise CannotStart(f"The backup failed: {said or trouble}")


def _unpack(source: IO[bytes], data: Path) -> dict[str, str]:
    """Unpack a backup to its very end, where gzip's checksum stands: tarfile by itself would not look at it."""
    data.mkdir(mode=0o700)
    about: dict[str, str] = {}
    with gzip.GzipFile(fileobj=source) as packed:
        with tarfile.open(fileobj=packed, mode="r|") as kept:
            kept.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian 12's Python has none yet
            for member in kept:
                if member.name == ABOUT:
                    read = kept.extractfile(member)
                    about = json.loads(read.read()) if read else {}
                elif member.name.startswith(CLUSTER):
                    member.name = member.name.removeprefix(CLUSTER)
                    kept.extract(_harmless(member), data)
        while packed.read(PIECE):
            pass
    if not about:
        raise tarfile.TarError("it was cut short")
    return about


def _harmless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A plain file or folder below the one it is unpacked into, or no backup of ours."""
    inside = not member.name.startswith("/") and ".." not in Path(member.name).parts
    if not inside or not (member.isreg() or member.isdir()):
        raise tarfile.TarError(f"{member.name} does not belong there")
    return member


def _add(made: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = len(content), int(time.time())
    made.addfile(member, io.BytesIO(content))


def _private_url(folder: Path) -> str:
    """The address of the private cluster; servers of one's own have backups of their own."""
    if any(name.startswith(DATABASE_URL) for name in os.environ):
        raise CannotStart("HALLE_DATABASE_URL_… name servers of your own: back them up by their own tools.")
    urls = [url for name, url in environment_of(folder).items() if name.startswith(DATABASE_URL)]
    return urls[0].replace("+psycopg", "")


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there whole or not at all, for its owner alone."""
    part = file.with_name(file.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
