"""Sources are read statically: constants across files, classes with decorators, calls kept with their arguments."""

from __future__ import annotations

from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    ClassNode,
    EnumNode,
    Member,
    ObjectValue,
    Operation,
    Program,
    Reference,
    Regex,
    Template,
    Unknown,
    alternatives,
)


def value(source: str, name: str = "x", **files: str) -> object:
    texts = {"main.ts": source, **{path.replace("__", "/") + ".ts": text for path, text in files.items()}}
    return Program(texts).scope("main.ts").lookup(name)


def test_literals_are_python_values() -> None:
    found = value(
        "const x = ['a\\u0062', `t${1}`, 1_000, 0x10, 1.5, -2, true, null, undefined, /a+/gi, { a: 1, 'b-c': [2] }] as const;"
    )
    assert found == ["ab", "t1", 1000, 16, 1.5, -2, True, None, UNDEFINED, Regex("a+", "gi"), {"a": 1, "b-c": [2]}]


def test_objects_are_spread_and_keep_what_is_not_known() -> None:
    found = value("const base = { a: 1, b: 2 }; const b = 3; const x = { ...base, b, ['c' + 1]: 4, ...other() };")
    assert isinstance(found, ObjectValue)
    assert dict(found) == {"a": 1, "b": 3, "c1": 4}
    assert [type(one) for one in found.spreads] == [CallNode]


def test_names_are_followed_through_files_that_export_them_again() -> None:
    found = value(
        "import { Role as R, LIMITS } from './lib'; import * as all from './lib'; const x = [R.ADMIN, LIMITS.name * 2, all.Role.USER];",
        lib__index="export * from './role'; export { limits as LIMITS } from './limits';",
        lib__role="export enum Role { ADMIN = 'admin', USER = 'user' }",
        lib__limits="export const limits = { name: 10 } as const satisfies object;",
    )
    assert found == ["admin", 20, "user"]


def test_common_js_modules_are_followed() -> None:
    files = {
        "main.js": "const { a, b: { c } } = require('./lib'); const x = [a, c, require('./whole')];",
        "lib.js": "exports.a = 1; module.exports.b = { c: 2 };",
        "whole.js": "module.exports = 3;",
    }
    assert Program(files).scope("main.js").lookup("x") == [1, 2, 3]


def test_paths_of_a_configuration_with_comments_lead_to_files() -> None:
    files = {
        "app/tsconfig.json": '{ // paths\n "compilerOptions": { "baseUrl": "./src", "paths": { "@lib/*": ["lib/*"], }, }, }',
        "app/src/lib/a.ts": "export const a = 1;",
        "app/src/b.ts": "export default 2;",
        "app/src/main.ts": "import { a } from '@lib/a'; import b from 'b'; const x = [a, b];",
    }
    assert Program(files).scope("app/src/main.ts").lookup("x") == [1, 2]


def test_enums_have_their_values_at_run_time() -> None:
    found = value(
        "enum E { A, B = 5, C, D = 1 << 3, S = 's' } const x = [E.C, E.D, Object.values(E), Object.keys(E).join('|')];"
    )
    assert found == [6, 8, ["A", "B", "C", "D", 0, 5, 6, 8, "s"], "0|5|6|8|A|B|C|D|S"]


def test_what_needs_a_running_program_is_kept() -> None:
    found = value("const x = [process.env.TYPE || 'pg', `a${call()}`, f(1).g('y'), new Date(), a ? 1 : 2];")
    assert isinstance(found, list)
    operation, template, chain, made, ternary = found
    assert isinstance(operation, Operation)
    assert list(alternatives(operation)) == [Reference("process", path=("env", "TYPE"), local="process"), "pg"]
    assert isinstance(template, Template)
    assert isinstance(chain, CallNode)
    assert [one.name for one in chain.chain] == ["f", "g"]
    assert isinstance(chain.callee, Member)
    assert isinstance(made, CallNode)
    assert made.new
    assert list(alternatives(ternary)) == [1, 2]


def test_references_to_packages_are_the_same_however_they_are_imported() -> None:
    ways = [
        "import { Schema } from 'mongoose'; const x = Schema.Types.ObjectId;",
        "import { Schema as S } from 'mongoose'; const x = S.Types.ObjectId;",
        "import mongoose from 'mongoose'; const x = mongoose.Schema.Types.ObjectId;",
        "import * as m from 'mongoose'; const x = m.Schema.Types.ObjectId;",
        "const m = require('mongoose'); const { Schema } = m; const x = Schema.Types.ObjectId;",
    ]
    for way in ways:
        found = value(way)
        assert isinstance(found, Reference)
        assert (found.source, found.name, found.path) == ("mongoose", "Schema", ("Types", "ObjectId")), way


def test_classes_have_their_decorators_fields_and_bases() -> None:
    program = Program(
        {
            "base.ts": "import { Column as C } from 'typeorm'; export function Mix(B) { class M extends B { @C() m: string } return M }",
            "a.ts": (
                "import * as orm from 'typeorm'; import { Mix } from './base'; class Root { @orm.Column() id!: number }\n"
                "@orm.Entity('t') export default class A extends Mix(Root) {\n @orm.Column({ length: 5 }) @Other a?: string | null = 'x';\n"
                " @orm.ManyToOne(() => A, (one) => one.a) up: A[]; constructor(private z: number) { super() } }"
            ),
        }
    )
    cls = next(one for one in program.classes(["a.ts"]) if one.name == "A")
    assert [one.name for one in cls.lineage()] == ["A", "M", "Root"]
    assert [(one.name, one.source, one.args) for one in cls.decorators] == [("Entity", "typeorm", ("t",))]
    field = cls.field("a")
    assert field is not None
    assert [(one.name, one.called) for one in field.decorators] == [("Column", True), ("Other", False)]
    assert (field.initialiser, field.optional, field.line) == ("x", True, 3)
    assert field.type is not None
    assert (field.type.nullable, field.type.without_null.name) == (True, "string")
    up = cls.field("up")
    assert up is not None
    assert up.decorators[0].arg(0).result is cls  # type: ignore[attr-defined]
    assert up.type is not None
    assert program.resolve_type(up.type.arguments[0], up.scope) is cls
    assert [one.name for one in cls.fields if one.parameter] == ["z"]


