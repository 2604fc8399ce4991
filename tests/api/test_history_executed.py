"""A history read statically is what its statements make on a server, and a live database is compared like any source."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.compare_schemas import compare_schemas
from dbdesign.api.source import load
from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.readers import base
from dbdesign.readers.postgresql.catalog import read_whole_catalog

FILES = {
    "V1__shop.sql": """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
    id serial PRIMARY KEY, customer_id bigint REFERENCES customers ON DELETE CASCADE, state state DEFAULT 'new',
    total numeric(10, 2) CHECK (total >= 0), placed timestamptz DEFAULT now(), gone int);
INSERT INTO customers (email) VALUES ('a@example.org');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.placed := now(); RETURN NEW; END; $$;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
""",
    "V2__changes.sql": """
ALTER TYPE state ADD VALUE 'sent';
ALTER TABLE orders RENAME COLUMN total TO amount;
ALTER TABLE orders ALTER COLUMN amount TYPE numeric(12, 2), DROP COLUMN gone, ADD COLUMN note text COLLATE "C";
UPDATE orders SET note = '' WHERE note IS NULL;
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
DO $$ BEGIN FOR number IN 1..3 LOOP EXECUTE format('CREATE TABLE part_%s (id int PRIMARY KEY)', number); END LOOP; END $$;
DROP TABLE part_2;
""",
    "V2_1__index.sql": "CREATE UNIQUE INDEX CONCURRENTLY customers_email ON customers (lower(email)) WHERE email <> '';",
    "V10__rename.sql": "ALTER TABLE part_3 RENAME TO parts; ALTER TABLE parts ADD CONSTRAINT ck CHECK (id > 0) NOT VALID;",
    "R__view.sql": "CREATE OR REPLACE VIEW paid AS SELECT id, amount FROM orders WHERE state = 'paid';",
}


def test_flyways_history_is_what_its_files_make_in_their_order(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    with embedded().scratch() as database:
        for name in ("V1__shop.sql", "V2__changes.sql", "V2_1__index.sql", "V10__rename.sql", "R__view.sql"):
            assert [one.message for one in database.run_script(FILES[name]).failures] == []
        theirs = read_whole_catalog(database.admin, facts=False).schema
    ours = load(".", Call(access=Access.beneath(tmp_path))).result
    assert ours.unread == ()
    assert compare(theirs, ours.schema, execute=False).operations == ()
    assert [table.label for table in ours.schema.tables] == ["customers", "orders", "part_1", "parts"]


@pytest.mark.skipif("sqlalchemy" not in base.source_readers(), reason="there is no reader of SQLAlchemy models")
def test_models_are_compared_with_a_live_database(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(
        "from sqlalchemy import BigInteger, ForeignKey\n"
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
        "class Base(DeclarativeBase): ...\n\n\n"
        "class Customer(Base):\n    __tablename__ = 'customers'\n"
        "    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)\n\n\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n"
        "    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)\n"
        "    customer_id: Mapped[int] = mapped_column(ForeignKey('customers.id'))\n"
    )
    made = "create table customers (id bigint primary key); create table orders (id bigint primary key, customer_id bigint not null);"
    with embedded().scratch() as database:
        database.run_script(made + "create table alembic_version (version_num text);")
        shop = ConfiguredDatabase(name="shop", url=database.user_uri)
        call = Call(access=Access.beneath(tmp_path, databases={"shop": shop}))
        answer = compare_schemas("models.py", "database:shop", call=call)
        (missing,) = answer.differences
        assert (missing.kind, missing.what, missing.left_at) == ("foreign key", "only left", "models.py:16")
        assert [one.object for one in answer.ignored] == ["alembic_version"]
        database.run_script("alter table orders add foreign key (customer_id) references customers")
        assert compare_schemas("models.py", "database:shop", call=call).drift is False
