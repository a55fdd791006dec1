"""Which variables the programs read: found in their syntax trees, by the calls that read the environment."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.places import CHECKOUT

PROGRAMS = ("bus", "deploy", "gateway", "services")
READERS = {"text", "number", "port", "switch", "url"}
"""The functions of bus.env that are given a variable's name."""
NAME = re.compile(r"HALLE_[A-Z0-9_]+")


def read_by_the_programs() -> set[str]:
    """Names, and `HALLE_DATABASE_URL_*` for those that are made from a beginning."""
    files = [path for folder in PROGRAMS for path in (CHECKOUT / folder).rglob("*.py")]
    return {name for path in files for name in read_by(path)}


def read_by(path: Path) -> Iterator[str]:
    """What one file reads, wherever a name's text or its constant stands in a reading call."""
    tree = ast.parse(path.read_text())
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.JoinedStr | ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for found in _named(node):
            resolved = constants.get(found.id, found) if isinstance(found, ast.Name) else found
            yield from _variables(resolved)


def _named(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that name a variable, in a call, an index or a search that reads it."""
    if isinstance(node, ast.Call) and node.args and _reads(node.func):
        first = node.args[0]
        yield from (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environment(node.value):
        yield node.slice


def _reads(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):  # in bus/env.py itself
        return function.id in READERS
    if not isinstance(function, ast.Attribute):
        return False
    of_env = isinstance(function.value, ast.Name) and function.value.id == "env"
    of_names = function.attr in ("startswith", "removeprefix")  # a family, found by how its names begin
    return (
        (of_env and function.attr in READERS)
        or (function.attr == "get" and _is_environment(function.value))
        or of_names
    )


def _is_environment(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr == "environ"


def _variables(expression: ast.expr) -> Iterator[str]:
    """The variable that an expression spells; a family where it is made from a beginning or is one."""
    if isinstance(expression, ast.JoinedStr):
        begun = expression.values[0]
        if isinstance(begun, ast.Constant) and NAME.fullmatch(str(begun.value)):
            yield f"{begun.value}*"
    elif isinstance(expression, ast.Constant) and NAME.fullmatch(str(expression.value)):
        yield f"{expression.value}*" if str(expression.value).endswith("_") else str(expression.value)
