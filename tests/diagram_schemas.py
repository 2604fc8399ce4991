"""Schemas that the diagram writers are tested with: a small one for the golden files, one of hostile names, one of many tables."""

from __future__ import annotations

from hypothesis import strategies as st

from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    EnumType,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Namespace,
    Partitioning,
    PartitionOf,
    Schema,
    Table,
    View,
)
from dbdesign.model.types import DataType, Kind, TypeName

BIGINT = DataType(kind=Kind.INT64, native="bigint")
INTEGER = DataType(kind=Kind.INT32, native="integer")
TEXT = DataType(kind=Kind.TEXT, native="text")
NUMERIC = DataType(kind=Kind.DECIMAL, native="numeric(12,2)", precision=12, scale=2)
MOMENT = DataType(kind=Kind.TIMESTAMPTZ, native="timestamp with time zone")
BOOLEAN = DataType(kind=Kind.BOOLEAN, native="boolean")


def varchar(length: int) -> DataType:
    return DataType(kind=Kind.VARCHAR, native=f"character varying({length})", length=length)


def column(name: str, data_type: DataType = BIGINT, *, nullable: bool = False, **rest: object) -> Column:
    return Column(name=name, type=data_type, nullable=nullable, **rest)  # type: ignore[arg-type]


def reference(column_name: str, table: str, namespace: str | None = None, **rest: object) -> ForeignKey:
    return ForeignKey(
        name=f"{table}_{column_name}_fk",
        columns=(column_name,),
        referenced_namespace=namespace,
        referenced_table=table,
        referenced_columns=("id",),
        **rest,  # type: ignore[arg-type]
    )


def _id() -> Column:
    return column("id", identity=Identity(mode="always"))


def _pk(table: str, *columns: str) -> Key:
    return Key(name=f"{table}_pkey", columns=columns or ("id",))


def shop() -> Schema:
    """Eight tables with one of everything that a diagram can show."""
    status = DataType(kind=Kind.ENUM, native="order_status", name=TypeName(name="order_status"))
    customers = Table(
        name="customers",
        comment="People and companies that buy",
        columns=(
            _id(),
            column("email", varchar(320), comment='Lower case, e.g. "ann@example.com"'),
            column("full name", TEXT, nullable=True, comment="As printed on invoices"),
            column("created_at", MOMENT, default="now()"),
        ),
        primary_key=_pk("customers"),
        unique_keys=(Key(name="customers_email_key", columns=("email",)),),
    )
    profile = Table(
        name="profiles",
        columns=(column("customer_id"), column("bio", TEXT, nullable=True)),
        primary_key=_pk("profiles", "customer_id"),
        foreign_keys=(reference("customer_id", "customers", on_delete="cascade"),),
    )
    products = Table(
        namespace="catalog",
        name="products",
        columns=(
            _id(),
            column("sku", varchar(32)),
            column("price", NUMERIC, default="0"),
            column("price_with_tax", NUMERIC, nullable=True, generated=Generated(expression="price * 1.2")),
            column("replaced_by", nullable=True),
            column("tags", DataType(kind=Kind.ARRAY, native="text[]", element=TEXT), nullable=True),
        ),
        primary_key=_pk("products"),
        unique_keys=(Key(name="products_sku_key", columns=("sku",)),),
        foreign_keys=(reference("replaced_by", "products", "catalog", on_delete="set null"),),
        checks=(Check(name="products_price_check", expression="price >= 0"),),
        indexes=(Index(name="products_tags_idx", keys=(IndexKey(column="tags"),), method="gin"),),
    )
    orders = Table(
        name="orders",
        columns=(
            _id(),
            column("customer_id", nullable=True),
            column("status", status, default="'new'::order_status"),
            column("placed_at", MOMENT),
        ),
        primary_key=_pk("orders"),
        foreign_keys=(reference("customer_id", "customers", on_delete="set null"),),
        indexes=(
            Index(
                name="orders_recent_idx",
                keys=(IndexKey(column="customer_id"), IndexKey(column="placed_at", descending=True)),
            ),
            Index(name="orders_open_idx", keys=(IndexKey(column="placed_at"),), where="status = 'new'::order_status"),
            Index(name="orders_day_idx", keys=(IndexKey(expression="date_trunc('day', placed_at)"),)),
        ),
    )
    items = Table(
        name="order_items",
        columns=(column("order_id"), column("product_id"), column("quantity", INTEGER, default="1")),
        primary_key=_pk("order_items", "order_id", "product_id"),
        foreign_keys=(
            reference("order_id", "orders", on_delete="cascade"),
            reference("product_id", "products", "catalog", on_update="cascade"),
        ),
    )
    payments = Table(
        name="payments",
        columns=(_id(), column("order_id", nullable=True), column("amount", NUMERIC)),
        primary_key=_pk("payments"),
        foreign_keys=(reference("order_id", "orders"), reference("provider_id", "providers", "billing")),
        unique_keys=(Key(name="payments_order_key", columns=("order_id",)),),
    )
    payments = payments.model_copy(update={"columns": (*payments.columns, column("provider_id"))})
    events = Table(
        name="events",
        columns=(column("at", MOMENT), column("end", TEXT, nullable=True)),
        partitioning=Partitioning(strategy="range", keys=(IndexKey(column="at"),)),
    )
    partition = Table(
        name="events_2026",
        columns=events.columns,
        partition_of=PartitionOf(table="events", bound="FOR VALUES FROM (…) TO (…)"),
    )
    return Schema(
        engine=Engine.POSTGRESQL,
        version="18",
        namespaces=(Namespace(name="catalog"),),
        enums=(EnumType(name="order_status", values=("new", "paid", "on hold")),),
        tables=(customers, profile, products, orders, items, payments, events, partition),
        views=(View(name="open_orders", definition="SELECT * FROM orders"),),
    )


