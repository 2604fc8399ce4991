"""The main job on a real input: start the server, speak MCP with it over stdio, read, review, draw and generate.

Run by `make demo`. The results are in out/, with a line on each.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
SCHEMA = "examples/marketplace/schema.sql"
DESIGN = "examples/marketplace/design.yaml"
CHECKOUT = "examples/marketplace/checkout.yaml"
LIFECYCLE = "examples/marketplace/lifecycle.yaml"
TARGETS = (
    ("postgresql", "marketplace.postgresql.sql"),
    ("mysql", "marketplace.mysql.sql"),
    ("sqlserver", "marketplace.sqlserver.sql"),
    ("sqlite", "marketplace.sqlite.sql"),
    ("cockroachdb", "marketplace.cockroachdb.sql"),
    ("tidb", "marketplace.tidb.sql"),
)
MODELS = ("prisma", "typeorm", "sqlalchemy", "django", "drizzle")
DIAGRAMS = (
    ("mermaid", "marketplace.mmd"),
    ("dbml", "marketplace.dbml"),
    ("dot", "marketplace.dot"),
    ("html", "marketplace.html"),
)
CHANGES = (
    (
        "    status sales.order_status NOT NULL DEFAULT 'pending',\n",
        """    status sales.order_status NOT NULL DEFAULT 'pending',
    channel text NOT NULL DEFAULT 'web',
    reference uuid NOT NULL DEFAULT gen_random_uuid(),
