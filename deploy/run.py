"""`./halle run NAME`: become one process of an instance whose servers are the operator's own.

Containers and units start this. Words and environment are those that the supervisor of `./halle up` gives; what is
missing in the environment is named by the process itself.
"""

import argparse
import os

from bus import env
from deploy import processes
from deploy.processes import Process, Surroundings
from deploy.refusal import CannotStart


def main(name: str, arguments: list[str]) -> int:
    """Replace this program by the process named."""
    parser = argparse.ArgumentParser(prog=f"./halle {name}", description="Become one process of an instance.")
    parser.add_argument("process", help="its name, such as members, orders-1, orders-hears, relay or gateway")
    process = process_named(parser.parse_args(arguments).process)
    os.execve(process.argv[0], process.argv, dict(process.environment))


def process_named(name: str) -> Process:
    """The process of that name, as this program's environment describes its instance."""
    known = [it for it in processes.names(_number_of_orders(name)) if it != "mailbox"]
    if name not in known:
        raise CannotStart(f"There is no process {name!r}: it is one of {', '.join(known)}.")
    surroundings = Surroundings(
        environment=processes.without_databases(os.environ),
        database_urls=dict.fromkeys(processes.services(), "") | processes.named_databases(),
        ports=dict.fromkeys(known, _metrics_port(name)),
        orders=_number_of_orders(name),
        mailbox=False,
    )
    return next(process for process in processes.of(surroundings) if process.name == name)


def _number_of_orders(name: str) -> int:
    """How many processes take orders, as far as `name` tells."""
    number = name.removeprefix("orders-")
    return max(1, int(number)) if number.isdecimal() else 1


def _metrics_port(name: str) -> int:
    """Where /health answers: a port of the process's own where several share a machine, else the one for all."""
    own = f"HALLE_METRICS_PORT_{name.upper().replace('-', '_')}"
    return env.port(own if own in os.environ else "HALLE_METRICS_PORT")
