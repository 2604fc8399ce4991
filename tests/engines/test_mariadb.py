"""The private MariaDB server: usable, private, and gone when its owner is."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dbdesign.errors import SqlError
from mariadb_servers import server

OWNER = """
import sys, time
from dbdesign.engines.mariadb import mariadb
running = mariadb()
print(running.data_folder.parent, running.process_id, flush=True)
time.sleep(60)
"""


def test_a_script_with_delimiters_runs_and_answers():
    running = server()
    with running.database() as name:
        running.run("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\nDELIMITER ;\n", name)
        assert running.run("CALL p();", name).split() == ["1", "1", "2", "2"]


def test_a_refused_statement_is_an_error_with_its_line():
    running = server()
    with running.database() as name, pytest.raises(SqlError) as caught:
        running.run("SELECT 1;\n\nSELECT * FROM nowhere;\n", name)
    assert caught.value.line == 3
    assert caught.value.sqlstate == "42S02"


def test_the_folder_is_private_and_there_is_no_network():
    running = server()
    assert stat.S_IMODE(running.data_folder.parent.stat().st_mode) == 0o700
    assert running.run("SELECT @@skip_networking;").split() == ["@@skip_networking", "1"]


def test_a_scratch_database_is_gone_after_its_block():
    running = server()
    with running.database() as name:
        assert name in running.run("SHOW DATABASES;").split()
    assert name not in running.run("SHOW DATABASES;").split()


def test_nothing_is_left_when_the_owner_is_killed():
    server()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, env=environment)
    assert owner.stdout is not None
    folder, supervisor = owner.stdout.readline().split()
    assert (Path(folder) / "s").exists()
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 20
    while (Path(folder).exists() or Path(f"/proc/{supervisor}").exists()) and time.monotonic() < deadline:
        os.sched_yield()
    assert not Path(folder).exists()
    assert not Path(f"/proc/{supervisor}").exists()
