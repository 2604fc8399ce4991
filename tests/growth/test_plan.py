"""Whole plans of three designs, against golden reports; limits, measures and the commands that a plan consists of."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.call import Call
from dbdesign.api.plan_scaling import plan_scaling
from dbdesign.engines.postgres import embedded
from dbdesign.errors import InputError
from dbdesign.growth.cache import caching, wanted
from dbdesign.growth.distributed.base import engines
from dbdesign.growth.distributed.lint import lint
from dbdesign.growth.files import files_of, sharded
from dbdesign.growth.limits import Limit
from dbdesign.growth.machine import GB, TB, parse_machine
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.growth.plan import GrowthPlan
from dbdesign.growth.sharding import skew_of
from dbdesign.model.profile import ColumnProfile
from dbdesign.readers.postgresql import READER
from growth_plans import DESIGNS, plan_of, planned, read

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("saas", "telemetry", "ledger")


def limit(plan: GrowthPlan, name: str) -> Limit:
    return next(one for one in plan.limits if one.limit == name)


def met(plan: GrowthPlan, name: str) -> float:
    """The month of a limit; far away where it is not met."""
    when = limit(plan, name).when
    return 999.0 if when is None else when


def golden(name: str, text: str) -> None:
    """Compare with the file; written anew where DBDESIGN_GOLDEN is set."""
    path = GOLDEN / name
    if os.environ.get("DBDESIGN_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_the_reviewed_one(name: str) -> None:
    golden(f"{name}.report.md", re.sub(r"PostgreSQL 18\.\d+", "PostgreSQL 18", files_of(plan_of(name))["report.md"]))


@pytest.mark.parametrize(
    "path",
    [
        "sharding/citus.sql",
        "sharding/cockroachdb.sql",
        "sharding/tidb.sql",
        "sharding/yugabytedb.sql",
        "sharding/vitess/sharded.sql",
        "sharding/vitess/sharded.vschema.json",
        "sharding/vitess/unsharded.sql",
        "sharding/vitess/unsharded.vschema.json",
    ],
)
def test_the_sharded_design_of_each_engine_is_the_reviewed_one(path: str) -> None:
    golden(f"saas/{path}", files_of(plan_of("saas"))[path])


@pytest.mark.parametrize("path", ["partitions.sql", "pg_partman_4.7.sql", "pg_partman_5.sql"])
def test_partitions_are_made_as_reviewed(path: str) -> None:
    golden(f"telemetry/{path}", re.sub(r"PostgreSQL 18\.\d+", "PostgreSQL 18", files_of(plan_of("telemetry"))[path]))


def test_a_ledger_is_told_not_to_shard_and_by_how_much_its_load_may_grow() -> None:
    plan = plan_of("ledger")
    assert not plan.shards
    assert plan.shard_due is None
    [last] = plan.ladder[-1:]
    assert last.measure == "sharding"
    assert last.when == "not within 10 years"
    assert "times that load would change the answer" in last.why


def test_a_key_that_counts_rows_which_retention_deleted_runs_out_though_the_table_stays_small() -> None:
    plan = plan_of("telemetry")
    key = limit(plan, "key alarms.id")
    a_month = 40 * 2_629_746
    assert plan.sizes.rows("alarms", 36.0) < 2**31
    assert key.when == pytest.approx((2**31 - 1 - 400e6) / a_month, abs=1)


@pytest.mark.parametrize("table", ["readings", "alarms"])
def test_every_statement_that_is_claimed_to_prune_reads_fewer_partitions_by_explain(table: str) -> None:
    plan = next(one for one in plan_of("telemetry").partitions if one.table == table)
    pruned = [one for one in plan.pruning if one.pruned]
    assert pruned
    assert all(one.scanned is not None and one.scanned < 10 and one.of == 24 for one in pruned)
    assert "detached concurrently and dropped" in plan.proof


def test_a_statement_that_reads_all_partitions_is_named() -> None:
    alarms = next(one for one in plan_of("telemetry").partitions if one.table == "alarms")
    assert any("acknowledge reads 24 of 24 partitions" in one for one in alarms.consequences)


def test_a_table_stays_whole_where_explain_disproves_the_pruning() -> None:
    plan = planned(
        read(
            "schema: create table t (id bigint primary key, at timestamptz not null, body text not null);\n"
            "workload: [{name: old, sql: select id from t where at < now(), rate: 5/s}]\n"
            "volumes: {t: {rows: 1e9, growth: 2% per month, columns: {body: {width: 200}}}}"
        )
    )
    assert plan.partitions == ()
    assert [one.table for one in plan.whole] == ["t"]
    assert "EXPLAIN says" in plan.whole[0].reason


def test_partitions_run_as_written() -> None:
    text = files_of(plan_of("telemetry"))["partitions.sql"]
    with embedded().scratch() as database:
        outcome = database.run_script("create type severity as enum ('info', 'warning', 'critical');\n" + text)
        assert not outcome.failures
        row = database.admin.execute(
            b"select count(*) from pg_inherits where inhparent = 'public.readings'::regclass"
        ).fetchone()
    readings = next(one for one in plan_of("telemetry").partitions if one.table == "readings")
    assert row
    assert row[0] == len(readings.bounds)


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_with_the_key_runs_and_holds_it_at_the_head_of_every_key(name: str) -> None:
    plan = plan_of(name)
    design = sharded(plan, plan.candidates[0])
    with embedded().scratch() as database:
        assert not database.run_script(ddl_of(design.keyed)).failures
    for label in design.tables("distributed", "key to be added"):
        table = design.keyed.table_by_label[label]
        assert table.primary_key is None or table.primary_key.columns[0] == design.column(label)


def test_the_tenant_is_the_key_of_a_design_whose_statements_say_the_tenant() -> None:
    best = plan_of("saas").candidates[0]
    assert best.key == "tenants.id"
    assert best.vetoes == ()
    assert best.parts["J"] == 1
    assert [one.query for one in best.routings if not one.routed] == [
        "overdue everywhere",
        "rows that arrive in tenants",
    ] or [one.query for one in best.routings if not one.routed] == ["overdue everywhere"]


def test_every_engine_has_files_for_every_design() -> None:
    names = {one.name for one in engines()}
    assert names == {"citus", "cockroachdb", "tidb", "vitess", "yugabytedb"}
    for name in NAMES:
        written = {path.split("/")[1].split(".")[0] for path in files_of(plan_of(name)) if path.startswith("sharding/")}
        assert written == names


def test_regions_become_localities_tablespaces_and_policies() -> None:
    text = (DESIGNS / "saas.yaml").read_text(encoding="utf-8")
    plan = planned(read(text + "regions: {eu-west-1: 0.6, us-east-1: 0.3, ap-southeast-1: 0.1}\n"))
    files = files_of(plan)
    assert "SURVIVE REGION FAILURE" in files["sharding/cockroachdb.sql"]
    assert "ALTER TABLE tasks SET LOCALITY REGIONAL BY ROW;" in files["sharding/cockroachdb.sql"]
    assert "ALTER TABLE plans SET LOCALITY GLOBAL;" in files["sharding/cockroachdb.sql"]
    assert 'PRIMARY_REGION="eu-west-1"' in files["sharding/tidb.sql"]
    assert files["sharding/yugabytedb.sql"].count("CREATE TABLESPACE") == 3


def test_the_vschema_names_only_tables_and_vindexes_that_are_there() -> None:
    files = files_of(plan_of("saas"))
    sharded_, unsharded = (json.loads(files[f"sharding/vitess/{one}.vschema.json"]) for one in ("sharded", "unsharded"))
    for table in sharded_["tables"].values():
        assert {one["name"] for one in table.get("column_vindexes", ())} <= sharded_["vindexes"].keys()
        for name in (table.get("source"), table.get("auto_increment", {}).get("sequence")):
            assert name is None or name.removeprefix("unsharded.") in unsharded["tables"]
    for vindex in sharded_["vindexes"].values():
        assert "params" not in vindex or vindex["params"]["table"].removeprefix("unsharded.") in unsharded["tables"]


def test_a_schema_is_linted_against_what_each_engine_lacks() -> None:
    schema = READER.read(
        """
        create extension btree_gist;
        create domain euro as numeric(10, 2);
        create table rooms (id bigint primary key, price euro);
        create table bookings (
            id bigint primary key, room_id bigint references rooms deferrable initially deferred, during tstzrange not null,
            exclude using gist (room_id with =, during with &&)
        );
        create index on bookings (room_id) where room_id > 10;
        """
    ).schema_
    found = {(one.engine, one.feature) for one in lint(schema, (), frozenset())}
    assert {
        ("cockroachdb", "domain"),
        ("cockroachdb", "range type"),
        ("cockroachdb", "deferrable constraint"),
        ("cockroachdb", "exclusion constraint"),
        ("yugabytedb", "exclusion constraint"),
        ("citus", "exclusion constraint without the key"),
        ("tidb", "partial index"),
        ("vitess", "partial index"),
        ("vitess", "foreign key across shards"),
    } <= found
    assert not any(engine == "yugabytedb" and feature == "deferrable unique key" for engine, feature in found)


def test_statements_are_linted_where_they_cross_shards() -> None:
    from dbdesign.model.workload import Query

    queries = (
        Query(name="take", sql="select * from jobs for update skip locked limit 1"),
        Query(name="mine", sql="select * from jobs where tenant_id = $1 for update"),
        Query(name="tell", sql="select pg_notify('x', 'y')"),
    )
    schema = READER.read("create table jobs (id bigint primary key, tenant_id bigint);").schema_
    found = {(one.engine, one.feature): one.objects for one in lint(schema, queries, frozenset({"take"}))}
    assert found["citus", "SELECT … FOR UPDATE"] == ("take",)
    assert found["yugabytedb", "LISTEN, NOTIFY"] == ("tell",)


def test_an_index_that_a_scan_lacks_is_named_and_the_machine_is_judged_with_it() -> None:
    plan = planned(
        read(
            "schema: create table orders (id bigint primary key, customer_id bigint not null, at timestamptz not null);\n"
            "workload: [{name: mine, sql: select id from orders where customer_id = $1 order by at desc limit 20, rate: 500/s}]\n"
            "volumes: {orders: {rows: 5e8, columns: {customer_id: {distinct: 1e7}}}}"
        )
    )
    assert [one.statement for one in plan.missing] == ["CREATE INDEX CONCURRENTLY ON orders (customer_id, at);"]
    assert limit(plan, "processor").now < 1
    assert "orders_customer_id_at_idx (proposed)" in plan.sizes.by_name


def test_what_is_asked_of_now_is_asked_of_then_at_the_horizon() -> None:
    plan = planned(
        read(
            "schema: create table events (id bigint primary key, at timestamptz not null default now()); create index on events (at);\n"
            "workload: [{name: last hour, sql: \"select count(*) from events where at > now() - interval '1 hour'\", rate: 1/s}]\n"
            "volumes: {events: {rows: 1e9, growth: 10 rows/s}}"
        )
    )
    asked = next(one for one in plan.situation.load.queries if one.query.name == "last hour")
    assert asked.then.blocks < 20 * max(asked.now.blocks, 10)


def test_a_design_that_outgrows_the_largest_machine_is_told_to_shard_and_when() -> None:
    plan = planned(
        read(
            "schema: create table events (user_id bigint not null, at timestamptz not null, body text, primary key (user_id, at));\n"
            "workload:\n"
            "  - {name: add, sql: 'insert into events (user_id, at, body) values ($1, $2, $3)', rate: 400000/s}\n"
            "  - {name: mine, sql: select body from events where user_id = $1 order by at desc limit 20, rate: 1000/s}\n"
            "volumes: {events: {rows: 1e9, growth: 400000 rows/s, columns: {user_id: {distinct: 1e8}, body: {width: 200}}}}"
        )
    )
    assert plan.shards
    assert plan.candidates[0].key == "events.user_id"


def test_values_that_are_alike_hash_evenly_and_one_that_is_half_of_all_does_not() -> None:
    even = ColumnProfile(column="a", distinct=1e6)
    half = ColumnProfile(column="a", distinct=1e6, common=(("1", 0.5),))
    assert skew_of(even, 16)[0] < 1.1
    assert skew_of(half, 16)[0] == pytest.approx(0.5 / (1 / 16), rel=0.1)
    assert skew_of(half, 16)[1] == 0.5


def test_a_cache_that_holds_all_reads_nothing_and_one_that_holds_half_of_what_is_wanted_alike_misses_half() -> None:
    assert caching({"a": 100.0}, {"a": 1000.0}, 1000.0).reads == 0
    assert caching({"a": 100.0}, {"a": 1000.0}, 500.0).hit == pytest.approx(0.5, abs=0.001)
    served = caching({"hot": 1000.0, "cold": 1.0}, {"hot": 100.0, "cold": 1e6}, 200.0)
    assert served.by_table["hot"] < 0.02 * 1000
    assert served.by_table["cold"] > 0.99


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (16, 64 * GB, TB, 12_000)),
        ("8 vCPU, 32 GB, 500 GB, 3k IOPS", (8, 32 * GB, 500 * GB, 3000)),
        ("2TB disk, 96 cores", (96, 64 * GB, 2 * TB, 12_000)),
        ("512 GiB ram; 64000 iops", (16, 512 * GB, TB, 64_000)),
    ],
)
def test_a_machine_is_read_as_people_write_it(text: str | None, expected: tuple[float, ...]) -> None:
    found = parse_machine(text)
    assert (found.cores, found.memory, found.disk, found.iops) == expected


@pytest.mark.parametrize("text", ["large", "0 vCPU", "8 vCPU, 16 vCPU", "64 parsecs", "-4 GB"])
def test_what_is_no_machine_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(InputError, match="16 vCPU, 64 GB"):
        parse_machine(text)


def test_a_larger_machine_meets_its_limits_later() -> None:
    design = read((DESIGNS / "saas.yaml").read_text(encoding="utf-8"))
    small = plan_of("saas")
    large = planned(design, machine="64 vCPU, 512 GB, 16 TB, 64000 IOPS")
    for name in ("disk", "memory", "iops", "processor"):
        assert met(large, name) >= met(small, name)


def test_the_files_are_written_and_named(tmp_path: Path) -> None:
    source = (DESIGNS / "ledger.yaml").read_text(encoding="utf-8")
    answer = plan_scaling(source, write_to=str(tmp_path / "out"), call=Call())
    assert (
        answer.summary.endswith("one PostgreSQL serves this for the next 10 years.") or "Do not shard" in answer.summary
    )
    assert {Path(one).name for one in answer.files} >= {"report.md", "growth.html", "partitions.sql", "citus.sql"}
    page = (tmp_path / "out" / "growth.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page
    assert {"object", "kind", "bytes_now", "bytes_then"} <= answer.structured()["sizes"][0].keys()
    assert {"measure", "threshold", "when"} <= answer.structured()["ladder"][0].keys()


@pytest.mark.parametrize(
    ("source", "arguments", "said"),
    [
        ("schema: create table t (id bigint primary key);", {}, "how many rows"),
        ("schema: create table t (id bigint primary key);\nvolumes: {t: {rows: 1e6}}", {"horizon": "soon"}, "24mo"),
        (
            "schema: create table t (id bigint primary key);\nvolumes: {t: {rows: 1e6}}",
            {"horizon": "30 years"},
            "120mo",
        ),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_question_to_answer(
    source: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        plan_scaling(source, **arguments, call=Call())


def test_a_design_without_a_workload_is_judged_by_its_sizes() -> None:
    plan = planned(read("schema: create table t (id bigint primary key);\nvolumes: {t: {rows: 1e6}}"))
    assert limit(plan, "processor").now == 0
    assert any("no workload" in one for one in plan.assumptions)


def test_a_table_beyond_32_terabytes_says_when() -> None:
    plan = planned(
        read(
            "schema: create table t (id bigint primary key, body text not null);\n"
            "volumes: {t: {rows: 4e9, growth: 15% per month, columns: {body: {width: 1000}}}}"
        ),
        months=60.0,
    )
    assert 10 < met(plan, "size of t") < 36
    assert any("32 TB" in one for one in plan.assumptions)


FOLLOWS = """
schema: |
  create table users (id uuid primary key, email text not null unique);
  create table follows (
      follower_id uuid not null references users, followee_id uuid not null references users, primary key (follower_id, followee_id)
  );
