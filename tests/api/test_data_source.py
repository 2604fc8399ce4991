"""A data source of TypeORM as a source: it declares the entities that it lists."""

from __future__ import annotations

from pathlib import Path

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.source import load


def test_a_data_source_of_typeorm_is_read_with_the_entities_that_it_lists(tmp_path: Path) -> None:
    (tmp_path / "user.ts").write_text(
        'import { Entity, PrimaryGeneratedColumn } from "typeorm";\n'
        '@Entity("users")\nexport class User { @PrimaryGeneratedColumn() id!: number; }\n'
    )
    (tmp_path / "data-source.ts").write_text(
        'import { DataSource } from "typeorm";\nimport { User } from "./user";\n'
        'export const source = new DataSource({ type: "postgres", entities: [User] });\n'
    )
    loaded = load("data-source.ts", Call(access=Access.beneath(tmp_path)))
    assert (loaded.format, [one.label for one in loaded.result.schema_.tables]) == ("typeorm", ["users"])
