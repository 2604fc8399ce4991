"""Modules of Drizzle compiled by TypeScript, formatted by Prettier, and turned to SQL by drizzle-kit; visible skips where these are not installed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from migration_tools import MODULES, needs_package

HERE = Path(__file__).resolve().parent
PACKAGES = ("drizzle-orm", "drizzle-kit", "esbuild")


@dataclass(frozen=True)
class Module:
    """A module, or several that the first imports: path → text."""

    name: str
    core: str
    files: Mapping[str, str]
    casing: str | None = None


def workplace(folder: Path) -> Path:
    """A folder in which the installed packages are found."""
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def kit_statements(modules: Iterable[Module], folder: Path) -> dict[str, list[str]]:
    """What drizzle-kit would execute for each, on an empty database; one run of Node for all. A module that it refuses has one line `error: …`."""
    for package in PACKAGES:
        needs_package(package)
    workplace(folder)
    cases = []
    for module in modules:
        for path, text in module.files.items():
            target = folder / module.name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        entry = f"{module.name}/{next(iter(module.files))}"
        cases.append({"name": module.name, "entry": entry, "core": module.core, "casing": module.casing})
    (folder / "cases.json").write_text(json.dumps(cases))
    done = subprocess.run(
        ["node", str(HERE / "drizzle_kit.mjs"), str(folder / "cases.json")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr or done.stdout
    found = json.loads(done.stdout)
    return {name: [f"error: {one['error']}"] if isinstance(one, dict) else one for name, one in found.items()}


def compile_errors(texts: Mapping[str, str], folder: Path, *, decorators: bool = False) -> list[str]:
    """What TypeScript says of some modules under `strict`; empty for nothing."""
    needs_package("typescript")
    workplace(folder)
    for path, text in texts.items():
        (folder / path).write_text(text)
    options = {
        "strict": True, "noEmit": True, "target": "es2022", "module": "nodenext", "moduleResolution": "nodenext", "skipLibCheck": True, "types": ["node"],
    }  # fmt: skip
    options |= {"experimentalDecorators": True, "emitDecoratorMetadata": True} if decorators else {}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": sorted(texts)}))
    done = subprocess.run(
        [str(MODULES / ".bin" / "tsc"), "-p", str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    return done.stdout.splitlines()


def unformatted(texts: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What Prettier would write instead, for the texts that it would change."""
    needs_package("prettier")
    for path, text in texts.items():
        (folder / path).write_text(text)
    script = (
        "import { createRequire } from 'node:module'; import { readFileSync } from 'node:fs';"
        f"const prettier = createRequire({json.dumps(str(MODULES / 'x.cjs'))})('prettier'); const found = {{}};"
        "for (const path of process.argv.slice(1)) { const text = readFileSync(path, 'utf8');"
        " const other = await prettier.format(text, { parser: 'typescript' }); if (other !== text) found[path] = other; }"
        "console.log(JSON.stringify(found));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, *sorted(texts)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found
