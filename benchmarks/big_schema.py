"""A PostgreSQL dump of many tables and foreign keys, as pg_dump would write it: the input of the speed measurements."""

from __future__ import annotations

import random

KINDS = (
    "integer",
    "bigint",
    "text",
    "character varying(80)",
    "numeric(12,2)",
    "boolean DEFAULT false NOT NULL",
    "date",
    "jsonb",
)


def big_schema(tables: int = 400, foreign_keys: int = 800, seed: int = 7) -> str:
    """Deterministic DDL: each table has an identity key, 6 to 14 columns, two indexes; foreign keys point to earlier tables."""
    chance = random.Random(seed)
    names = [f"t{number:03d}_{chance.choice(('order', 'user', 'event', 'item', 'log'))}" for number in range(tables)]
    references: dict[int, list[int]] = {number: [] for number in range(tables)}
    while sum(map(len, references.values())) < foreign_keys:
        child = chance.randrange(1, tables)
        parent = chance.randrange(child)
        if parent not in references[child]:
            references[child].append(parent)
    parts = ["SET client_encoding = 'UTF8';", "SELECT pg_catalog.set_config('search_path', '', false);"]
    constraints: list[str] = []
    for number, name in enumerate(names):
        columns = ["id bigint NOT NULL", "created_at timestamp with time zone DEFAULT now() NOT NULL"]
        columns += [f"c{position} {chance.choice(KINDS)}" for position in range(chance.randint(4, 12))]
        columns += [f"{names[parent]}_id bigint" for parent in references[number]]
        body = ",\n    ".join(columns)
        parts.append(f"CREATE TABLE public.{name} (\n    {body}\n);")
        parts.append(f"COMMENT ON TABLE public.{name} IS 'Table number {number}';")
        parts.append(
            f"ALTER TABLE public.{name} ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.{name}_id_seq "
            "START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1);"
        )
        parts.append(f"ALTER TABLE ONLY public.{name} ADD CONSTRAINT {name}_pkey PRIMARY KEY (id);")
        parts.append(f"CREATE INDEX {name}_created_at_idx ON public.{name} USING btree (created_at DESC);")
        for parent in references[number]:
            column = f"{names[parent]}_id"
            parts.append(f"CREATE INDEX {name}_{number}_{parent}_idx ON public.{name} USING btree ({column});")
            constraints.append(
                f"ALTER TABLE ONLY public.{name} ADD CONSTRAINT {name}_{parent}_fkey FOREIGN KEY ({column}) "
                f"REFERENCES public.{names[parent]}(id) ON DELETE CASCADE;"
            )
    return "\n\n".join(parts + constraints) + "\n"
