"""The rule definer-function-with-open-path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject

_DEFINER = re.compile(r"\bSECURITY\s+DEFINER\b", re.IGNORECASE)
_PATH = re.compile(r"\bSET\s+\"?search_path\"?\b", re.IGNORECASE)
_BODY = re.compile(r"(\$[^$\s]*\$).*?\1|'(?:[^']|'')*'", re.DOTALL)
_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)


class DefinerFunctionWithOpenPath(Rule):
    """A function runs with its owner's rights and looks names up where its caller says.

    ## What it does
    Reports SECURITY DEFINER functions and procedures that do not set `search_path`. Bodies in BEGIN ATOMIC, whose names are resolved
    when the function is made, are left alone.

    ## Why is this bad?
    The caller chooses the search path. With a table or function of the same name in a schema of their own, or in pg_temp, they have
    the function run their code with its owner's rights.

    ## Example
    ```sql
    CREATE TABLE seal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, motto text NOT NULL);
    CREATE FUNCTION break_seals() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        AS $$ BEGIN DELETE FROM seal; END $$;
    ```

    ## Use instead
    ```sql
    CREATE TABLE seal (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, motto text NOT NULL);
    CREATE FUNCTION break_seals() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp
        AS $$ BEGIN DELETE FROM seal; END $$;
    ```

    ## References
    - PostgreSQL manual, [Writing SECURITY DEFINER Functions Safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every such routine; what its body says is not part of its header."""
        for routine in subject.schema.routines:
            header = _BODY.sub("''", routine.definition)
            if not _DEFINER.search(header) or _PATH.search(header) or _ATOMIC.search(header):
                continue
            home = subject.sql.name(routine.namespace or subject.dialect.default_namespace)
            kind = "PROCEDURE" if routine.kind == "procedure" else "FUNCTION"
            signature = _qualified(routine.namespace, routine.signature, subject)
            yield self.finding(
                routine.label,
                f"{routine.signature} runs with its owner's rights but looks names up where its caller says, whose code may then run",
                evidence={"language": routine.language or "unknown"},
                fix=f"ALTER {kind} {signature} SET search_path = {home}, pg_temp;",
            )


def _qualified(namespace: str | None, signature: str, subject: Subject) -> str:
    """The signature with its namespace, unless it has it."""
    if namespace is None or signature.startswith((f"{namespace}.", f'"{namespace}".')):
        return signature
    return f"{subject.sql.name(namespace)}.{signature}"
