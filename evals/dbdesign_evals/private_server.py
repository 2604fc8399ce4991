"""A server of another engine for graders: its program in a private folder, gone with its owner, also by SIGKILL."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dbdesign.engines.postgres import supervisor
from dbdesign.engines.postgres.folders import discard, new_folder
from dbdesign.engines.postgres.install import CLEAN_ENVIRONMENT, Account
from dbdesign.errors import EngineError

PATIENCE = 30.0
"""Seconds that a server has to answer."""


class PrivateServer:
    """A running server that belongs to this process.

    Args:
        title: for messages.
        command: of the server, given its folder.
        ready: whether it answers, given its folder.
        memory: bytes of address space that it may have.

    Attributes:
        folder: its own; removed at the end.
    """

    def __init__(
        self, title: str, command: Callable[[Path], list[str]], ready: Callable[[Path], bool], *, memory: int
    ) -> None:
        self.folder, self._held = new_folder(Account(os.geteuid(), os.getegid(), foreign=False))
        self._leash = -1
        try:
            self._supervisor = self._spawn(command(self.folder), memory)
            os.write(self._leash, b"g")
            self._await(title, ready)
        except BaseException:
            self.stop()
            raise

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._leash >= 0 and self._supervisor.poll() is None

    def _spawn(self, command: list[str], memory: int) -> subprocess.Popen[bytes]:
        reading, self._leash = os.pipe()
        plan = {
            "folder": str(self.folder),
            "command": command,
            "environment": CLEAN_ENVIRONMENT,
            "lock": self._held,
            "account": None,
            "memory": memory,
            "nice": 0,
            "log": str(self.folder / "log"),
        }
        try:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(supervisor.__file__), json.dumps(plan)],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[self._held],
                start_new_session=True,
                cwd="/",
                env=CLEAN_ENVIRONMENT,
            )
        finally:
            os.close(reading)

    def _await(self, title: str, ready: Callable[[Path], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._supervisor.poll() is None and time.monotonic() < deadline:
            if ready(self.folder):
                return
            time.sleep(0.02)
        raise EngineError(f"{title} did not start", remedy="Check free memory and the program")

    def stop(self) -> None:
        """Stop it and remove its folder. May be called again."""
        leash, self._leash = self._leash, -1
        if leash >= 0:
            os.close(leash)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._supervisor.wait(timeout=15)
        discard(self.folder, self._held)
        self._held = -1
