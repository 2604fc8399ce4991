"""What a write entails beside its plan."""

from __future__ import annotations

from dbdesign.model.workload import LatencyTarget
from dbdesign.simulate.writes import Written
from simulate_designs import simulated

DDL = """
CREATE TABLE parents (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE rows (
    id bigint PRIMARY KEY, parent_id bigint REFERENCES parents ON DELETE CASCADE, amount integer NOT NULL CHECK (amount > 0), note text,
    doubled integer GENERATED ALWAYS AS (amount * 2) STORED
) WITH (fillfactor = 90);
CREATE INDEX rows_amount ON rows (amount);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
CREATE TRIGGER rows_touch BEFORE UPDATE ON rows FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE log (at date NOT NULL, said text) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
"""
VOLUMES = "{parents: 1M, rows: 20M, log: 10M}"


def written(query: str) -> Written:
    [one] = simulated(DDL, VOLUMES, [query])
    assert one.error is None
    [found] = one.writes
    return found


def test_an_insert_keeps_every_index_and_looks_the_parent_up() -> None:
    found = written("insert into rows (id,parent_id,amount) values ($1,$2,$3)")
    assert [one.name for one in found.indexes] == ["rows_pkey", "rows_amount"]
    assert [(key.side, key.table, key.indexed) for key in found.foreign_keys] == [("referencing", "parents", True)]
    assert (found.rows, found.pages, found.triggers, found.generated) == (1, 3, (), ("doubled",))
    assert found.checks == ("rows_amount_check",)
    assert found.hot is None


def test_an_update_of_no_indexed_column_is_heap_only() -> None:
    found = written("update rows set note = $1 where id = $2")
    assert found.hot
    assert found.hot_reason == "no indexed column is set; fillfactor 90 keeps room on the page"
    assert (found.indexes, found.pages, found.foreign_keys) == ((), 1, ())
    assert found.triggers == ("rows_touch (before update)",)


def test_an_update_of_an_indexed_column_writes_all_indexes() -> None:
    found = written("update rows set amount = 3 where id = $1")
    assert found.hot is False
    assert found.hot_reason == "amount stands in rows_amount: every index of the table gets a new entry"
    assert len(found.indexes) == 2


def test_a_delete_of_a_parent_looks_for_its_children() -> None:
    found = written("delete from parents where id = $1")
    [key] = found.foreign_keys
    assert (key.side, key.table, key.columns, key.action, key.indexed) == (
        "referenced",
        "rows",
        ("parent_id",),
        "cascade",
        False,
    )
    assert key.blocks > 100_000
    assert found.notes == ("index entries stay until VACUUM removes them",)


def test_a_merge_and_a_write_in_a_cte_are_writes_too() -> None:
    merged = written(
        "merge into rows r using parents p on r.parent_id = p.id when matched then update set note = p.name "
        "when not matched then insert (id, parent_id, amount) values (p.id, p.id, 1)"
    )
    assert (merged.kind, merged.rows > 1e6) == ("merge", True)
    assert (merged.columns, merged.hot) == (("note",), True)
    assert "no indexed column is set" in merged.hot_reason
    assert merged.indexes, "the rows that it inserts get entries all the same"
    moved = written("with gone as (delete from parents where id = $1 returning id) select * from gone")
    assert (moved.kind, moved.table) == ("delete", "parents")


def test_the_updates_of_on_conflict_and_merge_have_a_verdict_too() -> None:
    inserted = "insert into rows (id, parent_id, amount) values (1, 2, 3)"
    assert written(inserted).hot is None
    assert written(f"{inserted} on conflict (id) do nothing").hot is None
    upserted = written(f"{inserted} on conflict (id) do update set amount = excluded.amount")
    assert (upserted.columns, upserted.hot) == (("amount",), False)
    merged = written(
        "merge into rows r using parents p on r.id = p.id when matched then update set amount = 1, note = 'x'"
    )
    assert merged.hot is False


def test_rows_are_routed_to_partitions() -> None:
    found = written("insert into log (at, said) values ($1, $2)")
    assert (found.partitions, found.partitioned_by) == (2, ("at",))


def test_the_latency_of_a_delete_counts_the_scan_for_rows_that_refer_to_it() -> None:
    [gone, kept] = simulated(
        DDL,
        VOLUMES,
        ["delete from parents where id = $1", "delete from rows where id = $1"],
        target=LatencyTarget(milliseconds=20),
    )
    assert gone.verdict is not None
    assert gone.verdict[0] == "implausible"
    assert gone.writes[0].foreign_keys[0].found == 20
    assert gone.writes[0].searched == 20e6
    assert kept.verdict is not None
    assert kept.verdict[0] == "plausible"
    assert "commit 1 ms" in kept.verdict[1]


def test_new_entries_of_keys_that_are_counted_up_find_their_leaf_in_memory() -> None:
    found = written("insert into rows (id,parent_id,amount) values ($1,$2,$3)")
    assert {one.name: one.ordered for one in found.indexes} == {"rows_pkey": True, "rows_amount": False}
    assert found.touched.random == 3  # of rows_amount, and the parent's leaf and row


HIDDEN = """
CREATE TABLE secrets (id bigint PRIMARY KEY, owner_id bigint NOT NULL);
CREATE TABLE audits (id bigint PRIMARY KEY, secret_id bigint NOT NULL);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secrets USING (owner_id = current_setting('app.owner')::bigint);
CREATE FUNCTION audited(bigint) RETURNS bigint LANGUAGE sql STABLE AS 'select count(*) from audits where secret_id = $1';
CREATE FUNCTION doubled(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'select 2 * $1';
"""


def test_what_a_plan_does_not_show_is_said() -> None:
    [one, other] = simulated(
        HIDDEN,
        "{secrets: 1M, audits: 5M}",
        ["select audited(id), doubled(id) from secrets where id = $1", "select doubled(id) from audits where id = $1"],
    )
    [security, function] = one.notes
    assert security.startswith(
        "row security of secrets is not in this plan, which is the owner's: for others it adds own: owner_id = "
    )
    assert (
        function == "audited runs statements of its own, on audits: the plan, its cost and its blocks do not count them"
    )
    assert other.notes == ()
