"""Exact versions from lock files, of the packages that matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dbdesign.detect.collect import Collected
from dbdesign.detect.documents import UnreadableError, json_document, section
from dbdesign.detect.walk import Tree

_Finder = Callable[[str, str], str | None]


def _toml(text: str, name: str) -> str | None:
    match = re.search(rf'(?m)^name = "{re.escape(name)}"\nversion = "([^"]+)"', text, re.IGNORECASE)
    return match.group(1) if match else None


def _npm(text: str, name: str) -> str | None:
    match = re.search(rf'"node_modules/{re.escape(name)}":\s*\{{\s*"version":\s*"([^"]+)"', text) or re.search(
        rf'"{re.escape(name)}":\s*\{{\s*"version":\s*"([^"]+)"', text
    )
    return match.group(1) if match else None


def _pnpm(text: str, name: str) -> str | None:
    match = re.search(rf"(?m)^\s+'?/?{re.escape(name)}[@/](\d[\w.-]*)[^\n]*:$", text)
    return match.group(1) if match else None


def _yarn(text: str, name: str) -> str | None:
    match = re.search(rf'(?m)^"?{re.escape(name)}@[^\n]*:\n\s+"?version"?:? "?([\w.-]+)', text)
    return match.group(1) if match else None


def _bun(text: str, name: str) -> str | None:
    match = re.search(rf'"{re.escape(name)}":\s*\["{re.escape(name)}@([\w.-]+)"', text)
    return match.group(1) if match else None


def _composer(text: str, name: str) -> str | None:
    match = re.search(rf'"name":\s*"{re.escape(name)}",\s*"version":\s*"v?([^"]+)"', text, re.IGNORECASE)
    return match.group(1) if match else None


def _gem(text: str, name: str) -> str | None:
    match = re.search(rf"(?m)^    {re.escape(name)} \(([^)]+)\)$", text)
    return match.group(1) if match else None


def _mix(text: str, name: str) -> str | None:
    match = re.search(rf'"{re.escape(name)}": \{{:hex, :\w+, "([^"]+)"', text)
    return match.group(1) if match else None


def _pipfile(text: str, name: str) -> str | None:
    try:
        found = section(json_document(text), "default", name).get("version")
    except UnreadableError:
        return None
    return found.lstrip("=") if isinstance(found, str) else None


_LOCKS: dict[str, tuple[str, _Finder]] = {
    "package-lock.json": ("npm", _npm),
    "npm-shrinkwrap.json": ("npm", _npm),
    "pnpm-lock.yaml": ("npm", _pnpm),
    "yarn.lock": ("npm", _yarn),
    "bun.lock": ("npm", _bun),
    "poetry.lock": ("pypi", _toml),
    "uv.lock": ("pypi", _toml),
    "pdm.lock": ("pypi", _toml),
    "Pipfile.lock": ("pypi", _pipfile),
    "Cargo.lock": ("cargo", _toml),
    "composer.lock": ("composer", _composer),
    "Gemfile.lock": ("gem", _gem),
    "mix.lock": ("hex", _mix),
}


def lock(tree: Tree, collected: Collected, technologies: Iterable[str]) -> None:
    """Fill in the exact versions of the packages by which these technologies were found."""
    wanted = {key for name in technologies for key in collected.packages_of.get(name, ())}
    by_ecosystem: dict[str, set[str]] = {}
    for ecosystem, name in wanted:
        by_ecosystem.setdefault(ecosystem, set()).add(name)
    paths = sorted(
        (path for path in tree.sizes if path.rpartition("/")[2] in _LOCKS), key=lambda path: (path.count("/"), path)
    )
    for path in paths:
        ecosystem, find = _LOCKS[path.rpartition("/")[2]]
        names = {name for name in by_ecosystem.get(ecosystem, ()) if (ecosystem, name) not in collected.locked}
        if not names:
            continue
        text = tree.text(path)
        for name in names:
            if version := find(text, name):
                collected.locked[ecosystem, name] = version
    for (ecosystem, name), version in collected.declared.items():
        if ecosystem in {"go", "maven", "nuget"} and re.fullmatch(r"v?\d[\w.+-]*", version):
            collected.locked.setdefault((ecosystem, name), version)
