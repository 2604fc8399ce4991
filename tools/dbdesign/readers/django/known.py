"""Models of Django's own apps and of widely used packages, declared by rule: for projects that derive from them or refer to them.

Source: django.contrib.{auth,contenttypes,sessions,admin,sites,flatpages,redirects}.models of Django 5.2; the documentation of
django-model-utils, django-extensions and django-mptt. Only what becomes a column is said.
"""

from __future__ import annotations

from collections.abc import Mapping

_IMPORTS = "from django.db import models\n"

KNOWN_MODELS: Mapping[str, str] = {
    "django.contrib.contenttypes.models": _IMPORTS
    + """
class ContentType(models.Model):
    app_label = models.CharField(max_length=100)
    model = models.CharField(max_length=100)
    class Meta:
        db_table = "django_content_type"
        unique_together = [["app_label", "model"]]
""",
    "django.contrib.auth.models": _IMPORTS
    + """
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.contenttypes.models import ContentType
class Permission(models.Model):
    name = models.CharField(max_length=255)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    codename = models.CharField(max_length=100)
    class Meta:
        unique_together = [["content_type", "codename"]]
class Group(models.Model):
    name = models.CharField(max_length=150, unique=True)
    permissions = models.ManyToManyField(Permission)
class PermissionsMixin(models.Model):
    is_superuser = models.BooleanField(default=False)
    groups = models.ManyToManyField(Group)
    user_permissions = models.ManyToManyField(Permission)
    class Meta:
        abstract = True
class AbstractUser(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(max_length=150, unique=True)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    email = models.EmailField()
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()
    class Meta:
        abstract = True
class User(AbstractUser):
    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
class UserManager:
    pass
""",
    "django.contrib.auth.base_user": _IMPORTS
    + """
class AbstractBaseUser(models.Model):
    password = models.CharField(max_length=128)
    last_login = models.DateTimeField(null=True)
    class Meta:
        abstract = True
class BaseUserManager:
    pass
""",
    "django.contrib.sessions.base_session": _IMPORTS
    + """
class AbstractBaseSession(models.Model):
    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    class Meta:
        abstract = True
""",
    "django.contrib.sessions.models": _IMPORTS
    + """
from django.contrib.sessions.base_session import AbstractBaseSession
class Session(AbstractBaseSession):
    class Meta:
        db_table = "django_session"
""",
    "django.contrib.admin.models": _IMPORTS
    + """
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
class LogEntry(models.Model):
    action_time = models.DateTimeField()
    object_id = models.TextField(null=True)
    object_repr = models.CharField(max_length=200)
    action_flag = models.PositiveSmallIntegerField()
    change_message = models.TextField()
    content_type = models.ForeignKey(ContentType, models.SET_NULL, null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    class Meta:
        db_table = "django_admin_log"
""",
    "django.contrib.sites.models": _IMPORTS
    + """
class Site(models.Model):
    domain = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=50)
    class Meta:
        db_table = "django_site"
""",
    "django.contrib.redirects.models": _IMPORTS
    + """
from django.contrib.sites.models import Site
class Redirect(models.Model):
    site = models.ForeignKey(Site, models.CASCADE)
    old_path = models.CharField(max_length=200, db_index=True)
    new_path = models.CharField(max_length=200)
    class Meta:
        db_table = "django_redirect"
        unique_together = [["site", "old_path"]]
""",
    "django.contrib.flatpages.models": _IMPORTS
    + """
from django.contrib.sites.models import Site
class FlatPage(models.Model):
    url = models.CharField(max_length=100, db_index=True)
    title = models.CharField(max_length=200)
    content = models.TextField()
    enable_comments = models.BooleanField(default=False)
    template_name = models.CharField(max_length=70)
    registration_required = models.BooleanField(default=False)
    sites = models.ManyToManyField(Site)
    class Meta:
        db_table = "django_flatpage"
""",
    "model_utils.models": _IMPORTS
    + """
class TimeStampedModel(models.Model):
    created = models.DateTimeField()
    modified = models.DateTimeField()
    class Meta:
        abstract = True
class TimeFramedModel(models.Model):
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    class Meta:
        abstract = True
class SoftDeletableModel(models.Model):
    is_removed = models.BooleanField(default=False)
    class Meta:
        abstract = True
class UUIDModel(models.Model):
    id = models.UUIDField(primary_key=True)
    class Meta:
        abstract = True
""",
    "django_extensions.db.models": _IMPORTS
    + """
class TimeStampedModel(models.Model):
    created = models.DateTimeField()
    modified = models.DateTimeField()
    class Meta:
        abstract = True
class TitleDescriptionModel(models.Model):
    title = models.CharField(max_length=255)
    description = models.TextField(null=True)
    class Meta:
        abstract = True
class ActivatorModel(models.Model):
    status = models.IntegerField(default=1)
    activate_date = models.DateTimeField(null=True)
    deactivate_date = models.DateTimeField(null=True)
    class Meta:
        abstract = True
""",
    "mptt.models": _IMPORTS
    + """
class MPTTModel(models.Model):
    lft = models.PositiveIntegerField()
    rght = models.PositiveIntegerField()
    tree_id = models.PositiveIntegerField(db_index=True)
    level = models.PositiveIntegerField()
    class Meta:
        abstract = True
""",
    "treebeard.mp_tree": _IMPORTS
    + """
class MP_Node(models.Model):
    path = models.CharField(max_length=255, unique=True)
    depth = models.PositiveIntegerField()
    numchild = models.PositiveIntegerField(default=0)
    class Meta:
        abstract = True
""",
}
"""Source of each module by its dotted name."""

OWN_AUTO_FIELDS: Mapping[str, str] = dict.fromkeys(
    ("contenttypes", "auth", "sessions", "admin", "sites", "redirects", "flatpages"), "AutoField"
)
"""`default_auto_field` of the AppConfigs of Django's own apps."""
