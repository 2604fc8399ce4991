"""How well the sizes of indexes that are not built are told: TPC-H and TPC-DS, 79 indexes, many of columns that hang together.

    python benchmarks/index_sizes.py [SCALE] [tpch|tpcds]

The twin knows a dump's statistics and, as `dbdesign advise` does, what the benchmark's queries join.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from dbdesign.engines.postgres import embedded
from dbdesign.errors import DesignError
from dbdesign.model.statistics import BLOCK
from dbdesign.queries.analysis import analyse
from dbdesign.queries.uses import TableUse
from dbdesign.readers.base import reader
from dbdesign.twin.dump import Dump, read_dump
from dbdesign.twin.twin import Hypothetical, production_twin
from tpc import ROOMY, TPC_DS, TPC_H, Benchmark, load, queries

CONSOLE = Console(width=int(os.environ.get("COLUMNS", "150")))

MORE = {
    "tpch": (
        "customer (c_nationkey, c_acctbal)", "lineitem (l_commitdate, l_receiptdate)", "lineitem (l_orderkey)",
        "lineitem (l_orderkey, l_shipdate)", "lineitem (l_orderkey, l_suppkey)", "lineitem (l_partkey)",
        "lineitem (l_partkey, l_suppkey, l_shipdate)", "lineitem (l_receiptdate, l_shipdate, l_commitdate)",
        "lineitem (l_returnflag, l_linestatus)", "lineitem (l_shipdate, l_discount, l_quantity)",
        "lineitem (l_shipdate, l_receiptdate)", "lineitem (l_shipmode, l_shipinstruct, l_quantity)", "lineitem (l_suppkey)",
        "lineitem (l_suppkey, l_partkey)", "lineitem (l_suppkey, l_shipdate)", "orders (o_clerk, o_orderdate)",
        "orders (o_custkey)", "orders (o_orderdate, o_custkey)", "orders (o_orderstatus, o_orderdate)", "part (p_mfgr, p_brand)",
        "part (p_type, p_size)", "partsupp (ps_partkey)",
    ),
    "tpcds": (
        "catalog_returns (cr_returned_date_sk, cr_item_sk)", "catalog_sales (cs_bill_customer_sk, cs_bill_addr_sk)",
        "catalog_sales (cs_order_number)", "catalog_sales (cs_sold_date_sk, cs_ship_date_sk)", "customer (c_last_name, c_first_name)",
        "customer_address (ca_city, ca_state)", "customer_address (ca_county, ca_state, ca_zip)",
        "customer_demographics (cd_gender, cd_marital_status, cd_education_status)", "date_dim (d_month_seq, d_year)",
        "date_dim (d_week_seq)", "inventory (inv_warehouse_sk, inv_item_sk)", "item (i_brand_id, i_brand)",
        "item (i_category_id, i_class_id)", "store_returns (sr_item_sk, sr_customer_sk)", "store_returns (sr_ticket_number)",
        "store_sales (ss_customer_sk, ss_addr_sk)", "store_sales (ss_customer_sk, ss_cdemo_sk)",
        "store_sales (ss_item_sk, ss_sold_date_sk)", "store_sales (ss_sold_date_sk, ss_sold_time_sk)",
        "store_sales (ss_ticket_number)", "store_sales (ss_ticket_number, ss_customer_sk)", "time_dim (t_hour, t_minute)",
        "web_sales (ws_bill_customer_sk, ws_bill_addr_sk)", "web_sales (ws_order_number)",
    ),
}  # fmt: skip
"""Beside those of `tpc.py`: single columns whose equal values stand together, and columns of one table two or three at a time."""


def joined(dump: Dump, texts: Sequence[str]) -> Iterator[TableUse]:
    """The uses of tables in the queries that can be analysed."""
    schema = reader("postgresql").read(";\n".join(one.sql for one in dump.statements) + ";").schema_
    for text in texts:
        try:
            yield from analyse(text, schema, "postgres").uses
        except DesignError as error:
            CONSOLE.print(f"  not analysed: {error}", markup=False)


def measured(benchmark: Benchmark, scale: float) -> Iterator[tuple[str, int, int, tuple[int, int]]]:
    """Definition, real blocks, predicted blocks, and the ends of the range."""
    definitions = [*benchmark.indexes, *(f"ON {one}" for one in MORE[benchmark.name])]
    with embedded().scratch(limits=ROOMY) as database:
        load(benchmark, scale, database)
        dump = read_dump(database.dump(statistics=True))
        with production_twin(dump.statements, dump.statistics) as twin:
            twin.learn_joins((one.table.label, one.joins) for one in joined(dump, queries(benchmark)))
            for definition, made in zip(definitions, twin.add_indexes(definitions), strict=True):
                if not isinstance(made, Hypothetical):
                    CONSOLE.print(f"  problem: {made}", markup=False)
                    continue
                database.user.execute(f"create index truth {definition}".encode())
                row = database.user.execute(f"select pg_relation_size('truth') / {BLOCK}".encode()).fetchone()
                database.user.execute("drop index truth")
                least, most = twin.size_range(made)
                yield definition, row[0] if row else 0, made.pages, (least // BLOCK, most // BLOCK)


def main(arguments: Sequence[str]) -> None:
    """Print the table, worst first, and what it comes to."""
    scale = float(arguments[0]) if arguments else 1.0
    chosen = [one for one in (TPC_H, TPC_DS) if len(arguments) < 2 or one.name == arguments[1]]
    found = [one for benchmark in chosen for one in measured(benchmark, scale)]
    errors = {one[0]: abs(one[2] / max(one[1], 1) - 1) for one in found}
    table = Table(title=f"sizes of indexes that are not built, scale {scale:g}", title_justify="left")
    for heading in ("definition", "real", "predicted", "error", "range"):
        table.add_column(heading)
    for definition, real, predicted, (least, most) in sorted(found, key=lambda one: -errors[one[0]]):
        error = f"{100 * (predicted / max(real, 1) - 1):+.1f} %"
        table.add_row(
            definition, f"{real:,}", f"{predicted:,}", error, f"{least:,} to {most:,}" if least < most else ""
        )
    CONSOLE.print(table)
    shares = list(errors.values())
    CONSOLE.print(
        f"{len(shares)} indexes: median error {100 * statistics.median(shares):.1f} %, within a tenth {sum(one <= 0.1 for one in shares)}, "
        f"mean {100 * statistics.mean(shares):.1f} %, worst {100 * max(shares):.0f} %"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
