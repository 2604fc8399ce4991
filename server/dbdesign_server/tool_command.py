"""What commands that wrap one tool share: the options of a call (`--json`, `--page`, `--root`, `--config`), and its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from dbdesign.api.answer import Answer
from dbdesign_server.commands import ConfigOption, JsonOption, PageOption, RootOption, _as_json, _call, app

_SHARED: Mapping[str, tuple[Any, Any]] = {
    "as_json": (JsonOption, False),
    "page": (PageOption, None),
    "root": (RootOption, []),
    "config": (ConfigOption, None),
}
"""Annotations and defaults, in the order in which `--help` lists them after the command's own."""

_GIVEN = ("page", "call")
"""Parameters that a command gets rather than has as options."""


def tool_command(name: str, shows: Callable[[Any, Mapping[str, Any]], None]) -> Callable[[Callable[..., Answer]], None]:
    """Make a function a command: its parameters are options, but `page` and `call`, which it gets.

    Args:
        shows: prints the answer for a person; told the command's own options too.
    """

    def register(function: Callable[..., Answer]) -> None:
        def command(**options: Any) -> None:
            as_json, page, root, config = (options.pop(shared) for shared in _SHARED)
            with _call(root, config, page) as call:
                answer = function(**options, page=page or 1, call=call)
            if not _as_json(answer, as_json):
                shows(answer, options)

        hints = get_type_hints(function, include_extras=True, localns=_known())
        own = [one for one in inspect.signature(function).parameters.values() if one.name not in _GIVEN]
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters = [one.replace(annotation=hints[one.name], kind=kind) for one in own]
        parameters += [
            inspect.Parameter(shared, kind, default=default, annotation=annotation)
            for shared, (annotation, default) in _SHARED.items()
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        command.__doc__ = function.__doc__
        app.command(name)(command)

    return register


def _known() -> dict[str, Any]:
    """Names of annotations that commands import for type checkers alone."""
    from dbdesign.api.call import Call

    return {"Call": Call}
