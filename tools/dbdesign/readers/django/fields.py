"""The field classes of Django 3.2 to 6.0 (contrib.postgres and contrib.gis included), and fields that derive from them.

Source: django.db.models.fields, django.contrib.postgres.fields, django.contrib.gis.db.models.fields of Django 5.2 and 6.0.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from dbdesign.readers.django.evaluate import Evaluator, Scope
from dbdesign.readers.django.project import ClassDeclaration
from dbdesign.readers.django.values import Called, ClassValue, Reference, Value

RELATIONS = frozenset({"ForeignKey", "OneToOneField"})
AUTO = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
GEOMETRIES: Mapping[str, str] = {
    "GeometryField": "GEOMETRY", "PointField": "POINT", "LineStringField": "LINESTRING", "PolygonField": "POLYGON",
    "MultiPointField": "MULTIPOINT", "MultiLineStringField": "MULTILINESTRING", "MultiPolygonField": "MULTIPOLYGON",
    "GeometryCollectionField": "GEOMETRYCOLLECTION", "RasterField": "RASTER",
}  # fmt: skip
RANGES: Mapping[str, str] = {
    "IntegerRangeField": "int4range", "BigIntegerRangeField": "int8range", "DecimalRangeField": "numrange",
    "DateTimeRangeField": "tstzrange", "DateRangeField": "daterange", "FloatRangeField": "numrange",
}  # fmt: skip

_OWN = frozenset(
    [
        "AutoField",
        "BigAutoField",
        "SmallAutoField",
        "BinaryField",
        "BooleanField",
        "CharField",
        "DateField",
        "DateTimeField",
        "DecimalField",
        "DurationField",
        "FloatField",
        "IntegerField",
        "BigIntegerField",
        "IPAddressField",
        "GenericIPAddressField",
        "JSONField",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "SlugField",
        "SmallIntegerField",
        "TextField",
        "TimeField",
        "UUIDField",
        "FileField",
        "FilePathField",
        "ForeignKey",
        "OneToOneField",
        "ManyToManyField",
        "GeneratedField",
        "CompositePrimaryKey",
        "ArrayField",
        "HStoreField",
        "SearchVectorField",
        "CITextField",
        "GenericForeignKey",
        "GenericRelation",
        "OrderWrt",
    ]
)
_DERIVED: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "EmailField": ("CharField", {"max_length": 254}),
    "URLField": ("CharField", {"max_length": 200}),
    "CommaSeparatedIntegerField": ("CharField", {}),
    "ImageField": ("FileField", {}),
    "NullBooleanField": ("BooleanField", {"null": True}),
    "CICharField": ("CITextField", {}),
    "CIEmailField": ("CITextField", {}),
}
_DEFAULTS: Mapping[str, Mapping[str, Value]] = {
    "SlugField": {"max_length": 50, "db_index": True},
    "FileField": {"max_length": 100},
    "FilePathField": {"max_length": 100},
    "ForeignKey": {"db_index": True},
    "OneToOneField": {"db_index": True, "unique": True},
}
_THIRD_PARTY: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "mptt.fields.TreeForeignKey": ("ForeignKey", {}),
    "mptt.fields.TreeOneToOneField": ("OneToOneField", {}),
    "mptt.fields.TreeManyToManyField": ("ManyToManyField", {}),
    "modelcluster.fields.ParentalKey": ("ForeignKey", {}),
    "modelcluster.fields.ParentalManyToManyField": ("ManyToManyField", {}),
    "wagtail.fields.RichTextField": ("TextField", {}),
    "wagtail.fields.StreamField": ("JSONField", {}),
    "model_utils.fields.AutoCreatedField": ("DateTimeField", {}),
    "model_utils.fields.AutoLastModifiedField": ("DateTimeField", {}),
    "model_utils.fields.MonitorField": ("DateTimeField", {}),
    "model_utils.fields.StatusField": ("CharField", {"max_length": 100}),
    "django_extensions.db.fields.CreationDateTimeField": ("DateTimeField", {}),
    "django_extensions.db.fields.ModificationDateTimeField": ("DateTimeField", {}),
    "django_extensions.db.fields.AutoSlugField": ("SlugField", {}),
    "phonenumber_field.modelfields.PhoneNumberField": ("CharField", {"max_length": 128}),
    "django_countries.fields.CountryField": ("CharField", {"max_length": 2}),
    "ckeditor.fields.RichTextField": ("TextField", {}),
    "ckeditor_uploader.fields.RichTextUploadingField": ("TextField", {}),
    "tinymce.models.HTMLField": ("TextField", {}),
    "timezone_field.TimeZoneField": ("CharField", {"max_length": 63}),
    "timezone_field.fields.TimeZoneField": ("CharField", {"max_length": 63}),
    "django_jsonform.models.fields.JSONField": ("JSONField", {}),
    "django_jsonform.models.fields.ArrayField": ("ArrayField", {}),
    "sorl.thumbnail.ImageField": ("FileField", {}),
    "sorl.thumbnail.fields.ImageField": ("FileField", {}),
    "thumbnails.fields.ImageField": ("FileField", {}),
    "multiselectfield.MultiSelectField": ("CharField", {"max_length": 200}),
}
"""Fields of packages that are widely used, by the class of Django's that they derive from (each package's documentation)."""

COLUMNLESS = frozenset(
    {"GenericForeignKey", "GenericRelation", "TaggableManager", "ImageSpecField", "FieldTracker", "CompositePrimaryKey"}
)
_POSITIONAL: Mapping[str, tuple[str, ...]] = {
    "ForeignKey": (
        "to",
        "on_delete",
        "related_name",
        "related_query_name",
        "limit_choices_to",
        "parent_link",
        "to_field",
    ),
    "OneToOneField": ("to", "on_delete", "to_field"),
    "ManyToManyField": (
        "to",
        "related_name",
        "related_query_name",
        "limit_choices_to",
        "symmetrical",
        "through",
        "through_fields",
    ),
    "DecimalField": ("verbose_name", "name", "max_digits", "decimal_places"),
    "ArrayField": ("base_field", "size"),
    "DateField": ("verbose_name", "name", "auto_now", "auto_now_add"),
    "DateTimeField": ("verbose_name", "name", "auto_now", "auto_now_add"),
    "TimeField": ("verbose_name", "name", "auto_now", "auto_now_add"),
    "FileField": ("verbose_name", "name", "upload_to"),
    "GenericIPAddressField": ("verbose_name", "name", "protocol"),
    **dict.fromkeys(GEOMETRIES, ("verbose_name", "srid", "spatial_index")),
}
_FIELD_ARGUMENTS = ("verbose_name", "name", "primary_key", "max_length", "unique", "blank", "null", "db_index")


@dataclass(frozen=True)
class FieldState:
    """A field of a model as it stands.

    Attributes:
        kind: the class of Django's that it is, or derives from (`CharField`).
        arguments: what was said, by keyword; defaults of its class included.
        db_type: what a class of the sources answers to `db_type()`.
        place: path and line.
    """

    name: str
    kind: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    db_type: str | None = None
    place: tuple[str, int] = ("", 0)

    def get(self, name: str, default: Value = None) -> Value:
        """An argument."""
        return self.arguments.get(name, default)

    def flag(self, name: str) -> bool:
        """Whether an argument is surely true."""
        value = self.arguments.get(name)
        return value is True or (isinstance(value, int) and value == 1)

    @property
    def is_relation(self) -> bool:
        """Whether it is a foreign key."""
        return self.kind in RELATIONS

    @property
    def has_column(self) -> bool:
        """Whether it is a column at all."""
        return self.kind not in COLUMNLESS and self.kind != "ManyToManyField"

    @property
    def is_unique(self) -> bool:
        """Whether Django takes it for unique: also of a primary key."""
        return self.flag("unique") or self.flag("primary_key")

    def renamed(self, name: str) -> FieldState:
        """The same field by another name."""
        return replace(self, name=name)

    def with_arguments(self, **arguments: Value) -> FieldState:
        """The same field with some arguments said otherwise."""
        return replace(self, arguments={**self.arguments, **arguments})


@dataclass(frozen=True)
class _Class:
    kind: str
    defaults: Mapping[str, Value]
    forced: Mapping[str, Value]
    db_type: str | None = None


class FieldClasses:
    """Knows what a call that makes a field makes."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._cache: dict[int, _Class | None] = {}

    def field(self, name: str, call: Value, place: tuple[str, int]) -> FieldState | None:
        """The field that a call makes; None where its class is not known to be one."""
        if not isinstance(call, Called) or call.receiver is not None:
            return None
        found = self.class_of(call)
        if found is None:
            return None
        said = {
            name: value
            for name, value in self._arguments(found.kind, call).items()
            if not _is_default(found.kind, name, value)
        }
        arguments = {**found.defaults, **said, **found.forced}
        return FieldState(name, found.kind, arguments, found.db_type, place)

    def class_of(self, call: Called) -> _Class | None:
        """What is known of the class that is called."""
        if call.declaration is not None:
            return self._declared(call.declaration, 0)
        return _known(call.path)

    def _arguments(self, kind: str, call: Called) -> dict[str, Value]:
        if kind == "CompositePrimaryKey":
            return {"columns": list(call.args), **call.kwargs}
        names = _POSITIONAL.get(kind, _FIELD_ARGUMENTS) if call.declaration is None else _FIELD_ARGUMENTS
        if kind in _POSITIONAL and kind in {*RELATIONS, "ManyToManyField", "ArrayField"}:
            names = _POSITIONAL[kind]
        return {**dict(zip(names, call.args, strict=False)), **call.kwargs}

    def _declared(self, declaration: ClassDeclaration, depth: int) -> _Class | None:
        if id(declaration) in self._cache:
            return self._cache[id(declaration)]
        self._cache[id(declaration)] = None
        found: _Class | None = _Class(declaration.name, {}, {}) if declaration.name in COLUMNLESS else None
        for node in declaration.node.bases if found is None else ():
            base = self._evaluator.value(node, Scope(declaration.module, declaration.outer), depth)
            if isinstance(base, ClassValue) and depth < 30:
                found = self._declared(base.declaration, depth + 1)
            elif isinstance(base, Reference):
                found = _known(base.path)
            if found is not None:
                found = self._adjusted(found, declaration)
                break
        self._cache[id(declaration)] = found
        return found

    def _adjusted(self, found: _Class, declaration: ClassDeclaration) -> _Class:
        defaults, forced = dict(found.defaults), dict(found.forced)
        scope = Scope(declaration.module, declaration)
        initialiser = declaration.names.get("__init__")
        if isinstance(initialiser, ast.FunctionDef):
            for name, node, is_forced in _initialised(initialiser):
                value = self._evaluator.value(node, scope)
                (forced if is_forced else defaults)[name] = value
        db_type, kind = found.db_type, found.kind
        returned = self._returned(declaration, "db_type")
        if isinstance(returned, str):
            db_type = returned
        internal = self._returned(declaration, "get_internal_type")
        if isinstance(internal, str) and internal in _OWN:
            kind = internal
        return _Class(kind, defaults, forced, db_type)

    def _returned(self, declaration: ClassDeclaration, name: str) -> Value:
        method = declaration.names.get(name)
        if isinstance(method, ast.FunctionDef):
            for one in method.body:
                if isinstance(one, ast.Return):
                    return self._evaluator.value(one.value, Scope(declaration.module, declaration))
        return None