def test_constants_are_the_same_value_to_all_who_import_them() -> None:
    program = Program(
        {
            "schema.ts": "export const schema = new Schema({});",
            "index.ts": "import { schema } from './schema'; function f(p) { schema.index({ a: 1 }); p.index({}) }",
        }
    )
    known = program.exported("schema.ts", "schema")
    calls = list(program.calls("index.ts", {"index"}))
    assert [isinstance(one.callee, Member) and one.callee.object is known for one in calls] == [True, False]


def test_named_types_are_followed() -> None:
    program = Program(
        {
            "a.ts": "type A = B; type B = 'x' | 'y' | null; enum E { Z } interface I { n?: number } class C { a: A; e: E; i: I; d: Date }"
        }
    )
    cls = next(program.classes())
    found = {
        field.name: program.resolve_type(field.type, field.scope) for field in cls.fields if field.type is not None
    }
    assert found["a"].literals == ("x", "y")  # type: ignore[union-attr]
    assert isinstance(found["e"], EnumNode)
    assert [name for name, _, optional in found["i"].members if optional] == ["n"]  # type: ignore[union-attr]
    assert found["d"].name == "Date"


def test_what_does_not_parse_is_named_and_the_rest_is_read() -> None:
    program = Program({"a.ts": "const x = 1;\n@@@ %% ((\nclass A { b: string }\nconst y = 2;"})
    scope = program.scope("a.ts")
    assert (scope.lookup("x"), scope.lookup("y")) == (1, 2)
    assert {problem.line for _, problem in program.problems()} <= {2, 3}
    assert list(program.problems())


HOSTILE = [
    "const x = " + "[" * 50_000,
    "const x = " + "(" * 20_000 + "1" + ")" * 20_000 + ";",
    "const x = " + "[{b:" * 5_000 + "1" + "}]" * 5_000,
    "const x = " + "a.b(" * 300 + ")" * 300,
    "const x = y" + ".b()" * 500,
    "const x = " + "'x'+" * 20_000 + "'y'",
    "const a0=1;" + "".join(f"const a{i}=a{i - 1};" for i in range(1, 2_000)) + "const x=a1999;",
    "const a0=[1,2];" + "".join(f"const a{i}=[...a{i - 1},...a{i - 1}];" for i in range(1, 64)) + "const x=a63;",
    "const a0=[1];" + "".join(f"const a{i}=[a{i - 1},a{i - 1}];" for i in range(1, 64)) + "const x=a63;",
    "const a0='x';" + "".join(f"const a{i}=a{i - 1}+a{i - 1};" for i in range(1, 64)) + "const x=a63;",
    "const f0=()=>1;"
    + "".join(f"const f{i}=()=>`${{f{i - 1}()}}${{f{i - 1}()}}`;" for i in range(1, 64))
    + "const x=`${f63()}`;",
    "const x=y,y=x; class A extends A {} class C extends D {} class D extends C {}",
    "const f = () => f(); const x = `${f()}`",
    "type A = " + "Array<" * 5_000 + "1" + ">" * 5_000 + "; class X { a: A }; const x = 1",
    "class A { @X(" * 1_000,
    "`${" * 20_000,
    "\x00\ud800 const x = '\ud800'",
]


def test_hostile_sources_end_in_values() -> None:
    for source in HOSTILE:
        program = Program({"a.ts": source})
        scope = program.scope("a.ts")
        scope.lookup("x")
        for cls in program.classes():
            touched = [cls.decorators, cls.extends, cls.lineage(), [one.initialiser for one in cls.fields]]
            types = [program.resolve_type(one.type, one.scope) for one in cls.fields if one.type is not None]
            assert (touched, types) is not None
        assert all(isinstance(one, CallNode) for one in program.calls("a.ts", {"b", "f"}))
        assert len(list(program.problems())) <= 50


def test_chains_of_files_and_circles_of_exports_end() -> None:
    chain = {f"f{i}.ts": f"import {{ a as b }} from './f{i - 1}'; export const a = b;" for i in range(1, 1_000)}
    program = Program({"f0.ts": "export const a = 1;", **chain})
    assert isinstance(program.exported("f999.ts", "a"), (Unknown, int))
    circle = {f"f{i}.ts": f"export * from './f{(i + 1) % 300}'; export * from './f{(i + 2) % 300}'" for i in range(300)}
    assert isinstance(Program(circle).exported("f0.ts", "a"), Reference)


def test_a_class_that_is_made_by_a_call_is_a_class() -> None:
    program = Program(
        {"a.ts": "function Make(name) { return class { static n = name; } } class A extends Make('q') {}"}
    )
    cls = next(one for one in program.classes() if one.name == "A")
    assert isinstance(cls.extends, ClassNode)
    assert cls.extends.field("n").initialiser == "q"  # type: ignore[union-attr]
