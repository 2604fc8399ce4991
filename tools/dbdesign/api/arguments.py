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
        description="A path (file, folder of models or migrations, repository), the text itself, or `database:<name>`."
    ),
]
Format = Annotated[
    str | None,
    Field(description="Where not recognised: an engine, dbml, prisma, flyway …"),
]
EngineVersion = Annotated[
    str | None,
    Field(description="Of its engine, if not said there: 16, `mysql 8.4`."),
]
Page = Annotated[int, Field(description="From 1.", ge=1)]
WriteTo = Annotated[
    str | None,
    Field(description="File or folder/ to write to, instead of answering with the text."),
]
Overwrite = Annotated[bool, Field(description="Let write_to replace files.")]
Tables = Annotated[list[str], Names, Field(description="Only these: names or patterns such as `sales.*`.")]
Focus = Annotated[list[str], Names, Field(description="Only these tables and what is near.")]
Hops = Annotated[int, Field(description="Foreign keys to go from the focus.", ge=0, le=20)]
Include = Annotated[list[str], Names, Field(description="Only tables like this, such as `order*`.")]
Exclude = Annotated[list[str], Names, Field(description="No tables like this.")]
KeysOnly = Annotated[bool, Field(description="Only columns of keys.")]
