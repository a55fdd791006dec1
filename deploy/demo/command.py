"""`./halle demo`: start the demo's instance, fill it the first time, say who may be signed in as, keep it running."""

import argparse
import os
from pathlib import Path

from deploy.demo.farms import FARMS
from deploy.demo.founding import OPERATOR
from deploy.demo.markets import MARKETS
from deploy.demo.names import PASSWORD, email, somebody
from deploy.demo.size import Size
from deploy.demo.story import Story
from deploy.demo.town import Town
from deploy.instance import Instance
from deploy.lock import lock
from deploy.places import CHECKOUT
from deploy.processes import named_databases
from deploy.refusal import CannotStart
from deploy.up import run_until_stopped, state_folder

STATE = CHECKOUT / ".halle" / "demo"
ENVIRONMENT = {"HALLE_DEMO": "1", "HALLE_MOVABLE_CLOCK": "1", "HALLE_OPERATOR_EMAIL": email(OPERATOR)}
FILLED = "demo-filled"
"""The file that says that a folder's demo is whole."""


def main(name: str, arguments: list[str]) -> int:
    """Run a demo in the foreground."""
    chosen = _arguments(name).parse_args(arguments)
    refuse_servers_of_others()
    refuse_other_folder(chosen.state)
    instance = Instance(chosen.state, env=ENVIRONMENT, gateway_port=chosen.port)

    def fill_and_tell() -> None:
        fill(instance, Size())
        print(whom_to_be(), flush=True)

    return run_until_stopped(instance, chosen.port, fill_and_tell)


def fill(instance: Instance, size: Size) -> None:
    """Tell the story in a running instance, unless it was told there before."""
    marker = instance.folder / FILLED
    if marker.exists():
        return
    town = Town(instance)
    if town.read("/markets")["items"]:
        folders = f"{instance.folder} and {instance.postgres.folder}"
        raise CannotStart(f"There are markets already, of a demo that was not finished: remove {folders}.")
    print("Filling it: three months of three markets, which takes some minutes, once.", flush=True)
    Story(town, size).tell()
    marker.touch()


def refuse_servers_of_others() -> None:
    """A demo fills databases, moves clocks and writes hundreds of mails: on servers of its own alone."""
    named = [name for name in ("HALLE_SMTP_URL", "HALLE_BROKER_URL") if name in os.environ]
    if named or named_databases():
        what = named[0] if named else "HALLE_DATABASE_URL_…"
        raise CannotStart(f"A demo has servers of its own: unset {what}.")


def refuse_other_folder(folder: Path) -> None:
    """An instance that is no demo, or only half of one, is left alone; one that runs is told by its lock instead."""
    if (folder / "ports.json").exists() and not (folder / FILLED).exists():
        lock(folder).close()
        raise CannotStart(
            f"{folder} holds no finished demo: use --state for another, or remove it if its filling was interrupted."
        )


def whom_to_be() -> str:
    """The table of accounts to try, with their password."""
    rows = [(f"organises {market.about['name']}", market.organiser) for market in MARKETS]
    rows += [(f"sells for {farm.name}", farm.seller) for farm in FARMS[:2]]
    rows += [("buys", somebody(0)), ("operates the instance", OPERATOR)]
    lines = [f"  {email(name):<34}{name}, {does}" for does, name in rows]
    return "\n".join([f"Sign in with the password {PASSWORD} (good in a demo alone) as", *lines])


def _arguments(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"./halle {name}",
        description="Start an instance around Carpentras with markets, farms, people and weeks of sales; the first "
        "start fills it. Ctrl-C stops it.",
    )
    parser.add_argument("--port", type=int, default=8000, help="of the web site (default: 8000)")
    parser.add_argument("--state", type=state_folder, default=STATE, help="its folder (default: .halle/demo)")
    return parser
