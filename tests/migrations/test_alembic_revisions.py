"""What revisions of Alembic ask and use beside operations: the dialect, the database, types of other packages, loops, with blocks."""

from __future__ import annotations

import pytest

from dbdesign.migrations.files import read_migrations
from dbdesign.migrations.files.source_file import SourceFile

HEAD = """import sqlalchemy as sa
from alembic import context, op
from shop.types import Moment, ShortText, jsonish
revision = "{name}"
down_revision = {before}
"""
FIRST = """def upgrade():
    op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("b", sa.Text()), sa.UniqueConstraint("b", name="a_b"))
    op.create_index("a_ix", "a", ["b"])
"""

READ = {
    "the dialect of the connection": (
        "    bind = op.get_bind()\n    if bind.dialect.name == 'sqlite':\n        op.drop_table('x')\n    else:\n        op.drop_table('y')\n",
        ["DROP TABLE y"],
        [],
    ),
    "the dialect of the engine and of the context": (
        "    if op.get_bind().engine.name == op.get_context().dialect.name and not context.is_offline_mode():\n        op.drop_table('y')\n",
        ["DROP TABLE y"],
        [],
    ),
    "tables and columns that are there": (
        (
            "    look = sa.inspect(op.get_bind())\n    if look.has_table('a') and 'zz' not in look.get_table_names():\n"
            "        if 'c' not in [c['name'] for c in look.get_columns('a')]:\n            op.add_column('a', sa.Column('c', sa.Integer()))\n"
            "    if 'c' in {c['name'] for c in sa.inspect(op.get_bind()).get_columns('a')}:\n        op.drop_column('a', 'c')\n"
        ),
        ["ALTER TABLE a ADD COLUMN c INTEGER", "ALTER TABLE a DROP COLUMN c"],
        [],
    ),
    "indexes and keys that are there": (
        (
            "    look = sa.inspect(op.get_bind())\n    for one in look.get_indexes('a'):\n        if one['unique']:\n            continue\n"
            "        op.drop_index(one['name'], 'a')\n"
            "    for one in look.get_unique_constraints('a'):\n        op.drop_constraint(one['name'], 'a')\n"
        ),
        ["DROP INDEX a_ix", "ALTER TABLE a DROP CONSTRAINT a_b"],
        [],
    ),
    "a loop that is left": (
        "    for one in ['a', 'b', 'c']:\n        if one == 'b':\n            break\n        op.drop_table(one)\n    else:\n        op.drop_table('z')\n",
        ["DROP TABLE a"],
        [],
    ),
    "types of a package that is not read": (
        "    op.add_column('a', sa.Column('m', Moment, nullable=True))\n    op.add_column('a', sa.Column('s', ShortText(20), sa.ForeignKey('a.b')))\n",
        [
            "ALTER TABLE a ADD COLUMN m TEXT",
            "ALTER TABLE a ADD COLUMN s TEXT",
            "ALTER TABLE a ADD FOREIGN KEY(s) REFERENCES a (b)",
        ],
        ["Moment is of a package that is not read: Text stands in its place", "ShortText is of a package"],
    ),
    "a change of the type that is not known beside a rename": (
        "    op.alter_column('a', 'b', type_=Moment(), existing_type=ShortText(9), new_column_name='c')\n",
        ["ALTER TABLE a RENAME COLUMN b TO c"],
        ["this change of the type is left out"],
    ),
    "the statements within a with block": (
        "    with jsonish(op), op.batch_alter_table('a') as batch:\n        batch.drop_column('b')\n",
        ["ALTER TABLE a DROP COLUMN b"],
        ["what a with block does around its statements"],
    ),
    "a loop over rows": (
        "    for row in op.get_bind().execute(sa.text('select 1')).fetchall():\n        op.execute('delete from a')\n",
        [],
        ["for is known only by executing it"],
    ),
    "a batch on a table whose name is not known": (
        "    with op.batch_alter_table(ShortText.__tablename__) as batch:\n        batch.drop_column('b')\n",
        [],
        ["ShortText.__tablename__ is of a package that is not read"],
    ),
    "an enum of two tables is made once": (
        "    op.create_table('p', sa.Column('k', sa.Enum('x', name='kind')))\n    op.create_table('q', sa.Column('k', sa.Enum('x', name='kind')))\n",
        ["CREATE TYPE kind AS ENUM ('x')", "CREATE TABLE p (\n\tk kind\n)", "CREATE TABLE q (\n\tk kind\n)"],
        [],
    ),
}


def files(second: str, *, first: bool = True) -> list[SourceFile]:
    found = [SourceFile("versions/2.py", HEAD.format(name="two", before="'one'") + f"def upgrade():\n{second}")]
    return found + ([SourceFile("versions/1.py", HEAD.format(name="one", before=None) + FIRST)] if first else [])


@pytest.mark.parametrize(("body", "statements", "notes"), READ.values(), ids=READ)
def test_a_revision_is_read_as_it_would_run(body: str, statements: list[str], notes: list[str]) -> None:
    reading = read_migrations(files(body))
    assert [one.sql for one in reading.migrations[-1].statements] == statements
    assert len(reading.notes) == len(notes)
    for note, said in zip(notes, reading.notes, strict=True):
        assert note in said


def test_a_look_at_the_database_needs_the_revisions_before() -> None:
    body = READ["tables and columns that are there"][0]
    reading = read_migrations(files(body, first=False))
    assert reading.migrations[-1].statements == ()
    assert "needs the revisions before" in reading.notes[0]


def test_a_module_of_the_project_is_read_for_what_a_revision_imports() -> None:
    helper = SourceFile(
        "shop/types.py",
        "import sqlalchemy as sa\nfrom alembic import op\n\n\nclass ShortText(sa.String):\n    pass\n\n\ndef Moment():\n    return sa.Date()\n\n\n"
        "def jsonish(table):\n    if sa.inspect(op.get_bind()).has_table(table):\n        op.drop_table(table)\n",
    )
    body = "    op.add_column('a', sa.Column('s', ShortText(9)))\n    jsonish('a')\n    jsonish('nothing')\n"
    reading = read_migrations([*files(body), helper])
    assert [one.sql for one in reading.migrations[-1].statements] == [
        "ALTER TABLE a ADD COLUMN s VARCHAR(9)",
        "DROP TABLE a",
    ]
    assert reading.notes == ()


def test_operations_by_the_name_of_their_module() -> None:
    text = "import alembic.op as op\nrevision = 'x'\ndown_revision = None\n\n\ndef upgrade():\n    op.drop_table('a')\n"
    (migration,) = read_migrations([SourceFile("1.py", text)]).migrations
    assert [one.sql for one in migration.statements] == ["DROP TABLE a"]
