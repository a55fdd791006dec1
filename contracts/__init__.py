"""What services and towns say to one another: events, commands, errors, money.

Imports nothing of ours. Contracts only grow: a field is added with a default, anything else is a `v2` said beside `v1`.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
"""Every message is declared as soon as any contract is imported: topology and documents are made from all of them."""
