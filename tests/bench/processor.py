"""Processor time by process, so that a slow order can be laid at somebody's door."""

import psutil  # type: ignore[import-untyped]

from deploy.instance import Instance


class Meter:
    """Counts from when it was made."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._before = self._now()

    def milliseconds(self) -> dict[str, float]:
        """By process, the milliseconds of processor time used since the meter was made."""
        now = self._now()
        return {name: 1000 * (spent - self._before.get(name, 0.0)) for name, spent in now.items()}

    def _now(self) -> dict[str, float]:
        states = {it.name: self.instance.supervisor.state(it.name) for it in self.instance.processes()}
        pids = {name: state["pid"] for name, state in states.items() if state["pid"]}
        pids |= {"postgres": self.instance.postgres.pid, "rabbitmq": self.instance.broker.pid}
        return {name: _spent(pid) for name, pid in pids.items()}


def _spent(pid: int) -> float:
    """Seconds used by a process and its children, those that have ended included."""
    process = psutil.Process(pid)
    own = process.cpu_times()
    living = sum(_alone(child) for child in process.children(recursive=True))
    return float(own.user + own.system + own.children_user + own.children_system + living)


def _alone(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
