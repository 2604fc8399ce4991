"""Calls of Prisma's client are the SQL that it sends; PostgreSQL plans every one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.api.access import Access
from dbdesign.api.advise_indexes import advise_indexes
from dbdesign.api.call import Call
from dbdesign.api.simulate_queries import simulate_queries
from dbdesign.errors import InputError
from dbdesign.readers.prisma.calls import queries_of

CASES = yaml.safe_load((Path(__file__).parent / "calls.yaml").read_text())
SCHEMA = """
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
model Buyer {
  id     Int     @id @default(autoincrement())
  email  String  @unique
  orders Order[]
  groups Group[]
  @@map("buyers")
}
model Group {
  id     Int     @id
  name   String
  buyers Buyer[]
}
model Order {
  id       Int      @id
  buyerId  Int      @map("buyer_id")
  buyer    Buyer    @relation(fields: [buyerId], references: [id])
  state    String
  note     String?
  total    Int
  labels   String[]
  placedAt DateTime
  lines    Line[]
  @@map("orders")
}
model Line {
  orderId Int
  order   Order  @relation(fields: [orderId], references: [id])
  sku     String
  @@id([orderId, sku])
}
"""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_calls_of_the_client_are_queries(case: dict[str, Any]) -> None:
    found = queries_of({"schema.prisma": SCHEMA, "a.ts": f"async function run() {{ {case['call']} }}"})
    assert [one.sql for one in found.queries] == case["sql"]
    assert len(found.unknown) == case.get("unknown", 0)


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_every_query_of_a_program_is_planned(provider: str, tmp_path: Path) -> None:
    schema = (
        SCHEMA if provider == "postgresql" else SCHEMA.replace('"postgresql"', '"mysql"').replace("String[]", "Json")
    )
    (tmp_path / "schema.prisma").write_text(schema)
    calls = [case["call"] for case in CASES if provider == "postgresql" or "labels" not in case["call"]]
    (tmp_path / "a.ts").write_text("\n".join(f"async function run{at}() {{ {one} }}" for at, one in enumerate(calls)))
    call = Call(access=Access(roots=[tmp_path]))
    answer = simulate_queries(str(tmp_path / "schema.prisma"), queries=str(tmp_path), call=call)
    assert len(answer.queries) >= 15
    assert [one.error for one in answer.queries if one.error] == []


def test_a_program_is_a_workload_for_the_advice_of_indexes(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(SCHEMA)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "orders.ts").write_text(
        "export const mine = (id) => prisma.order.findMany({ where: { buyerId: id }, orderBy: { placedAt: 'desc' }, take: 20 });\n"
        "export const all = (q) => prisma.order.findMany({ where: filter(q) });\n"
    )
    call = Call(access=Access(roots=[tmp_path]))
    answer = advise_indexes(str(tmp_path / "schema.prisma"), queries=str(tmp_path / "src"), call=call)
    assert [one.ddl.partition(" ON ")[2].partition(" (")[::2] for one in answer.indexes] == [
        ("public.orders", "buyer_id);")
    ]
    assert [one for one in answer.notes if "orders.ts:2" in one]


def test_a_folder_without_a_schema_or_calls_is_refused_with_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(SCHEMA)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("export const one = 1;\n")
    call = Call(access=Access(roots=[tmp_path]))
    with pytest.raises(InputError, match="calls no model of Prisma's client"):
        advise_indexes(str(tmp_path / "schema.prisma"), queries=str(tmp_path / "src"), call=call)
    (tmp_path / "s.sql").write_text("CREATE TABLE t (a int);")
    with pytest.raises(InputError, match="no model of a relational database"):
        advise_indexes(str(tmp_path / "s.sql"), queries=str(tmp_path / "src"), call=call)


@given(st.text(alphabet="where:{}[]()orderBy'desc',.&?!id stateAND\n", max_size=60))
def test_no_text_behind_a_call_stops_the_reading(text: str) -> None:
    queries_of({"schema.prisma": SCHEMA, "a.ts": f"prisma.order.findMany({{ where: {text}"})