def _is_default(kind: str, name: str, value: Value) -> bool:
    """Whether an argument says what Django takes anyway: migrations leave it out, and a class's own default comes instead."""
    return (
        value is False and name in {"null", "unique", "primary_key", "db_index"} and name not in _DEFAULTS.get(kind, {})
    )


def _initialised(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr, bool]]:
    """What an `__init__` says of its keywords: name, value, and whether it holds whatever the caller says."""
    own = [*function.args.args, *function.args.kwonlyargs]
    given = [*function.args.defaults, *(one for one in function.args.kw_defaults if one is not None)]
    defaults = dict(zip([one.arg for one in own][-len(given) :] if given else [], given, strict=False))
    for name, value in defaults.items():
        if name in {"max_length", "max_digits", "decimal_places", "null", "unique", "db_index", "to"}:
            yield name, value, False
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from _assigned(targets, value)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="kwargs"), attr="setdefault"),
                args=[ast.Constant(value=str(name)), value],
            ):
                yield name, value, False
            case ast.Call(func=ast.Attribute(attr="__init__"), keywords=keywords):
                yield from _forced(keywords, {one.arg for one in own})
            case ast.Call(func=ast.Attribute(value=ast.Name(id="kwargs"), attr="update"), keywords=keywords):
                yield from _forced(keywords, set())


