"""The rule personal-data-without-retention."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.meaning import is_personal_name
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary, words

_TRAILS = vocabulary(
    "log audit event visit session login history activity access click impression tracking request attempt"
)
_ENDS = vocabulary(
    """expires expiry expire expiration retention retain deleted erased anonymized anonymised pseudonymized purge ttl archived valid
    redacted revoked scrubbed"""
)


class PersonalDataWithoutRetention(TableRule):
    """A trail of what people did keeps personal data for ever.

    ## What it does
    Reports logs, sessions, visits and similar trails with columns that identify a person (email, IP address, user agent, name) and no
    sign of an end: no column for expiry, erasure or anonymisation, no partitions to drop, no TTL, and no retention in the design's volumes.

    ## Why is this bad?
    The law (GDPR, article 5) allows keeping personal data only as long as they are needed. A trail grows for ever by default; erasing from
    a large table later is slow, and whoever asks to be forgotten is still in it.

    ## Example
    ```sql
    CREATE TABLE login_attempt (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL,
        ip_address inet NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now()
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE login_attempt (
        id bigint GENERATED ALWAYS AS IDENTITY,
        email text NOT NULL,
        ip_address inet NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (id, made_at)
    ) PARTITION BY RANGE (made_at);
    ```

    ## References
    - European Union, [GDPR, article 5](https://eur-lex.europa.eu/eli/reg/2016/679/oj), storage limitation
    - PostgreSQL manual, [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html), on dropping old partitions
    """

    severity = Severity.LOW
    repeats = "{count} trails of what people did keep personal data with no sign of an end"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A trail of personal data without an end; how long it may be kept is for its owner to say."""
        if not _TRAILS & set(stem(table.name)) or table.partitioning or table.inherits:
            return
        volume = subject.design.workload.volumes.get(table.label)
        if (volume and volume.retention_days) or any(option.startswith("ttl") for option in table.options):
            return
        personal = [column.name for column in table.columns if is_personal_name(column.name)]
        if not personal or any(_ENDS & set(words(column.name)) for column in table.columns):
            return
        yield self.finding(
            table.label,
            f"{table.label} keeps {', '.join(personal)} with no sign of an end: no expiry, no partitions to drop, no retention",
            evidence={"personal": personal},
        )
