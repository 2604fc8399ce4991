"""Transactions as they stand in a design file.

```yaml
transactions:
  - name: withdraw
    rate: 40/s
    isolation: read committed
    steps:
      - sql: select balance from accounts where id = :account
        into: balance
      - when: ":balance >= :amount"
        sql: update accounts set balance = :balance - :amount where id = :account
    parameters: {amount: [60]}
    given: update accounts set balance = 100
```

A transaction of plain statements may list them: `steps: [select …, update …]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast, get_args

from dbdesign.model import quantity
from dbdesign.model.workload import Isolation, Step, Transaction
from dbdesign.readers.design_document import Document, line_of

if TYPE_CHECKING:
    from yaml.nodes import Node

TRANSACTION = {"name", "rate", "isolation", "steps", "parameters", "given"}
LEVELS: tuple[str, ...] = get_args(Isolation)


def parse_transactions(document: Document, node: Node | None) -> tuple[Transaction, ...]:
    """The transactions of a design file; what is wrong is added to the document's problems."""
    found: dict[str, Transaction] = {}
    for number, one in enumerate(document.items(node, "transactions"), start=1):
        transaction = _transaction(document, one, number)
        if transaction is None:
            continue
        if transaction.name in found:
            document.problem(one, f"two transactions are named {transaction.name!r}")
        found[transaction.name] = transaction
    return tuple(found.values())


def _transaction(document: Document, node: Node, number: int) -> Transaction | None:
    entries = document.mapping(node, TRANSACTION, f"transaction {number}")
    name = document.text(entries.get("name"), f"transaction {number}: name") or f"transaction {number}"
    what = f"transaction {name!r}"
    steps = tuple(_steps(document, entries.get("steps"), what))
    if not steps:
        document.problem(node, f"{what} has no `steps`: list its statements")
        return None
    parameters = {
        parameter: document.names(values, f"{what}: parameters.{parameter}")
        for parameter, values in document.mapping(entries.get("parameters"), None, f"{what}: parameters").items()
    }
    isolation = document.choice(entries.get("isolation"), f"{what}: isolation", LEVELS)
    return Transaction(
        name=name,
        steps=steps,
        isolation=cast("Isolation", isolation or "read committed"),
        rate=document.quantity(entries.get("rate"), f"{what}: rate", quantity.rate),
        parameters=parameters,
        given=document.names(entries.get("given"), f"{what}: given"),
        line=line_of(node),
    )


def _steps(document: Document, node: Node | None, what: str) -> Iterator[Step]:
    from yaml.nodes import ScalarNode

    for number, one in enumerate(document.items(node, f"{what}: steps"), start=1):
        place = f"{what}, step {number}"
        if isinstance(one, ScalarNode):
            sql = document.text(one, place)
            if sql is not None:
                yield Step(sql=sql.strip().rstrip(";"), line=line_of(one))
            continue
        entries = document.mapping(one, {"sql", "into", "when"}, place)
        sql = document.text(entries.get("sql"), f"{place}: sql")
        if sql is None:
            document.problem(one, f"{place} has no `sql`")
            continue
        yield Step(
            sql=sql.strip().rstrip(";"),
            into=document.names(entries.get("into"), f"{place}: into"),
            when=document.text(entries.get("when"), f"{place}: when"),
            line=line_of(one),
        )
