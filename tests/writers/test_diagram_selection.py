"""What a diagram shows: focus, hops, globs, keys only, stubs, partitions."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError, UnknownNameError
from dbdesign.model.schema import Engine, ForeignKey, Key, PartitionOf, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.selection import NOT_IN_SCHEMA, NOT_SHOWN, Picture, select, short_type
from diagram_schemas import TEXT, column, named_after, reference, shop


def pick(schema: Schema | None = None, **options: object) -> Picture:
    return select(schema or shop(), WriteOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({}, "customers profiles catalog.products orders order_items payments events"),
        ({"focus": ("orders",), "hops": 0}, "orders"),
        ({"focus": ("orders",)}, "customers orders order_items payments"),
        ({"focus": ("ORDERS",), "hops": 0}, "orders"),
        ({"focus": ("products",), "hops": 0}, "catalog.products"),
        ({"focus": ("orders",), "hops": 2}, "customers profiles catalog.products orders order_items payments"),
        ({"focus": ("orders",), "hops": 99}, "customers profiles catalog.products orders order_items payments"),
        ({"focus": ("events_2026",), "hops": 0}, "events"),
        ({"include": ("order*", "pay*")}, "orders order_items payments"),
        ({"include": ("catalog.*",)}, "catalog.products"),
        ({"include": ("public.p*",)}, "profiles payments"),
        ({"exclude": ("*s",)}, ""),
        ({"include": ("*",), "exclude": ("order*", "catalog.*")}, "customers profiles payments events"),
        ({"focus": ("orders",), "exclude": ("payments",)}, "customers orders order_items"),
        ({"focus": ("orders",), "include": ("c*",)}, "customers orders"),
        ({"include": ("events_20*",)}, "events"),
    ],
    ids=str,
)
def test_tables_are_chosen_in_the_order_of_the_schema(options: dict[str, object], shown: str) -> None:
    if shown:
        assert pick(**options).labels == shown.split()
    else:
        with pytest.raises(InputError, match="no table is left to draw"):
            pick(**options)


def test_an_unknown_focus_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no table named 'costumers'\. Did you mean customers"):
        pick(focus=("costumers",))


@pytest.mark.parametrize(
    ("options", "message"),
    [({"include": ("nothing*",)}, "include: no table matches 'nothing"), ({"hops": -1}, "hops must not be negative")],
)
def test_a_choice_that_makes_no_sense_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        pick(**options)


def test_foreign_keys_that_leave_the_selection_end_in_stubs() -> None:
    picture = pick(include=("payments",))
    assert [(stub.label, stub.where) for stub in picture.stubs] == [
        ("orders", NOT_SHOWN),
        ("billing.providers", NOT_IN_SCHEMA),
    ]
    assert [(link.child, link.parent) for link in picture.links] == [
        ("payments", "orders"),
        ("payments", "billing.providers"),
    ]


def test_keys_only_leaves_columns_of_no_key_out_and_counts_them() -> None:
    picture = pick(keys_only=True)
    assert {
        entity.label: ([field.column.name for field in entity.fields], entity.hidden) for entity in picture.entities
    } == {
        "customers": (["id", "email"], 2),
        "profiles": (["customer_id"], 1),
        "catalog.products": (["id", "sku", "replaced_by"], 3),
        "orders": (["id", "customer_id"], 2),
        "order_items": (["order_id", "product_id"], 1),
        "payments": (["id", "order_id", "provider_id"], 1),
        "events": ([], 2),
    }


def test_columns_are_marked_by_the_keys_that_they_belong_to() -> None:
    marks = {
        f"{entity.label}.{field.column.name}": field.marks for entity in pick().entities for field in entity.fields
    }
    assert marks["customers.id"] == ("PK",)
    assert marks["customers.email"] == ("UK",)
    assert marks["profiles.customer_id"] == ("PK", "FK")
    assert marks["payments.order_id"] == ("FK", "UK")
    assert marks["orders.placed_at"] == ()


def test_partitions_are_folded_into_their_table_with_their_foreign_keys() -> None:
    user = Table(name="users", columns=(column("id"),), primary_key=Key(columns=("id",)))
    root = Table(name="log", columns=(column("id"), column("user_id")))
    part = root.model_copy(update={"name": "log_1", "partition_of": PartitionOf(table="log", bound="DEFAULT")})
    leaf = Table(
        name="log_1_1",
        columns=root.columns,
        partition_of=PartitionOf(table="log_1", bound="DEFAULT"),
        foreign_keys=(reference("user_id", "users"),),
    )
    kin = Table(
        name="log_old",
        columns=root.columns,
        inherits=("log",),
        inherited=("id", "user_id"),
        foreign_keys=(reference("user_id", "users"),),
    )
    picture = pick(Schema(engine=Engine.POSTGRESQL, tables=(user, root, part, leaf, kin)), focus=("log",))
    assert [(entity.title, entity.folded) for entity in picture.entities] == [
        ("users", ()),
        ("log (3 partitions)", ("log_1", "log_1_1", "log_old")),
    ]
    assert [(link.child, link.parent, link.role) for link in picture.links] == [("log", "users", "user_id")]
    assert [(note.object, note.lost) for note in picture.notes] == [("log", "3 partitions are not drawn")]


def test_a_child_with_columns_of_its_own_is_drawn_with_a_line_to_what_it_inherits() -> None:
    city = Table(name="city", columns=(column("id"),))
    capital = Table(
        name="capital", columns=(column("id"), column("country", TEXT)), inherits=("city",), inherited=("id",)
    )
    picture = pick(Schema(engine=Engine.POSTGRESQL, tables=(city, capital)))
    assert [(link.child, link.parent, link.role, link.child_unique) for link in picture.links] == [
        ("capital", "city", "inherits", True)
    ]


def test_tables_that_are_partitions_of_each_other_do_not_hang() -> None:
    a = Table(name="a", columns=(column("id"),), partition_of=PartitionOf(table="b", bound="DEFAULT"))
    b = Table(name="b", columns=(column("id"),), partition_of=PartitionOf(table="a", bound="DEFAULT"))
    assert pick(Schema(engine=Engine.POSTGRESQL, tables=(a, b))).labels


def test_a_foreign_key_of_unknown_columns_is_drawn_all_the_same() -> None:
    odd = Table(
        name="odd",
        columns=(column("id"),),
        foreign_keys=(ForeignKey(columns=("gone",), referenced_table="odd", referenced_columns=("id",)),),
    )
    (link,) = pick(Schema(engine=Engine.MYSQL, tables=(odd,))).links
    assert (link.parent_optional, link.child_unique) == (True, False)


def test_a_repeated_foreign_key_is_drawn_once_and_noted() -> None:
    twice = tuple(
        ForeignKey(name=name, columns=("id",), referenced_table="a", referenced_columns=("id",)) for name in ("x", "y")
    )
    picture = pick(Schema(engine=Engine.MYSQL, tables=(Table(name="a", columns=(column("id"),), foreign_keys=twice),)))
    assert len(picture.links) == 1
    assert [note.lost for note in picture.notes] == ["1 foreign key between the same columns as another"]


def test_equal_schemas_give_equal_pictures() -> None:
    assert pick(named_after(("a", "b", "c"))) == pick(named_after(("a", "b", "c")))


@pytest.mark.parametrize(
    ("data_type", "shown"),
    [
        (DataType(kind=Kind.VARCHAR, native="character varying(20)", length=20), "varchar(20)"),
        (DataType(kind=Kind.ARRAY, native="character varying(20)[]"), "varchar(20)[]"),
        (DataType(kind=Kind.TIMESTAMPTZ, native="timestamp(3) with time zone"), "timestamptz(3)"),
        (DataType(kind=Kind.TIMESTAMP, native="timestamp without time zone"), "timestamp"),
        (DataType(kind=Kind.FLOAT64, native="double precision"), "double"),
        (DataType(kind=Kind.ENUM, native="enum('a','b')", values=("a", "b")), "enum"),
        (DataType(kind=Kind.INT32, native="int unsigned", unsigned=True), "int unsigned"),
        (DataType(kind=Kind.OTHER, native='"My Type"'), "My Type"),
    ],
    ids=str,
)
def test_types_are_shown_short(data_type: DataType, shown: str) -> None:
    assert short_type(data_type) == shown