def many_tables(count: int = 400) -> Schema:
    """A schema of departments: each with a hub, tables around it, and references to `users` and to the next department."""
    tables = [Table(name="users", columns=(_id(), column("email", TEXT)), primary_key=_pk("users"))]
    departments = ("billing", "catalog", "shipping", "search", "audit", "support", "people", "ledger")
    for number in range(count - 1):
        department, place = departments[number % 8], number // 8
        keys = [reference("created_by", "users")]
        if place:
            keys.append(reference("hub_id", f"{department}_hub"))
        elif number:
            keys.append(reference("hub_id", f"{departments[number - 1]}_hub"))
        tables.append(
            Table(
                name=f"{department}_{'hub' if place == 0 else f'thing_{place}'}",
                columns=(
                    _id(),
                    column("hub_id", nullable=True),
                    column("created_by"),
                    *(column(f"attribute_{one}", varchar(100), comment="What the thing has") for one in range(8)),
                ),
                primary_key=_pk("t"),
                foreign_keys=tuple(keys),
            )
        )
    return Schema(engine=Engine.POSTGRESQL, tables=tuple(tables))


HOSTILE_NAMES = (
    "end", "style", "classDef", "PK", "fk", "Order Items", "naïve", "表", "a\"b", "a'b", "a`b", "a\\b", "100%", "%%{init: {}}%%",
    "a~b~c", "x; y", "<script>alert(1)</script>", "</script>", "&lt;b&gt;", "#quot;", "#35;", "{", "}", "{}", "[x]", "a|b", "||--o{",
    "a.b.c", "1st", "-", "--", "*", "direction TB", "accTitle: x", "style: #fff;", "u", "o", "one or more", "a\nb", "a\tb", "\u2028", "\x7f",
    "😀", "é" * 40, "digraph", "node", "strict", "<b>", "\\N", "\\l", "]]>", "Table", "Ref", "indexes", "Note", "as", "null", "'''", "//", "/*",
    "__proto__", "constructor", "classDef a:b#c;", "title: x", "~partial", "javascript:alert(1)", "\"><img src=x onerror=alert(1)>",
)  # fmt: skip

names = st.one_of(
    st.sampled_from(HOSTILE_NAMES),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12),
)


def named_after(odd: tuple[str, ...]) -> Schema:
    """A table for each name, with a column, a comment and an enum value of that name, each referencing the one before."""
    tables: list[Table] = []
    for number, name in enumerate(dict.fromkeys(odd)):
        before = tables[-1] if tables else None
        key = before and ForeignKey(
            name=name,
            columns=(f"{name}_id",),
            referenced_namespace=before.namespace,
            referenced_table=before.name,
            referenced_columns=("id",),
        )
        tables.append(
            Table(
                namespace=name if number % 3 == 2 else None,
                name=name,
                comment=name,
                columns=(
                    _id(),
                    column(name, TEXT, nullable=True, comment=name),
                    column(f"{name}_id", nullable=bool(number % 2)),
                ),
                primary_key=_pk(name),
                foreign_keys=(key,) if key else (),
            )
        )
    return Schema(engine=Engine.POSTGRESQL, tables=tuple(tables))
