"""Expressions keep their exact tree: the readable text that the reader takes is parsed as what the server holds."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import write

numbers = st.recursive(
    st.sampled_from(
        ["a", "b", "1", "-2", "3.5", "n", "length(t)", "coalesce(a, 0)", "(a)::bigint", "array_length(l, 1)", "l[1]"]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/%"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"CASE {parts[0]} WHEN {parts[1]} THEN {parts[2]} END"),
        inner.map(lambda one: f"(- {one})"),
        inner.map(lambda one: f"greatest({one}, 0)"),
    ),
    max_leaves=4,
)
texts = st.recursive(
    st.sampled_from(["t", "v", "'x'", "'it''s'", "lower(t)", '(t COLLATE "C")', "(a)::text", "(v)::text"]),
    lambda inner: st.tuples(inner, inner).map(lambda parts: f"({parts[0]} || {parts[1]})"),
    max_leaves=3,
)
comparisons = st.one_of(
    st.tuples(numbers, st.sampled_from(["=", "<>", "<", ">=", "<="]), numbers).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    st.tuples(numbers, numbers, numbers).map(lambda parts: f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"),
    st.tuples(numbers, numbers, numbers).map(lambda parts: f"({parts[0]} NOT BETWEEN {parts[1]} AND {parts[2]})"),
    st.tuples(numbers, numbers).map(lambda parts: f"({parts[0]} IN ({parts[1]}, 5))"),
    st.tuples(numbers).map(lambda parts: f"({parts[0]} = ANY (l))"),
    st.tuples(texts, texts).map(lambda parts: f"({parts[0]} LIKE {parts[1]})"),
    st.tuples(texts, texts).map(lambda parts: f"({parts[0]} IS DISTINCT FROM {parts[1]})"),
    texts.map(lambda one: f"({one} IS NULL)"),
    texts.map(lambda one: f"({one} ~ '^[a-z]+$' )"),
    st.sampled_from(
        ["d", "true", "(d IS NOT TRUE)", "(j ? 'k')", "((j ->> 'k') = 'x')", "(r @> 5)", "(ROW(a, t) = ROW(b, v))"]
    ),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda one: f"(NOT {one})"),
        st.tuples(inner, inner).map(lambda parts: f"(CASE WHEN {parts[0]} THEN {parts[1]} ELSE false END)"),
        inner.map(lambda one: f"({one} IS NOT FALSE)"),
    ),
    max_leaves=6,
)
TABLE = "create table t (a int, b int, n numeric, t text, v varchar(9), d bool, l int[], j jsonb, r int4range)"


def trees(database: ScratchDatabase) -> list[tuple[str, ...]]:
    """Every expression of the database, fully parenthesised."""
    query = """
        select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'c' union all
        select relname, pg_get_viewdef(oid) from pg_class where relkind = 'v' and oid >= 16384 union all
        select relname, pg_get_indexdef(oid) from pg_class where relkind = 'i' and relnamespace = 2200 union all
        select adnum::text, pg_get_expr(adbin, adrelid) from pg_attrdef union all
        select polname, pg_get_expr(polqual, polrelid) from pg_policy order by 1, 2"""
    return database.admin.execute(query).fetchall()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(st.lists(conditions, min_size=1, max_size=12))
def test_a_random_expression_keeps_its_tree_wherever_it_stands(expressions: list[str]) -> None:
    script = [TABLE]
    for number, one in enumerate(expressions):
        script.append(f"alter table t add constraint c{number} check ({one})")
        script.append(f"create view v{number} as select a, {one} as b from t where {one}")
        script.append(f"create index i{number} on t (a) where {one}")
        script.append(f"create index e{number} on t (({one}))")
        script.append(f"alter table t add g{number} bool generated always as ({one}) stored")
        script.append(f"create policy p{number} on t using ({one})")
    with embedded().scratch() as first, embedded().scratch() as second:
        first.run_script((number, sql) for number, sql in enumerate(script, 1))
        schema = read_whole_catalog(first.admin, facts=False).schema
        outcome = second.run_script(write(schema, WriteOptions(prove=False)).text)
        assert not outcome.failures
        assert trees(second) == trees(first)
