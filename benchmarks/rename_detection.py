"""How well renames are told from drops and additions, and how long comparing takes: random renames beside random other changes.

The schemas are the given ones (a folder of SQL files) and a generated one of 400 tables. Names are varied as people vary them:
abbreviated, spelt out, put in another case, given a prefix or without it, in the plural, or by a word that has nothing to do with the old
one. Beside each rename as many columns go and come that are no renames.

    python benchmarks/rename_detection.py [FOLDER]
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from big_schema import big_schema
from dbdesign.migrations.compare import compare
from dbdesign.migrations.compare.names import words
from dbdesign.migrations.compare.renaming import Renames, renamed
from dbdesign.model.schema import Column, Schema, Table
from dbdesign.readers.base import readers

UNRELATED = (
    "ledger", "parcel", "quota", "ratio", "slot", "token", "vendor", "zone", "batch", "epoch", "focus", "grade", "hint", "kernel", "lot",
    "margin", "offset", "peak",
)  # fmt: skip
ROUNDS = 20


def abbreviated(name: str, _: random.Random) -> str:
    """Vowels left out of the words: `user_name` → `usr_nm`."""
    return "_".join(word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou") for word in words(name))


def spelt_out(name: str, chance: random.Random) -> str:
    """One more word: `total` → `total_value`."""
    return f"{name}_{chance.choice(('value', 'code', 'number', 'data'))}"


def recased(name: str, _: random.Random) -> str:
    """`user_name` → `userName`."""
    parts = words(name)
    return parts[0] + "".join(part.title() for part in parts[1:])


def prefixed(name: str, chance: random.Random) -> str:
    """One more word before it."""
    return f"{chance.choice(('the', 'old', 'main', 'app'))}_{name}"


def pluralised(name: str, _: random.Random) -> str:
    """An s more or less."""
    return name[:-1] if name.endswith("s") else f"{name}s"


def reworded(_: str, chance: random.Random) -> str:
    """A word that has nothing to do with it."""
    return f"{chance.choice(UNRELATED)}_{chance.randrange(100)}"


VARIATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    abbreviated, spelt_out, recased, prefixed, pluralised, reworded,
)  # fmt: skip


@dataclass
class Counts:
    """What was renamed, what was taken for certain, and how much of either is right."""

    renamed: int = 0
    certain: int = 0
    certain_right: int = 0
    asked: int = 0
    asked_right: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def shown(self) -> str:
        """One line."""
        found = self.certain_right + self.asked_right
        return (
            f"{self.renamed} renames: {self.certain} certain, precision {self.certain_right / max(self.certain, 1):.3f}, "
            f"recall {self.certain_right / self.renamed:.3f}; {self.asked} asked about, {self.asked_right} of them right; "
            f"recall of both {found / self.renamed:.3f}"
        )


def change(schema: Schema, chance: random.Random, share: float) -> tuple[Schema, dict[str, str]]:
    """Renames and other changes; returns what was renamed, as `table` or `table.column` (old) → the new name."""
    truth: dict[str, str] = {}
    renames = Renames()
    plain = [one for one in schema.tables if not one.partition_of and not one.inherits and not one.partitioning]
    names = {one.name for one in schema.tables}
    for table in chance.sample(plain, max(1, int(len(plain) * share / 4))):
        new = chance.choice(VARIATIONS)(table.name, chance)
        if new not in names:
            names.add(new)
            renames.tables[table.label] = (table.namespace, new)
            truth[table.label] = new
    for table in plain:
        taken = {one.name for one in table.columns}
        for column in table.columns:
            if chance.random() < share / 4:
                new = chance.choice(VARIATIONS)(column.name, chance)
                if new not in taken:
                    taken.add(new)
                    renames.columns.setdefault(table.label, {})[column.name] = new
                    truth[f"{table.label}.{column.name}"] = new
    after = renamed(schema, renames)
    return after.model_copy(
        update={"tables": tuple(disturbed(one, chance, share, truth) for one in after.tables)}
    ), truth


def disturbed(table: Table, chance: random.Random, share: float, truth: dict[str, str]) -> Table:
    """Columns that go and columns that come, at any place and of any type; those that were renamed stay."""
    if table.partition_of or table.inherits or table.partitioning:
        return table
    new = {one for key, one in truth.items() if "." in key}
    used = {name for key in (table.primary_key, *table.unique_keys) if key for name in key.columns}
    used |= {name for key in table.foreign_keys for name in key.columns}
    used |= {key.column for index in table.indexes for key in index.keys if key.column}
    columns = [one for one in table.columns if one.name in used | new or chance.random() > share / 4]
    for number in range(len(columns)):
        if chance.random() < share / 4:
            kind = chance.choice(table.columns).type
            name = f"{chance.choice(UNRELATED)}_{chance.choice(UNRELATED)}_{number}"
            columns.insert(chance.randrange(len(columns) + 1), Column(name=name, type=kind))
    return table.model_copy(update={"columns": tuple(columns)})


def judge(before: Schema, after: Schema, truth: dict[str, str], counts: Counts) -> None:
    """Compares and counts."""
    found: set[str] = set()
    counts.renamed += len(truth)
    old = {}
    operations = compare(before, after, execute=False).operations
    for one in operations:
        if one.action == "rename" and one.kind == "table" and isinstance(one.before, Table):
            old[one.name] = one.before.label
    for one in operations:
        if one.action != "rename" or one.kind not in {"table", "column"}:
            continue
        if isinstance(one.before, Table):
            key, new = one.before.label, one.name.rpartition(".")[2]
        elif isinstance(one.before, Column):
            key, new = f"{old.get(one.table or '', one.table)}.{one.before.name}", one.name
        right = truth.get(key) == new
        found.add(key)
        if one.certain:
            counts.certain += 1
            counts.certain_right += right
            if not right:
                counts.wrong.append(f"{key} → {new}, not {truth.get(key)}: {'; '.join(one.evidence)}")
        else:
            counts.asked += 1
            counts.asked_right += right


def schemas(folder: Path | None) -> dict[str, Schema]:
    """The generated schema and those of the folder's SQL files that some reader recognises."""
    known = readers()
    found = {"400 tables, generated": known["postgresql"].read(big_schema(), execute=False).schema}
    for path in sorted(folder.glob("*.sql")) if folder else ():
        text = path.read_text(encoding="utf-8-sig")
        best = max(known.values(), key=lambda one: one.recognise(text[:200_000]))
        found[path.name] = best.read(text, execute=False).schema
    return found


def main() -> None:
    """Prints a line a schema, the sum, and the times."""
    total = Counts()
    loaded = schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    for name, schema in loaded.items():
        counts = Counts()
        rounds = 2 if len(schema.tables) > 200 else ROUNDS
        for number in range(rounds):
            after, truth = change(schema, random.Random(number), share=0.3)
            judge(schema, after, truth, counts)
            judge(schema, after, truth, total)
        print(f"{name}: {counts.shown()}")
    print(f"all: {total.shown()}")
    for one in total.wrong[:20]:
        print(f"  wrong: {one}")
    big = loaded["400 tables, generated"]
    for share in (0.0, 0.05, 0.3, 1.0):
        after, truth = (
            change(big, random.Random(1), share)
            if share
            else (big.model_copy(update={"tables": tuple(map(copied, big.tables))}), {})
        )
        start = time.perf_counter()
        comparison = compare(big, after, execute=False)
        taken = time.perf_counter() - start
        print(f"400 tables, {len(truth)} renames, {len(comparison.operations)} operations: {taken:.2f} s")


def copied(table: Table) -> Table:
    """The table, equal and not the same object."""
    return Table.model_validate(table.model_dump())


if __name__ == "__main__":
    main()
