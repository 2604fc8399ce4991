"""Files that declare models are told from those that use them."""

from __future__ import annotations

import pytest

from dbdesign.readers.base import source_readers

DECLARING = {
    "plain": "from django.db import models\nclass A(models.Model):\n    x = models.IntegerField()\n",
    "imported fields": "from django.db.models import CharField, Model\nclass A(Model):\n    x = CharField(max_length=3)\n",
    "gis": "from django.contrib.gis.db import models\nclass A(models.Model):\n    x = models.PointField()\n",
    "proxy": "from django.db import models\nfrom a.models import B\nclass A(B, models.Model):\n    class Meta:\n        proxy = True\n",
    "annotated": "from django.db import models\nclass A(models.Model):\n    x: models.CharField = models.CharField(max_length=3)\n",
}
OTHERS = {
    "migration": "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    operations = []\n",
    "form": "from django import forms\nclass A(forms.ModelForm):\n    x = forms.CharField()\n",
    "serializer": "from rest_framework import serializers\nclass A(serializers.ModelSerializer):\n    x = serializers.CharField()\n",
    "sqlalchemy": "from sqlalchemy.orm import DeclarativeBase\nclass Model(DeclarativeBase):\n    x = mapped_column()\n",
    "view": "from django.db import models\nfrom django.views import View\nclass A(View):\n    pass\n",
}


@pytest.mark.parametrize("name", DECLARING)
def test_a_file_that_declares_models_is_taken(name: str) -> None:
    assert source_readers()["django"].declares(DECLARING[name]) > 0.5


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_declares_none_is_not_taken(name: str) -> None:
    assert source_readers()["django"].declares(OTHERS[name]) == 0
