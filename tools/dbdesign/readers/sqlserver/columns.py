"""One column of a CREATE TABLE or ALTER TABLE … ADD, with the constraints that stand beside it."""

from __future__ import annotations

from dbdesign.model.schema import Column, Generated, Identity, SequenceOptions
from dbdesign.model.types import Kind
from dbdesign.readers.sqlserver import elements
from dbdesign.readers.sqlserver.computed import computed_type
from dbdesign.readers.sqlserver.drafts import Catalog, TableDraft
from dbdesign.readers.sqlserver.indexes import inline_index
from dbdesign.readers.sqlserver.types import data_type
from dbdesign.readers.tokens import TokenStream

FLAGS = {"ROWGUIDCOL": "rowguidcol", "SPARSE": "sparse", "FILESTREAM": "filestream", "HIDDEN": "hidden"}
ATTRIBUTE_WORDS = frozenset({"NOT", "NULL", "IDENTITY", "COLLATE", "GENERATED", "MASKED", "ENCRYPTED", *FLAGS})
COMPUTED_ENDS = ("PERSISTED", ",", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", ";")


class ColumnParser:
    """Parses the column at the position of a stream into a table under construction."""

    def __init__(self, stream: TokenStream, draft: TableDraft, catalog: Catalog) -> None:
        self.stream = stream
        self.draft = draft
        self.catalog = catalog

    def parse(self) -> None:
        """Read the column and add it to the table; raises `SqlError` where it is not understood."""
        stream, line = self.stream, self.stream.line
        self.name = stream.name()
        self.constraint: str | None = None
        self.constraint_line = line
        if stream.accept("AS"):
            self.column = self._computed()
        elif stream.at("XML", "COLUMN_SET"):
            stream.skip_until(",")
            raise stream.error(f"column set {self.name} is not read")
        else:
            self.column = Column(name=self.name, type=data_type(stream))
        self._attributes()
        self.catalog.lines[f"{self.draft.label}.{self.name}"] = line
        if self.name.lower() in self.draft.columns:
            raise stream.error(f"column {self.name} is declared twice")
        self.draft.columns[self.name.lower()] = self.column

    def _set(self, **changes: object) -> None:
        self.column = self.column.model_copy(update=changes)

    def _option(self, name: str, value: str = "on") -> None:
        self._set(options={**self.column.options, name: value})

    def _computed(self) -> Column:
        stream = self.stream
        first = stream.index
        stream.skip_until(*COMPUTED_ENDS)
        expression = elements.bare(stream.source(first))
        stored = stream.accept("PERSISTED")
        generated = Generated(expression=expression, stored=stored)
        return Column(name=self.name, type=computed_type(expression, self.draft.columns), generated=generated)

    def _attributes(self) -> None:
        while not self.stream.ended and not self.stream.at_any(",", ")", ";"):
            if not (self._attribute() or self._constraint()):
                return

    def _attribute(self) -> bool:
        stream = self.stream
        if stream.token.upper not in ATTRIBUTE_WORDS:
            return False
        if stream.accept("NOT", "NULL"):
            self._set(nullable=False)
        elif stream.accept("NULL"):
            self._option("null")
        elif stream.accept("IDENTITY"):
            self._identity()
        elif stream.accept("NOT", "FOR", "REPLICATION"):
            self._option("not_for_replication")
        elif stream.accept("COLLATE"):
            self._set(collation=stream.name())
        elif stream.accept("GENERATED", "ALWAYS", "AS"):
            self._option("generated", f"{stream.name().lower()} {stream.name().lower()}")
            self._set(nullable=False)
        elif stream.accept("MASKED", "WITH"):
            self._option("masked", stream.parenthesised().strip())
        elif stream.accept("ENCRYPTED", "WITH"):
            self._option("encrypted", stream.parenthesised().strip())
        elif word := stream.accept_any(*FLAGS):
            self._option(FLAGS[word])
        else:
            return False
        return True

    def _identity(self) -> None:
        seed = increment = None
        if self.stream.at("("):
            numbers = [int(one.replace(" ", "")) for one in self.stream.parenthesised().split(",")]
            seed, increment = numbers if len(numbers) == 2 else (None, None)
        options = SequenceOptions(start=None if seed == 1 else seed, increment=None if increment == 1 else increment)
        self._set(identity=Identity(mode="identity", options=options), nullable=False)

    def _constraint(self) -> bool:
        stream, draft = self.stream, self.draft
        if stream.accept("CONSTRAINT"):
            self.constraint_line, self.constraint = stream.line, stream.name()
            return True
        line, name = self.constraint_line if self.constraint else stream.line, self.constraint
        if stream.accept("DEFAULT"):
            self._set(default=elements.default_expression(stream), default_name=name)
            stream.accept("WITH", "VALUES")
        elif stream.accept("PRIMARY", "KEY"):
            draft.primary_key = elements.key(stream, name, self.name)
            self._set(nullable=False)
        elif stream.accept("UNIQUE"):
            draft.unique_keys.append(elements.key(stream, name, self.name))
        elif stream.at_any("REFERENCES") or stream.at("FOREIGN", "KEY"):
            self._foreign_key(name)
        elif stream.accept("CHECK"):
            draft.checks.append(elements.check(stream, name))
        elif stream.at("INDEX"):
            draft.indexes.append(inline_index(stream, self.name))
        else:
            return False
        if name:
            self.catalog.lines[f"{draft.label}.{name}"] = line
        self.constraint = None
        return True

    def _foreign_key(self, name: str | None) -> None:
        stream = self.stream
        columns: tuple[str, ...] = (self.name,)
        if stream.accept("FOREIGN", "KEY") and stream.at("("):
            columns = elements.names(stream)
        stream.expect("REFERENCES")
        self.draft.foreign_keys.append(elements.references(stream, name, columns))


def is_rowversion_alone(stream: TokenStream) -> bool:
    """`timestamp` without a name before it: a column that is named so (data type timestamp)."""
    return stream.at("TIMESTAMP") and (stream.peek().upper in {",", ")", "NOT", "NULL"})


def rowversion_alone(stream: TokenStream, draft: TableDraft) -> None:
    """The column that `timestamp` alone declares."""
    from dbdesign.model.types import DataType

    stream.next()
    nullable = not stream.accept("NOT", "NULL")
    stream.accept("NULL")
    kind = DataType(kind=Kind.ROWVERSION, native="timestamp")
    draft.columns["timestamp"] = Column(name="timestamp", type=kind, nullable=nullable)
