"""What a repository uses: technologies with the lines that prove it, where its schema is declared, and what was not looked at."""

from __future__ import annotations

from typing import Literal

from dbdesign.model.base import Model

Kind = Literal["engine", "orm", "migration"]
Role = Literal["primary", "alternative", "cache", "queue", "search", "analytics", "optional", "target", "test"]
Tier = Literal["A", "B", "C"]


class Evidence(Model):
    """One line that speaks for a technology, or against it.

    Attributes:
        path: relative to the repository's root, with `/`.
        line: from 1; None where the file's existence is the evidence.
        text: the line, secrets hidden, cut to 160 characters.
        tier: A decides (a configured engine, a migration of that tool), B is strong (a driver that is imported, an image that is run),
            C is weak by itself (a declared driver, the name of an environment variable).
    """

    path: str
    line: int | None = None
    text: str
    tier: Tier


class Technology(Model):
    """A technology that the repository uses.

    Attributes:
        name: lower case: `postgresql`, `prisma`, `flyway`.
        family: what it is a kind of: `relational`, `document`, `key-value`, `search`, `analytics`, `wide-column`; for ORMs and migration
            tools the language or ecosystem: `javascript`, `python`, `java`, `sql` …
        role: what for. ORMs and migration tools are `primary`, `alternative`, `optional` or `test`.
        version: as locked, else as declared; of an engine, that of its image or infrastructure.
        declared: the version as the manifest declares it, where it is not `version`.
        confidence: 0 to 1.
        component: folder of the package that uses it (`.` for the root); `components` has all of them where there are several.
    """

    name: str
    family: str
    kind: Kind
    role: Role
    version: str | None = None
    declared: str | None = None
    confidence: float
    component: str
    components: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]
    counter_evidence: tuple[Evidence, ...] = ()


class SchemaLocation(Model):
    """A file or folder in which the schema is declared.

    Attributes:
        format: `prisma`, `sqlalchemy`, `django`, `typeorm`, `mongoose`, `drizzle`, `sql`, `dbml`, or of a history of migrations: `flyway`,
            `liquibase`, `alembic`, `prisma-migrate`, `django-migrations` …
        readable: whether `read_schema` can take it.
    """

    path: str
    format: str
    readable: bool = True


class Unseen(Model):
    """A file or folder that was not looked at, or not in full."""

    path: str
    reason: str


class Detection(Model):
    """Everything found in a repository."""

    technologies: tuple[Technology, ...]
    schemas: tuple[SchemaLocation, ...] = ()
    skipped: tuple[Unseen, ...] = ()
    files: int = 0
