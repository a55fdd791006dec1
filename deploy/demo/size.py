"""How much the demo plays; a test plays less of the same story."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Weeks behind and ahead of the present one, farms, consumers, and orders at each sale."""

    past: int = 8
    ahead: int = 3
    farms: int = 20
    consumers: int = 500
    orders: int = 9

    @property
    def weeks(self) -> int:
        """All weeks of the plan, with the present one."""
        return self.past + 1 + self.ahead
