"""Broken, deep, circular and huge modules of Drizzle and Mongoose end in a result or an error that says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from case_files import source_cases
from dbdesign.errors import DesignError, InputError
from dbdesign.readers.base import ReadResult, SourceReader, source_readers

HERE = Path(__file__).parent
READERS = [source_readers()[name] for name in ("drizzle", "mongoose")]
SOURCES = {
    name: [text for case in source_cases(HERE / name / "cases.txt") for text in case.files.values()]
    for name in ("drizzle", "mongoose")
}
HEADS = {
    "drizzle": 'import { pgTable, integer, text } from "drizzle-orm/pg-core";\n',
    "mongoose": 'import { Schema, model } from "mongoose";\n',
}


def _read(reader: SourceReader, text: str) -> ReadResult | None:
    try:
        return reader.read({"schema.ts": text})
    except DesignError:
        return None


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_module_never_crashes(reader: SourceReader, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SOURCES[reader.name]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        put = data.draw(
            st.sampled_from(
                [
                    "",
                    "{",
                    "}",
                    "(",
                    ")",
                    "[",
                    "`",
                    "'",
                    "\\",
                    "...",
                    "=>",
                    "null",
                    "${",
                    ".x",
                    ",,",
                    "new ",
                    "\x00",
                    "\ud7ff",
                ]
            )
        )
        text = text[:start] + put + text[end:]
    _read(reader, text)


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "export const a = 1;", "<<<<<<< HEAD", "😀" * 1000, "(" * 20_000, "/*"]
)
def test_what_declares_nothing_is_an_input_error(reader: SourceReader, text: str) -> None:
    with pytest.raises(InputError):
        reader.read({"schema.ts": text})
    with pytest.raises(InputError):
        reader.read({})


NASTY = {
    "deep object": ("mongoose", "model('A', new Schema({ a: " + "{ b: " * 3000 + "String" + " }" * 3000 + "}));"),
    "deep array": ("mongoose", "model('A', new Schema({ ok: Number, a: " + "[" * 3000 + "String" + "]" * 3000 + "}));"),
    "schema in itself": ("mongoose", "const s = new Schema({ n: Number, me: [s] }); s.add({ more: s }); model('A', s);"),
    "schemas in one another": ("mongoose", "const a = new Schema({ n: Number, b }); const b = new Schema({ m: Number, a }); model('A', a); model('B', b);"),
    "names of the prototype": ("mongoose", "model('A', new Schema({ n: Number, __proto__: String, constructor: { prototype: String } }));"),
    "many schemas": ("mongoose", "\n".join(f"model('M{n}', new Schema({{ a{n}: String, b: [{{ c: Number }}] }}));" for n in range(800))),
    "functions that call one another": ("drizzle", "const a = () => b(); const b = () => a(); export const t = pgTable('t', { id: integer(), x: a() });"),
    "a table in itself": ("drizzle", "export const t = pgTable('t', { id: integer().references(() => t.id), ...t }, (x) => [...t]);"),
    "long chain": ("drizzle", "export const t = pgTable('t', { id: integer()" + ".notNull()" * 3000 + ", ok: text() });"),
    "many tables": ("drizzle", "\n".join(f"export const t{n} = pgTable('t{n}', {{ id: integer().primaryKey(), n: text().notNull() }});" for n in range(800))),
    "an expression that does not end": (
        "drizzle",
        """import { sql } from 'drizzle-orm'; export const ok = pgTable('ok', { id: integer() });
        export const t = pgTable('t', { id: integer().default(sql`'never`) });""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_nasty_modules_are_read_as_far_as_they_go(name: str) -> None:
    kind, body = NASTY[name]
    result = _read(source_readers()[kind], HEADS[kind] + body)
    assert result is not None
    assert result.documents.collections if result.documents is not None else result.schema.tables


def test_one_table_that_cannot_be_said_does_not_hide_the_others() -> None:
    kind, body = NASTY["an expression that does not end"]
    result = _read(source_readers()[kind], HEADS[kind] + body)
    assert result is not None
    assert [one.name for one in result.schema.tables] == ["ok"]
    assert "not understood" in result.unread[0].reason
