"""The JSON Schema of a design file's section `lifecycle`."""

from __future__ import annotations

from typing import Any, get_args

from dbdesign.model.lifecycle import AuditHow, ErasureHow, RetentionHow

PERIOD = {"type": "string", "description": "a period: 13mo, 90 days, 24h, 2 years", "examples": ["13mo"]}
BATCH = {"type": ["integer", "string"], "description": "rows of one transaction"}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _names(description: str) -> dict[str, Any]:
    return {"type": ["string", "array"], "items": {"type": "string"}, "description": description}


def _map(of: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": ["object", "null"], "additionalProperties": of, "description": description}


def _choice(words: tuple[str, ...], description: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words), "description": description}


SETTING = {"type": "string", "description": "of the session, two words with a dot: app.tenant_id"}
ROLES = _object(
    {
        "application": {"type": "string", "description": "the role of the program; app when left out"},
        "maintenance": {
            "type": "string",
            "description": "the role of the jobs that clean up; maintenance when left out",
        },
    }
)
TENANT = _object(
    {
        "column": {"type": "string", "description": "that names the tenant in every table"},
        "tables": _names("all: with the column, or hanging by a foreign key from one that has it"),
        "shared": _names("tables that belong to no tenant"),
        "setting": SETTING,
        "globally_unique": _names("table.column of unique values that may not repeat across tenants either"),
    },
    "column",
)
AUDIT = _object(
    {
        "tables": _names("all when left out"),
        "how": _choice(
            get_args(AuditHow), "trigger: rows as JSON in one log; history: typed versions in a table beside each"
        ),
        "keep": PERIOD,
        "actor": SETTING,
        "exclude": _map(_names("columns that are not recorded"), "by table"),
    }
)
SOFT_DELETE = _object(
    {
        "tables": _names("whose rows are marked as deleted"),
        "column": {"type": "string", "description": "deleted_at when left out; made where it is not there"},
        "cascade": {
            "type": "boolean",
            "description": "rows that hang from a marked one are marked too; as foreign keys say when left out",
        },
        "purge": PERIOD,
    },
    "tables",
)
RETENTION = _object(
    {
        "after": PERIOD,
        "by": {"type": "string", "description": "the column that says how old a row is"},
        "how": _choice(get_args(RetentionHow), "delete in batches, detach partitions, or move to an archive table"),
        "batch": BATCH,
    },
    "after", "by",
)  # fmt: skip
KEPT = {
    "anyOf": [
        _names("columns that are overwritten"),
        {
            "type": "object",
            "additionalProperties": {"type": ["string", "null"]},
            "description": "column → SQL expression",
        },
    ]
}
ERASURE = _object(
    {
        "subject": {"type": "string", "description": "the table with a row for each person"},
        "keep": _map(KEPT, "tables whose rows stay, and the columns that are overwritten"),
        "unlink": _names("table.column of references that are cut: the row is somebody else's"),
        "hold": {
            "type": "string",
            "description": "table.column that forbids an erasure while it is true, or refers to the person",
        },
        "how": _choice(get_args(ErasureHow), "delete, or destroy the key with which the person's values are encrypted"),
    },
    "subject",
)
IDEMPOTENCY = _object({"operations": _names("requests that may be sent twice"), "keep": PERIOD}, "operations")
OUTBOX = _object({"events": _names("types of events; any when left out"), "keep": PERIOD, "batch": BATCH})
SAGA = _object(
    {
        "name": {"type": "string"},
        "timeout": PERIOD,
        "steps": {
            "type": "array",
            "items": _object(
                {
                    "name": {"type": "string"},
                    "compensation": {"type": "string", "description": "what undoes it; without one there is no way back"},
                    "timeout": PERIOD,
                },
                "name",
            ),
        },
    },
    "name", "steps",
)  # fmt: skip
LIFECYCLE: dict[str, Any] = {
    **_object(
        {
            "roles": ROLES,
            "tenant": TENANT,
            "audit": AUDIT,
            "soft_delete": SOFT_DELETE,
            "retention": _map(RETENTION, "by table"),
            "erasure": ERASURE,
            "idempotency": IDEMPOTENCY,
            "outbox": OUTBOX,
            "sagas": {"type": ["array", "null"], "items": SAGA},
        }
    ),
    "description": "whose rows are, what is recorded of them, when and how they go; and effects that happen once",
}
"""The schema of the section."""
