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
    Field(description="A path, the text itself (SQL, DBML, a design file in YAML), or `database:<name>`."),
]
Format = Annotated[
    str | None,
    Field(description="Its format, where it is not recognised."),
]
EngineVersion = Annotated[
    str | None,
    Field(description="Of its engine, such as 16 or 8.4, where the source does not say."),
]
Page = Annotated[int, Field(description="From 1.", ge=1)]
WriteTo = Annotated[
    str | None,
    Field(description="Write to this file or folder/ and answer with paths instead of the text."),
]
Overwrite = Annotated[bool, Field(description="Let write_to replace files.")]
Tables = Annotated[list[str], Names, Field(description="Only these: names or patterns such as `sales.*`.")]
Focus = Annotated[list[str], Names, Field(description="Only these tables and what is near.")]
Hops = Annotated[int, Field(description="Foreign keys to go from the focus.", ge=0, le=20)]
Include = Annotated[list[str], Names, Field(description="Only tables like this, such as `order*`.")]
Exclude = Annotated[list[str], Names, Field(description="No tables like this.")]
KeysOnly = Annotated[bool, Field(description="Only columns of keys.")]