workload:
  - {name: whom, sql: select followee_id from follows where follower_id = $1, rate: 100/s}
  - {name: who, sql: select id from users where id = $1, rate: 100/s}
volumes: {users: {rows: 50e6}, follows: {rows: 5e9}}
"""


def test_a_second_reference_to_the_key_is_dropped_within_shards_and_kept_across_them() -> None:
    plan = planned(read(FOLLOWS))
    files = files_of(plan)
    assert plan.candidates[0].columns == {"users": "id", "follows": "follower_id"}
    assert "-- not kept: the foreign key follows (followee_id) → users crosses shards" in files["sharding/citus.sql"]
    assert "-- not kept: UNIQUE (email) of users" in files["sharding/citus.sql"]
    assert "UNIQUE (id, email)" in files["sharding/citus.sql"]
    for name in ("cockroachdb", "yugabytedb"):
        assert "UNIQUE (id, email)" not in files[f"sharding/{name}.sql"]
        assert files[f"sharding/{name}.sql"].count("REFERENCES users (id)") == 2


RETAINED = """
schema: |
  create table bookings (id uuid primary key, at timestamptz not null default now(), customer_id bigint not null, note text not null);
  create index on bookings (customer_id, at);
workload:
  - {name: one, sql: select note from bookings where id = $1, rate: RATE/s}
  - {name: newest, sql: "select id, at from bookings where customer_id = $1 order by at desc limit 20", rate: 50/s}
