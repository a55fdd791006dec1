"""The house's rules, enforced: the arrow of imports, sizes, words, and contracts that have somebody behind them."""

import ast
import inspect
import re
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from contracts.messages import COMMANDS, EVENTS

pytestmark = pytest.mark.check

ROOT = Path(__file__).resolve().parent.parent
OURS = ("contracts", "bus", "services", "gateway", "deploy", "tests")
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/service.py"))


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full names of what a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def breaches(paths: list[Path], *forbidden: str) -> list[str]:
    """Imports of `forbidden` packages, as `file: name`."""
    return [
        f"{named(path)}: {name}"
        for path in paths
        for name in imports(path)
        if any(name == word or name.startswith(f"{word}.") for word in forbidden)
    ]


def test_contracts_import_nothing_of_ours() -> None:
    assert breaches(sources("contracts"), "bus", "services", "gateway", "deploy", "tests") == []


def test_bus_knows_nothing_of_services_gateway_or_deploy() -> None:
    assert breaches(sources("bus"), "services", "gateway", "deploy", "tests") == []


def test_the_gateway_imports_no_service_and_no_database() -> None:
    assert breaches(sources("gateway"), "services", "sqlalchemy", "psycopg", "nameko", "eventlet", "tests") == []


def test_nothing_imports_the_tests() -> None:
    assert breaches(sources("contracts", "bus", "services", "gateway", "deploy"), "tests") == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other_service(service: str) -> None:
    others = [f"services.{other}" for other in SERVICES if other != service]
    assert breaches(sources(f"services/{service}"), *others, "gateway", "deploy") == []


@pytest.mark.parametrize("service", SERVICES)
def test_rules_are_pure(service: str) -> None:
    """Only the standard library and contracts: no bus, no store, no clock of their own."""
    rules = [path for path in sources(f"services/{service}") if path.stem == "rules" or "rules" in path.parts]
    assert breaches(rules, "bus", "services", "sqlalchemy", "psycopg", "nameko", "pydantic", "time", "random") == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_arrow_points_from_service_to_store(service: str) -> None:
    folder = f"services/{service}"
    store = [path for path in sources(folder) if "store" in path.relative_to(ROOT / folder).parts[0]]
    assert breaches(store, f"services.{service}.actions", f"services.{service}.service") == []
    actions = [path for path in sources(folder) if "actions" in path.relative_to(ROOT / folder).parts[0]]
    assert breaches(actions, f"services.{service}.service") == []


def test_nameko_stays_in_bus_and_service_modules() -> None:
    elsewhere = [p for p in sources("contracts", "services", "gateway", "deploy") if p.name != "service.py"]
    assert breaches(elsewhere, "nameko") == []


def test_functions_are_at_most_40_lines_and_files_400() -> None:
    long = []
    for path in sources(*OURS):
        if "versions" in path.parts:
            continue
        text = path.read_text()
        if text.count("\n") > 400:
            long.append(named(path))
        for node in ast.walk(ast.parse(text)):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and (node.end_lineno or 0) - node.lineno + 1 > 40:
                long.append(f"{named(path)}:{node.lineno} {node.name}")
    assert long == []


def test_every_module_opens_with_what_it_is_for() -> None:
    texts = {named(path): path.read_text() for path in sources(*OURS)}
    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


def test_nobody_is_called_manager() -> None:
    vague = re.compile(r"(Manager|Helper|Utils?|Impl|Base)$|^(utils|helpers|common|misc)$")
    found = []
    for path in sources("contracts", "bus", "services", "gateway", "deploy"):
        names = [n.name for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ClassDef)]
        found += [f"{named(path)}: {name}" for name in [*names, path.stem] if vague.search(name)]
    assert found == []


def test_no_error_is_swallowed_and_nothing_is_left_for_later() -> None:
    found = []
    later = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "Not" + "ImplementedYet")))
    for path in sources(*OURS):
        text = path.read_text()
        found += [f"{named(path)}: left for later" for _ in later.findall(text)]
        for node in ast.walk(ast.parse(text)):
            broad = isinstance(node, ast.ExceptHandler) and getattr(node.type, "id", "Exception") in (
                "Exception",
                "BaseException",
            )
            if broad and all(isinstance(statement, ast.Pass) for statement in node.body):
                found.append(f"{named(path)}:{node.lineno} swallows")
    assert found == []


def test_no_registry_or_path_of_a_machine_stands_in_a_committed_file() -> None:
    hosts = ("py" + "pi.org", "python" + "hosted", "registry.np" + "mjs", "deb.deb" + "ian")
    words = [part for word in (*hosts, "/ro" + "ot/", "/wo" + "rk/") for part in ("-e", word)]
    listed = subprocess.run(["git", "grep", "-lF", *words], cwd=ROOT, capture_output=True, check=False)
    assert listed.stdout.decode().split() == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_contract_has_somebody_behind_it(service: str) -> None:
    """Each event that names this service is heard, each command that names it has a door, and nothing more."""
    module = import_module(f"services.{service}.service")
    wanted = {one.split(".")[1] for event in EVENTS.values() for one in event.heard_by if one.startswith(f"{service}.")}
    listeners = getattr(module, "Listeners", object)
    assert {name for name, _ in entrypoints(listeners) if name in wanted} == wanted
    doors = {name for name, _ in entrypoints(getattr(module, "Doors", object))}
    assert doors == {door.split(".")[1] for door in COMMANDS if door.startswith(f"{service}.")}


def entrypoints(cls: type) -> list[tuple[str, object]]:
    """The methods of a container's class that nameko would call."""
    return inspect.getmembers(cls, lambda member: hasattr(member, "nameko_entrypoints"))


def test_names_of_services_that_hear_are_services_of_the_tree() -> None:
    named_in_contracts = {one.split(".")[0] for event in EVENTS.values() for one in event.heard_by}
    assert named_in_contracts <= set(SERVICES)
