"""A project of Liquibase in all of its forms, replayed statically and by Liquibase itself."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.source import load
from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from migration_tools import liquibase, liquibase_jars, tcp_url

PROJECT = Path(__file__).parent / "liquibase"
OWN = {"databasechangelog", "databasechangeloglock"}


def test_the_replay_is_what_liquibase_makes(tmp_path: Path) -> None:
    liquibase_jars()
    folder = tmp_path / "project"
    shutil.copytree(PROJECT, folder)
    with embedded().scratch() as database:
        with tcp_url(database) as url:
            _, login, address = re.split(r"://|@", url)
            user, password = login.split(":")
            given = [f"--url=jdbc:postgresql://{address}", f"--username={user}", f"--password={password}"]
            liquibase(folder, "--changelog-file=master.xml", *given, "update")
        theirs = read_whole_catalog(database.admin, facts=False).schema
    theirs = theirs.model_copy(update={"tables": tuple(one for one in theirs.tables if one.name not in OWN)})
    ours = load("master.xml", Call(access=Access.beneath(folder))).result
    assert ours.unread == ()
    assert compare(theirs, ours.schema, execute=False).operations == ()
    assert len(ours.schema.tables) == 8


def test_what_was_left_out_and_why_is_said() -> None:
    notes = load("master.xml", Call(access=Access.beneath(PROJECT))).result.notes
    for said in (
        r"001-customers\.xml, line 25: the changeset is for mysql, left out",
        r"001-customers\.xml, line 37: a precondition does not hold, the changeset is left out",
        r"004-formatted\.sql: line 15: runs in the context production, or where none is named",
        r"004-formatted\.sql: line 18: the precondition is not looked at",
    ):
        assert any(re.search(said, note) for note in notes), said


def test_a_folder_of_changelogs_is_read_from_its_root() -> None:
    call = Call(access=Access.beneath(PROJECT.parent))
    assert load("liquibase", call).result.schema == load("liquibase/master.xml", call).result.schema
