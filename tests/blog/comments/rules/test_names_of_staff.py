"""Who may not be impersonated is found by an index of their own replies, however many comments there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.comments.models import ReaderComment, names_of_staff
from tests.factories import UserFactory, plant_comments

pytestmark = pytest.mark.django_db

INDEX = "comment_by_staff"


@pytest.fixture
def crowd(post) -> None:
    """Three thousand comments of readers, and three replies of a moderator."""
    keys = plant_comments(post, [None] * 3_000)
    staff = UserFactory()
    for reply in ReaderComment.objects.filter(pk__in=keys[::1_000]):
        reply.user, reply.user_name, reply.by_staff = staff, "Dr Anna Weber", True
        reply.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plan_of(sql: str) -> str:
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_names_of_staff_are_read_by_the_index_of_their_replies(crowd):
    with CaptureQueriesContext(connection) as queries:
        assert list(names_of_staff()) == ["Dr Anna Weber"]

    plan = plan_of(queries[0]["sql"])
    assert INDEX in plan
    assert "Seq Scan on blog_comments_readercomment" not in plan
    assert "SCAN blog_comments_readercomment" not in plan.replace(f"USING INDEX {INDEX}", "")
