"""The arguments that several tools share, described once, as the model and the command line's help show them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def split_names(value: Any) -> Any:
    """A list given as text, `orders, customers`, as a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = BeforeValidator(split_names)

Source = Annotated[
    str,
    Field(
        description="A path under an allowed folder (a file, or a folder of models or migrations, or a repository), the text itself, or "
        "`database:<name>` for a configured database."
    ),
]
Format = Annotated[
    str | None,
    Field(description="Where it is not found out: an engine, dbml, design, mongodb, prisma, django, flyway, alembic …"),
]
EngineVersion = Annotated[
    str | None,
    Field(description="Where the source does not say: 16, or `mysql 8.4`."),
]
Page = Annotated[int, Field(description="Page of the answer, from 1.", ge=1)]
WriteTo = Annotated[
    str | None,
    Field(
        description="Write the text to this file, or into this folder (existing, or ending in /), under an allowed folder, "
        "and answer with paths and a summary instead of the text."
    ),
]
Overwrite = Annotated[bool, Field(description="Let write_to replace a file that exists.")]
Tables = Annotated[
    list[str], Names, Field(description="Only these tables: names or patterns such as `sales.*`. All if empty.")
]
Focus = Annotated[
    list[str], Names, Field(description="Only these tables and what is within `hops` foreign keys of them.")
]
Hops = Annotated[int, Field(description="How many foreign keys away from the focus to go.", ge=0, le=20)]
Include = Annotated[
    list[str], Names, Field(description="Only tables whose names match one of these patterns, such as `order*`.")
]
Exclude = Annotated[list[str], Names, Field(description="Leave out tables whose names match one of these patterns.")]
KeysOnly = Annotated[bool, Field(description="Only columns that belong to a primary, unique or foreign key.")]
