"""How well and how fast a repository's technologies are detected: precision and recall on the corpus, and 30,000 files.

python benchmarks/detection.py
"""

from __future__ import annotations

import json
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from dbdesign.detect.catalogue import known
from dbdesign.detect.detect import detect

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "detect" / "corpus"
FILES = 30_000
BODIES = {
    "ts": "import {{ x }} from './f{n}';\nexport function f{n}(a: number) {{ return a + {n}; }}\n",
    "py": "import os\n\ndef f{n}(a):\n    return a + {n}\n",
    "go": 'package p\n\nimport "fmt"\n\nfunc F{n}() {{ fmt.Println({n}) }}\n',
    "java": "package a;\nimport java.util.List;\npublic class C{n} {{ int f() {{ return {n}; }} }}\n",
    "json": '{{"a": {n}}}\n',
    "md": "# Part {n}\n",
    "css": ".a{n} {{ color: red }}\n",
    "yaml": "a: {n}\nb: [1, 2]\n",
}


def quality() -> dict[str, tuple[int, int, int]]:
    """By kind: found rightly, found wrongly, missed. What a case does not expect is wrong, unless its role is `test` or `target`."""
    counts = {"engine": [0, 0, 0], "orm": [0, 0, 0], "migration": [0, 0, 0]}
    for file in sorted(CORPUS.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text()):
            _count(case, counts)
    return {kind: (right, wrong, missed) for kind, (right, wrong, missed) in counts.items()}


def _count(case: dict[str, Any], counts: dict[str, list[int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in case["files"].items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        found = {one.name: one for one in detect(Path(folder)).technologies}
    for name, one in found.items():
        if name in case["expect"]:
            counts[one.kind][0] += 1
        elif one.role not in {"test", "target"} and name != "none":
            counts[one.kind][1] += 1
    for name in case["expect"].keys() - found.keys():
        counts[known()[name].kind][2] += 1


def lay_out(root: Path, files: int = FILES) -> int:
    """A repository of so many files, 4 kB each on average; gives the bytes."""
    chance = random.Random(1)
    written = 0
    for n in range(files):
        suffix = chance.choice(list(BODIES))
        mark = "#" if suffix in {"py", "yaml", "md"} else "//"
        lines = chance.randint(5, 140) if suffix not in {"json", "css"} else 0
        text = BODIES[suffix].format(n=n) + f"{mark} a line of some ordinary text\n" * lines
        path = root / f"package{n % 40}" / f"part{n // 50}" / f"f{n}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        written += len(text)
    for n in range(40):
        (root / f"package{n}" / "package.json").write_text(json.dumps({"dependencies": {"pg": "8", "react": "18"}}))
    return written


def main() -> None:
    """Print both."""
    table = Table(title="Detection", title_justify="left")
    for heading in ("what", "measured", "target"):
        table.add_column(heading)
    for kind, (right, wrong, missed) in quality().items():
        precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
        table.add_row(
            f"corpus, {kind}s", f"precision {precision:.2f}, recall {recall:.2f} of {right + missed}", "0.97, 0.95"
        )
    with tempfile.TemporaryDirectory() as folder:
        size = lay_out(Path(folder))
        began, used = time.perf_counter(), time.process_time()
        detect(Path(folder))
        took, cpu = time.perf_counter() - began, time.process_time() - used
        began = time.perf_counter()
        for path in Path(folder).rglob("*"):
            if path.is_file():
                path.read_bytes()
        baseline = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.add_row(
        f"{FILES:,} files, {size / 1e6:.0f} MB",
        f"{took:.1f} s ({cpu:.1f} s of processor), {memory:.0f} MB; reading them alone {baseline:.1f} s",
        "5 s, 300 MB",
    )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
