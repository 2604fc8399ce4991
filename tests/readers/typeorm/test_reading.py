"""What the reader says of sources that are not whole, of other engines, of documents, and of sources that are broken on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.errors import DesignError
from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, source_readers
from dbdesign.readers.typeorm import SOURCE_READER, read
from real_schemas import REAL_SCHEMAS

HERE = Path(__file__).resolve().parent
CASES = {path.stem: path.read_text() for path in sorted((HERE / "cases").glob("*.ts"))}

PORTABLE = """
import { Column, CreateDateColumn, DataSource, Entity, Index, ManyToOne, OneToOne, JoinColumn, PrimaryGeneratedColumn, UpdateDateColumn } from "typeorm";
@Entity() export class User {
  @PrimaryGeneratedColumn() id: number;
  @Column({ unique: true }) email: string;
  @Column({ default: true }) active: boolean;
  @Column({ type: "simple-enum", enum: ["a", "b"], default: "a" }) kind: string;
  @UpdateDateColumn() updatedAt: Date;
}
@Entity() export class Post {
  @PrimaryGeneratedColumn("uuid") id: string;
  @ManyToOne(() => User, { onDelete: "CASCADE" }) user: User;
  @OneToOne(() => User) @JoinColumn() editor: User;
  @Index() @Column({ length: 40 }) title: string;
}
"""


def outline(result: ReadResult) -> list[str]:
    lines = []
    for table in result.schema.tables:
        for column in table.columns:
            identity = f" {column.identity.mode}" if column.identity else ""
            null = "" if column.nullable else " not null"
            default = f" default {column.default}" if column.default else ""
            update = f" on update {column.on_update}" if column.on_update else ""
            lines.append(f"{table.label}.{column.name} {column.type.native}{null}{identity}{default}{update}")
        lines += [f"{table.label} unique {one.name} {', '.join(one.columns)}" for one in table.unique_keys]
        lines += [
            f"{table.label} index {one.name} {', '.join(one.columns)}{' unique' * one.unique}" for one in table.indexes
        ]
    return lines


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        ("postgres", Engine.POSTGRESQL),
        ("mysql", Engine.MYSQL),
        ("mariadb", Engine.MYSQL),
        ("better-sqlite3", Engine.SQLITE),
        ("mssql", Engine.SQLSERVER),
        ("cockroachdb", Engine.COCKROACHDB),
    ],
)
def test_the_engine_is_that_of_the_data_source(name: str, engine: Engine) -> None:
    found = read({"a.ts": f'{PORTABLE} export const source = new DataSource({{ type: "{name}", synchronize: true }});'})
    assert (found.schema.engine, found.unread, len(found.schema.tables)) == (engine, (), 2)


def test_mysql_has_what_typeorm_makes_of_unique_constraints_dates_and_uuids() -> None:
    assert outline(read({"a.ts": PORTABLE}, engine=Engine.MYSQL)) == [
        "user.id int not null auto_increment",
        "user.email varchar(255) not null",
        "user.active tinyint not null default 1",
        "user.kind enum('a','b') not null default 'a'",
        "user.updatedAt datetime(6) not null default CURRENT_TIMESTAMP(6) on update CURRENT_TIMESTAMP(6)",
        "user unique IDX_e12875dfb3b1d92d7d7c5377e2 email",
        "post.id varchar(36) not null",
        "post.title varchar(40) not null",
        "post.userId int",
        "post.editorId int",
        "post unique REL_21cfd92153745cf699c6e72a6c editorId",
        "post index IDX_e28aa0c4114146bfb1567bfa9a title",
        "post index FK_5c1cf55c308037b5aca1038a131 userId",
    ]


def test_places_are_those_of_the_declarations() -> None:
    found = read({"src/a.ts": PORTABLE})
    assert (found.files["user"], found.lines["user"], found.lines["user.email"], found.lines["post.userId"]) == (
        "src/a.ts",
        3,
        5,
        12,
    )


def test_a_mongodb_data_source_has_collections() -> None:
    source = """
    import { Column, DataSource, Entity, Index, ObjectId, ObjectIdColumn } from "typeorm";
    class Photo { @Column() url: string; @Column() size: number; }
    @Entity("people") @Index(["name", "age"], { unique: true }) class Person {
      @ObjectIdColumn() id: ObjectId; @Column() name: string; @Column({ default: 3 }) age: number; @Column((type) => Photo) photos: Photo[]; @Column(() => Photo) main: Photo;
    }
    new DataSource({ type: "mongodb", database: "x" });
    """
    found = read({"a.ts": source})
    assert found.documents is not None
    collection = found.documents.collection("people")
    assert collection is not None
    assert [(path, one.type) for path, one in collection.paths()] == [
        ("_id", "objectId"), ("name", "string"), ("age", "double"), ("photos", "array"), ("photos[]", "object"), ("photos[].url", "string"),
        ("photos[].size", "double"), ("main", "object"), ("main.url", "string"), ("main.size", "double"),
    ]  # fmt: skip
    assert [(dict(one.keys), one.unique) for one in collection.indexes] == [({"name": 1, "age": 1}, True)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("@Column() x: Unknown;", "no type that TypeORM takes for a column: Object"),
        (
            "@Column(String) x: string;",
            "TypeORM takes a constructor that is given alone as an embedded class, and makes no column of it",
        ),
        ("@Column({ default: random() }) x: string;", "a default that is known only by executing it"),
        ("@ManyToOne(() => Missing) x: Missing;", "a relation to Missing, which is no entity of the files given"),
        (
            "@Column({ type: 'enum', enum: values() }) x: string;",
            "the values of the enumeration are known only by executing it",
        ),
    ],
)
def test_what_is_not_understood_is_named(body: str, reason: str) -> None:
    found = read(
        {
            "a.ts": f"import {{ Column, Entity, ManyToOne, PrimaryColumn }} from 'typeorm';\n@Entity() class A {{ @PrimaryColumn() id: number;\n{body} }}"
        }
    )
    assert reason in [one.reason for one in found.unread]
    assert {one.line for one in found.unread} <= {0, 3}


def test_forks_under_an_organisation_are_read_and_other_packages_are_not() -> None:
    fork = "import { Entity, PrimaryColumn } from '@acme/typeorm'; @Entity() class A { @PrimaryColumn() id: number }"
    assert [one.name for one in read({"a.ts": fork}).schema.tables] == ["a"]
    with pytest.raises(DesignError, match="no file declares an entity of TypeORM"):
        read({"a.ts": fork.replace("@acme/typeorm", "@mikro-orm/core")})


def test_the_reader_is_registered_and_knows_its_texts() -> None:
    assert source_readers()["typeorm"] is SOURCE_READER
    assert SOURCE_READER.declares(PORTABLE) > 0.9
    assert SOURCE_READER.declares("import { Entity } from '@mikro-orm/core'; @Entity() class A {}") == 0


def test_a_real_sample_is_read_in_full() -> None:
    folder = REAL_SCHEMAS / "brocoders_typeorm"
    if not folder.is_dir():
        pytest.skip("the real schemas are not beside this checkout")
    found = read({path.name: path.read_text() for path in sorted(folder.iterdir())})
    assert sorted(table.label for table in found.schema.tables) == ["file", "role", "session", "status", "user"]
    assert [(one.path, one.text) for one in found.unread] == [("user.entity.ts", "UserEntity.provider: default")]
    user = found.schema.table("user")
    assert user is not None
    assert user.primary_key is not None
    assert user.primary_key.name == "PK_cace4a159ff9f2512dd42373760"
    assert [one.references for one in user.foreign_keys] == ["file", "role", "status"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = CASES[draw(st.sampled_from(sorted(CASES)))]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        other = draw(
            st.sampled_from(
                [
                    "",
                    "(",
                    ")",
                    "{",
                    "}",
                    "[",
                    "]",
                    "@",
                    "'",
                    "`",
                    "${",
                    ",",
                    ":",
                    "=>",
                    "null",
                    "0",
                    "\x00",
                    "é",
                    "class ",
                    "extends A ",
                ]
            )
        )
        piece = text[draw(st.integers(0, len(text))) :][: draw(st.integers(0, 60))]
        text = text[:start] + draw(st.sampled_from([other, piece])) + text[end:]
    return text


@settings(max_examples=120, deadline=None)
@given(mutated())
def test_broken_sources_end_in_a_result_or_an_error(text: str) -> None:
    try:
        found = read({"a.ts": text})
    except DesignError:
        return
    assert all(one.reason for one in found.unread)


def test_classes_that_embed_each_other_end() -> None:
    source = "import { Column, Entity, PrimaryColumn } from 'typeorm'; class A { @Column(() => B) b: B } class B { @Column(() => A) a: A; @Column(() => A, { prefix: 'z' }) z: A }"
    found = read({"a.ts": source + " @Entity() class E { @PrimaryColumn() id: number; @Column(() => A) a: A }"})
    assert [one.name for one in found.schema.tables] == ["e"]
    assert any("circle" in one.reason for one in found.unread)