volumes: {bookings: {rows: 100e6, growth: 3 rows/s, retention: 400 days, columns: {note: {width: 300}, customer_id: {distinct: 1e6}}}}
"""


def test_partitions_for_retention_stand_or_fall_with_the_statements_that_would_look_into_all() -> None:
    [calm] = planned(read(RETAINED.replace("RATE", "1"))).partitions
    assert calm.interval in {"month", "quarter"}
    assert any("newest reads the partitions one after the other and stops" in one for one in calm.consequences)
    busy = planned(read(RETAINED.replace("RATE", "3000")))
    assert busy.partitions == ()
    assert "3,000 statements a second do not give at" in busy.whole[0].reason or "3,050" in busy.whole[0].reason
    retention = next(one for one in busy.ladder if one.measure == "retention of bookings")
    with embedded().scratch() as database:
        assert not database.run_script(ddl_of(busy.situation.design.schema_)).failures
        for statement in retention.do:
            database.user.execute(statement.replace(" CONCURRENTLY", "").encode())


def test_size_alone_does_not_split_a_table_at_the_price_of_a_unique_key() -> None:
    plan = planned(
        read(
            "schema: create table t (id uuid primary key, number text not null unique, body text not null);\n"
            "workload: [{name: one, sql: select body from t where id = $1, rate: 5/s}]\n"
            "volumes: {t: {rows: 1e9, columns: {body: {width: 200}, number: {width: 20}}}}"
        )
    )
    assert plan.partitions == ()
    assert "UNIQUE (number) could not be kept" in plan.whole[0].reason


HOT = """
schema: create table posts (id bigint primary key, tenant_id bigint not null, likes bigint not null default 0);
workload: [{name: like, sql: update posts set likes = likes + 1 where id = $1, rate: 2000/s}]
patterns: [{name: like, updates: posts, equal: id, changes: likes, increments: true, hottest: 50%, rate: 2000/s}]
volumes: {posts: {rows: 1e7, columns: {tenant_id: {distinct: 30}}}}
"""


def test_a_row_that_everybody_changes_is_a_limit_that_no_machine_lifts() -> None:
    plan = planned(read(HOT), machine="128 vCPU, 1024 GB, 60 TB, 250k IOPS")
    found = limit(plan, "hottest row of posts")
    assert (found.now, found.when) == (1000, 0.0)
    assert any(one.measure == "counters of posts" for one in plan.ladder)


def test_keys_with_few_values_and_points_in_time_are_vetoed() -> None:
    plan = planned(
        read(
            "schema: create table events (at timestamptz not null, tenant_id bigint not null, id uuid not null, primary key (at, id));\n"
            "workload: [{name: mine, sql: select id from events where tenant_id = $1 and at > $2, rate: 5/s}]\n"
            "volumes: {events: {rows: 1e9, columns: {tenant_id: {distinct: 30}}}}"
        )
    )
    vetoes = {one.key: " ".join(one.vetoes) for one in plan.candidates}
    assert "fewer than ten each" in vetoes["events.tenant_id"]
    assert "a point in time" in vetoes["events.at"]


def test_a_growth_that_contradicts_the_inserts_is_said() -> None:
    plan = planned(
        read(
            "schema: create table t (id uuid primary key);\n"
            "workload: [{name: add, sql: insert into t (id) values ($1), rate: 500/s}]\n"
            "volumes: {t: {rows: 1e8, growth: 1 rows/s}}"
        )
    )
    assert any(
        "statements insert 500 rows a second into t, but its growth and retention say 1:" in one
        for one in plan.problems
    )


def test_what_is_wanted_most_stays_in_memory_and_nine_tenths_of_the_rest_do_not_matter() -> None:
    even, crowded = wanted(0.0, 10**6), wanted(0.05, 10**6)
    assert sum(part for part, _ in crowded) == pytest.approx(1)
    assert sum(share for _, share in crowded) == pytest.approx(1)
    assert all(part == pytest.approx(share) for part, share in even)
    assert crowded[0][1] < 0.25 < 0.89 < crowded[0][0]


def test_an_assistant_is_told_the_relations_that_weigh_and_keys_to_shard_by_only_where_it_comes_to_that() -> None:
    source = str(DESIGNS / "saas.yaml")
    whole, brief = plan_scaling(source), plan_scaling(source, call=Call(tokens=100_000))
    assert len(brief.sizes) < len(whole.sizes)
    assert brief.sizes[-1].object == f"{len(whole.sizes) - len(brief.sizes) + 1} smaller ones"
    assert sum(one.bytes_then for one in brief.sizes) == sum(one.bytes_then for one in whole.sizes)
    assert bool(brief.shard_keys) == bool(brief.sharding["needed"])
