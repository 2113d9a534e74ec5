from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.blocks import CharBlock

from blog.models import BlogPostPage
from home.models import ContactPage, HomePage, StandardPage

FIELDS = [
    (BlogPostPage, "body"),
    (HomePage, "body"),
    (StandardPage, "body"),
    (ContactPage, "subjects"),
    (ContactPage, "questions"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_another_block_needs_no_migration(model, name, monkeypatch):
    blocks = model._meta.get_field(name).stream_block.child_blocks
    monkeypatch.setitem(blocks, "another", CharBlock())

    said = StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)

    assert "No changes detected" in said.getvalue()