def _assigned(targets: list[ast.expr], value: ast.expr) -> Iterator[tuple[str, ast.expr, bool]]:
    """`kwargs["null"] = kwargs["blank"] = True`; a value that is `kwargs.get("null", True)` holds only where the caller says nothing."""
    for one in targets:
        match one, value:
            case ast.Subscript(value=ast.Name(id="kwargs"), slice=ast.Constant(value=str(name))), ast.Call(
                func=ast.Attribute(value=ast.Name(id="kwargs"), attr="get" | "pop"), args=[ast.Constant(), default]
            ):
                yield name, default, False
            case ast.Subscript(value=ast.Name(id="kwargs"), slice=ast.Constant(value=str(name))), _:
                yield name, value, True


def _forced(keywords: list[ast.keyword], own: set[str]) -> Iterator[tuple[str, ast.expr, bool]]:
    for one in keywords:
        if one.arg and not (isinstance(one.value, ast.Name) and one.value.id in own):
            yield one.arg, one.value, True


def _known(path: str) -> _Class | None:
    last = path.rpartition(".")[2]
    if path in _THIRD_PARTY:
        kind, defaults = _THIRD_PARTY[path]
    elif path in _BY_PACKAGE_AND_CLASS:
        kind, defaults = _BY_PACKAGE_AND_CLASS[path]
    elif not path.startswith("django.") and "." in path:
        return _Class(last, {}, {}) if last in COLUMNLESS else None
    elif last in _DERIVED:
        kind, defaults = _DERIVED[last]
    elif last in _OWN or last in GEOMETRIES or last in RANGES or last in COLUMNLESS:
        kind, defaults = last, {}
    else:
        return None
    return _Class(kind, {**_DEFAULTS.get(kind, {}), **_gis_defaults(kind), **defaults}, {})


def _gis_defaults(kind: str) -> Mapping[str, Value]:
    return {"srid": 4326, "spatial_index": True} if kind in GEOMETRIES else {}


_BY_PACKAGE_AND_CLASS: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    f"{path.split('.')[0]}.{path.rpartition('.')[2]}": entry for path, entry in _THIRD_PARTY.items()
}
