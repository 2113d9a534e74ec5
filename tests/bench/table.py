"""What was seen, beside what was wanted."""

import sys
from dataclasses import dataclass, field

COLUMNS = "{:<58} {:>26}  {:<22} {}\n"


@dataclass(frozen=True, slots=True)
class Row:
    """``met`` is None for a number that is only told."""

    name: str
    seen: str
    target: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Table:
    rows: list[Row] = field(default_factory=list)

    def tell(self, name: str, seen: str) -> None:
        self._add(Row(name, seen))

    def at_most(self, name: str, seen: float, target: float, unit: str) -> None:
        self._add(Row(name, f"{seen:,.2f} {unit}", f"≤ {target:,} {unit}", seen <= target))

    def at_least(self, name: str, seen: float, target: float, unit: str) -> None:
        self._add(Row(name, f"{seen:,.0f} {unit}", f"≥ {target:,} {unit}", seen >= target))

    def holds(self, name: str, seen: str, target: str, *, met: bool) -> None:
        self._add(Row(name, seen, target, met))

    @property
    def all_met(self) -> bool:
        return all(row.met is not False for row in self.rows)

    def _add(self, row: Row) -> None:
        """Keep a row and print it at once: a run takes minutes."""
        if not self.rows:
            sys.stdout.write(COLUMNS.format("What", "seen", "target", "met"))
        self.rows.append(row)
        met = {True: "yes", False: "NO", None: ""}[row.met]
        sys.stdout.write(COLUMNS.format(row.name, row.seen, row.target, met).rstrip() + "\n")
        sys.stdout.flush()