""",
    ),
    ("    order_id integer NOT NULL,\n    old_status", "    order_id bigint NOT NULL,\n    old_status"),
    (
        "CREATE INDEX orders_open_idx",
        "CREATE INDEX orders_coupon_idx ON sales.orders (coupon_id);\nCREATE INDEX orders_open_idx",
    ),
)
"""What the migration changes in the schema: texts, and what stands there afterwards."""


class Demo:
    """Calls tools as an assistant would, and says what came of it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """One tool call; its structured content. A tool's error ends the demo."""
        began = time.perf_counter()
        result = await self.client.call_tool(tool, arguments)
        if result.is_error or not isinstance(result.structured_content, dict):
            sys.exit(f"{tool} failed: {result.content}")
        said = ", ".join(f"{name}={shortened(value)}" for name, value in arguments.items())
        print(f"\n» {tool}({said})   {time.perf_counter() - began:.2f} s")
        print(f"  {result.structured_content['summary']}")
        return result.structured_content

    async def run(self) -> None:
        """Detect, read, review, draw, generate, simulate, advise, read a plan, check a migration and plan it."""
        tools = (await self.client.list_tools()).tools
        print(f"dbdesign speaks MCP {self.client.protocol_version}; tools: {', '.join(tool.name for tool in tools)}")
        await self.detect()
        await self.call("read_schema", source=SCHEMA, detail="names")
        await self.review()
        for target, file in DIAGRAMS:
            await self.call("draw_erd", source=SCHEMA, to=target, write_to=f"out/{file}", overwrite=True)
        for target, file in TARGETS:
            made = await self.call("generate_schema", source=SCHEMA, to=target, write_to=f"out/{file}", overwrite=True)
            for note in made["notes"][:2]:
                print(f"  - {note['object']}: {note['lost']}")
        await self.models()
        await self.transactions()
        await self.lifecycle()
        await self.simulate()
        await self.advise()
        await self.stores()
        await self.scale()
        await self.read_plan()
        await self.check_migration()
        await self.plan_migration()

    async def detect(self) -> None:
        """What a service of the marketplace uses, and the line that proves each."""
        detected = await self.call("detect_stack", path="examples/marketplace/orders-service")
        for one in detected["technologies"]:
            proof = one["evidence"][0]
            print(f"  - {one['name']} ({one['role']}): {proof['path']}:{proof.get('line', 1)} {proof['text']}")

    async def models(self) -> None:
        """The schema as models of ORMs, and whether one of them has drifted from it."""
        for target in MODELS:
            made = await self.call(
                "generate_schema", source=SCHEMA, to=target, write_to=f"out/models/{target}/", overwrite=True
            )
            print(f"  {len(made['files'])} files; {len(made['notes'])} notes on what the form cannot say")
        drift = await self.call("compare_schemas", source="out/models/prisma/", other=SCHEMA)
        for one in drift["differences"][:3]:
            print(f"  - {one['object']}: {one['what']}")

    async def transactions(self) -> None:
        """What goes wrong when transactions meet, found by running every interleaving."""
        reviewed = await self.call("review_schema", source=CHECKOUT, only=["transactions"])
        for finding in reviewed["findings"]:
            print(f"  - {finding['severity']:6} {finding['rule']}: {finding['message']}")
            for text in finding["evidence"]["remedies"]:
                print(f"    {text}")

    async def lifecycle(self) -> None:
        """Audit, soft delete, retention, retries, events and a saga, and what came of trying to break them."""
        made = await self.call(
            "generate_schema", source=LIFECYCLE, to="postgresql", write_to="out/lifecycle.sql", overwrite=True
        )
        for step in (*[one for one in made["proof_steps"] if not one["holds"]], *made["proof_steps"][-4:]):
            print(f"  - {'holds' if step['holds'] else 'DOES NOT HOLD'}: {step['claim']}: {step['seen']}")

    async def simulate(self) -> None:
        """The queries at production scale in two years, without data: which ones will not meet their targets."""
        simulated = await self.call("simulate_queries", source=DESIGN, at="24mo", detail="summary")
        (OUT / "simulation.json").write_text(json.dumps(simulated, indent=1, ensure_ascii=False), encoding="utf-8")
        for query in simulated["queries"]:
            for finding in query.get("findings", ())[:1]:
                print(f"  - {query['name']}: {finding['message']}")

    async def advise(self) -> None:
        """The indexes that the workload is worth."""
        advised = await self.call("advise_indexes", source=DESIGN, at="24mo", budget="200GB")
        (OUT / "indexes.sql").write_text("".join(f"{one['ddl']}\n" for one in advised["indexes"]), encoding="utf-8")
        for index in advised["indexes"]:
            print(f"  - {index['ddl']}  -- saves {index['gain_share']:.1%}: {', '.join(index['queries'])}")

    async def stores(self) -> None:
        """The same access patterns on a key-value store: what serves each, and what is not served."""
        designed = await self.call(
            "design_nosql", source=DESIGN, engine="dynamodb", write_to="out/dynamodb", overwrite=True
        )
        for one in designed["coverage"][:4]:
            print(f"  - {one['pattern']}: {one['served_by']}")
        for one in designed["cannot_serve"]:
            print(f"  - not served: {one['pattern']}: {one['reason']}")

    async def scale(self) -> None:
        """When the machine will no longer do, and what to do before."""
        scaled = await self.call(
            "plan_scaling",
            source=DESIGN,
            horizon="36mo",
            machine="32 vCPU, 256 GB, 16 TB, 60000 IOPS",
            write_to="out/growth",
            overwrite=True,
        )
        for rung in scaled["ladder"][:4]:
            print(f"  - {rung['measure']}: {rung['when']}")

    async def read_plan(self) -> None:
        """What is wrong with a slow query, from its plan as it was pasted from psql, and what an index would bring."""
        read = await self.call(
            "read_plan",
            source="examples/marketplace/changes/slow-query.txt",
            query="select * from sales.order_events where order_id = 88231 order by created_at",
            schema=DESIGN,
            write_to="out/slow-query.html",
            overwrite=True,
        )
        for finding in [one for plan in read["plans"] for one in plan["findings"]][:3]:
            print(f"  - {finding['id']}: {finding['message']}")

    async def check_migration(self) -> None:
        """What a migration that somebody wrote would lock, rewrite and read."""
        checked = await self.call(
            "check_migration", source=["examples/marketplace/changes/2026-12-orders.sql"], schema=DESIGN, version="16"
        )
        for statement in checked["statements"]:
            for finding in statement.get("findings", ())[:1]:
                print(
                    f"  - line {statement['line']}: {finding['hazard']} ({finding['severity']}): {finding['message']}"
                )

    async def plan_migration(self) -> None:
        """The same changes in phases that no application notices, executed up and down, as files for Flyway."""
        after = (ROOT / SCHEMA).read_text(encoding="utf-8")
        for old, new in CHANGES:
            after = after.replace(old, new, 1)
        planned = await self.call(
            "plan_migration",
            source=SCHEMA,
            target=after,
            tool="flyway",
            name="orders",
            write_to="out/migrations",
        )
        for phase in planned["phases"]:
            print(f"  - {phase['name']}: {len(phase['steps'])} steps. {phase['deploy_condition']}")

    async def review(self) -> None:
        """The worst findings, with their fixes."""
        reviewed = await self.call("review_schema", source=DESIGN)
        lines = [f"# Review of {DESIGN}", "", reviewed["summary"], ""]
        for finding in reviewed["findings"]:
            lines += [f"## {finding['severity']}: {finding['object']} ({finding['rule']})", "", finding["message"], ""]
            lines += ["```sql", finding["fix"], "```", ""] if finding.get("fix") else []
        (OUT / "review.md").write_text("\n".join(lines), encoding="utf-8")
        for finding in reviewed["findings"][:5]:
            print(f"  - {finding['severity']:6} {finding['object']}: {finding['message']}")


def shortened(value: object) -> str:
    """An argument as it is shown: a whole schema only by its beginning."""
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:60]}… ({len(text):,} characters)"


def report() -> None:
    """A line on each file in out/; of a folder with many, one on all of them."""
    print("\nout/")
    by_folder: dict[Path, list[Path]] = {}
    for path in sorted(OUT.rglob("*")):
        if path.is_file():
            by_folder.setdefault(path.parent, []).append(path)
    for folder, paths in by_folder.items():
        texts = [path.read_text(encoding="utf-8") for path in paths]
        if folder != OUT and len(paths) > 1:
            lines, characters = sum(len(text.splitlines()) for text in texts), sum(map(len, texts))
            print(f"  {folder.relative_to(OUT)!s:40} {lines:6} lines  {characters:8} characters in {len(paths)} files")
            continue
        for path, text in zip(paths, texts, strict=True):
            print(f"  {path.relative_to(OUT)!s:40} {len(text.splitlines()):6} lines  {len(text):8} characters")


async def main() -> None:
    """Start the server as an assistant would, and use it."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    command = shutil.which("dbdesign", path=str(Path(sys.executable).parent)) or "dbdesign"
    server = StdioServerParameters(command=command, args=["serve"], cwd=ROOT)
    async with Client(stdio_client(server)) as client:
        await Demo(client).run()
    report()


if __name__ == "__main__":
    asyncio.run(main())
