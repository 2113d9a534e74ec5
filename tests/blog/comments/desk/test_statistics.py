"""Who decided what, and how long comments had waited: the report in Wagtail's menu."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.users.models import UserProfile

from blog.comments.desk import statistics_views
from blog.comments.models import ReaderComment
from blog.comments.moderation import actions, erasing
from tests.factories import CommentFactory, UserFactory, plant_decisions

pytestmark = pytest.mark.django_db
REPORT = "/admin/comments/decisions/"
MINUTE = 60


def report(staff, **asked):
    answer = staff.get(REPORT, asked)
    assert answer.status_code == 200, answer.content.decode()
    return answer.context


def downloaded(staff, **asked) -> tuple[list[list[str]], list[list]]:
    """Read the same report back from both files."""
    text = b"".join(staff.get(REPORT, {**asked, "export": "csv"}).streaming_content).decode()
    book = b"".join(staff.get(REPORT, {**asked, "export": "xlsx"}).streaming_content)
    sheet = load_workbook(io.BytesIO(book)).active
    return list(csv.reader(io.StringIO(text))), [list(row) for row in sheet.iter_rows()]


def test_it_tells_how_long_half_and_nearly_all_had_waited(as_moderator, moderator):
    plant_decisions(moderator, waited=[number * MINUTE for number in range(100, 0, -1)])
    plant_decisions(None, waited=[None] * 50)

    total = report(as_moderator)["total"]

    assert (total.number, total.median, total.most) == (150, 50 * MINUTE, 95 * MINUTE)
    assert "1 h 35 min" in as_moderator.get(REPORT).content.decode()


@pytest.mark.parametrize(
    ("waited", "median", "most"), [([7], 7, 7), ([1, 9], 1, 9), ([5, 5, 5, 8], 5, 8), ([None], None, None)]
)
def test_few_waits_have_their_middle_too(as_moderator, moderator, waited, median, most):
    plant_decisions(moderator, waited=waited)

    total = report(as_moderator)["total"]

    assert (total.median, total.most) == (median, most)


def test_each_moderator_has_a_line_and_so_have_rules_and_authors(as_moderator, moderator, post):
    sam = UserFactory(username="sam", group="Comment moderators")
    plant_decisions(sam, waited=[10, 20, 30])
    plant_decisions(sam, waited=[None], to="spam")
    for by in (sam, moderator):
        comment = CommentFactory(page=post)
        actions.approve(comment, by=by, version=comment.version)

    people = dict(report(as_moderator)["people"])

    assert list(people) == ["sam", "A rule", "moderator"]
    assert (people["sam"].number, people["sam"].to, people["sam"].median) == (
        5,
        {"approved": 4, "spam": 1},
        10,
    )
    assert people["A rule"].to == {"pending": 2}
    assert people["moderator"].to == {"approved": 1}


def test_a_day_begins_where_the_reader_of_the_report_lives(as_moderator, moderator):
    profile = UserProfile.get_for_user(moderator)
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()
    for hour, waited in ((14, 60), (15, 120)):  # 23 h and midnight there
        plant_decisions(moderator, waited=[waited], at=datetime(2026, 3, 28, hour, tzinfo=UTC))

    days = report(as_moderator, first="2026-03-27", last="2026-03-30")["days"]

    assert [(f"{day}", line.number, line.median) for day, line in days] == [
        ("2026-03-28", 1, 60),
        ("2026-03-29", 1, 120),
    ]
    assert report(as_moderator, first="2026-03-29", last="2026-03-29")["total"].number == 1


def test_the_change_to_summer_time_moves_no_decision_to_another_day(as_moderator, moderator):
    profile = UserProfile.get_for_user(moderator)
    profile.current_time_zone = "Europe/Berlin"
    profile.save()
    for day, hour in ((28, 22), (28, 23), (29, 21), (29, 22)):  # 29 March has 23 hours there
        plant_decisions(moderator, waited=[1], at=datetime(2026, 3, day, hour, 30, tzinfo=UTC))

    days = report(as_moderator, first="2026-01-01", last="2026-12-31")["days"]

    assert [(f"{day}", line.number) for day, line in days] == [
        ("2026-03-28", 1),
        ("2026-03-29", 2),
        ("2026-03-30", 1),
    ]


def test_it_is_narrowed_by_moderator_decision_and_who_made_it(as_moderator, moderator):
    sam = UserFactory(username="sam", group="Comment moderators")
    plant_decisions(sam, waited=[10, 20])
    plant_decisions(moderator, waited=[30], to="spam")
    plant_decisions(None, waited=[None] * 4)

    assert report(as_moderator)["total"].number == 7
    assert report(as_moderator, user=sam.pk)["total"].number == 2
    assert report(as_moderator, to="spam")["total"].median == 30
    assert report(as_moderator, actor="rule")["total"].number == 4
    assert report(as_moderator, first="2020-01-01", last="2020-12-31")["total"].number == 0
    html = as_moderator.get(REPORT, {"user": sam.pk, "last": "2999-12-31"}).content.decode()
    assert 'value="2999-12-02"' in html
    assert len(downloaded(as_moderator, user=sam.pk, to="approved")[0]) == 3


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "yesterday"},
        {"last": "2026-02-30"},
        {"first": "0001-01-01", "last": "0001-01-02"},
        {"last": "9999-12-31"},
        {"first": "2026-02-02", "last": "2026-02-01"},
        {"first": "2024-01-01", "last": "2026-01-01"},
        {"user": "0"},
        {"user": "9" * 30},
        {"user": "\0"},
        {"to": "burn"},
        {"actor": "\0"},
        {"first": "x", "export": "csv"},
    ],
)
def test_what_cannot_be_counted_is_a_400_with_words(as_moderator, moderator, asked):
    plant_decisions(moderator, waited=[1])

    answer = as_moderator.get(REPORT, asked)

    assert answer.status_code == 400
    assert "Nothing is shown until" in answer.content.decode()
    assert "Comment decisions" in answer.content.decode()


def test_a_page_that_is_not_there_is_the_nearest_one(as_moderator, moderator):
    plant_decisions(moderator, waited=range(60))

    for page, number in (("0", 2), ("3", 2), ("x", 1), ("\0", 1), ("9" * 40, 2)):
        assert report(as_moderator, p=page)["page_obj"].number == number


def test_more_decisions_than_fit_a_workbook_are_a_csv(as_moderator, moderator, monkeypatch):
    monkeypatch.setattr(statistics_views, "MOST_IN_WORKBOOK", 2)
    plant_decisions(moderator, waited=[1, 2, 3])

    answer = as_moderator.get(REPORT, {"export": "xlsx"})

    assert (answer.status_code, answer.content[:20]) == (400, b"A workbook holds 2 d")
    assert "export=xlsx" not in as_moderator.get(REPORT).content.decode()
    assert as_moderator.get(REPORT, {"export": "csv"}).status_code == 200


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_of_a_file_runs(as_moderator, blog, sign):
    """Wagtail's export guards the workbook alone; in its CSV ``=1+1`` would be a sum."""
    evil = f"{sign}HYPERLINK(1+1)"
    comment = CommentFactory()
    comment.page.title = evil
    comment.page.save()
    plant_decisions(UserFactory(username=evil), waited=[5], comment=comment)

    text, sheet = downloaded(as_moderator)

    assert [text[1][2], text[1][6]] == [f"'{evil}", f"'{evil}"]
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝")) for line in text for cell in line)
    assert {cell.data_type for line in sheet for cell in line} <= {"s", "n", "d", "inlineStr"}
    assert sheet[1][2].value == f"'{evil}".replace("\r", "\n")  # as XML has it


def test_a_sign_no_workbook_takes_is_left_out(as_moderator):
    plant_decisions(UserFactory(username="sam\x0b"), waited=[5])

    text, sheet = downloaded(as_moderator)

    assert text[1][6] == sheet[1][6].value == "sam"


def test_both_files_tell_the_time_of_who_reads_them(as_moderator, moderator):
    profile = UserProfile.get_for_user(moderator)
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()
    plant_decisions(moderator, waited=[5], at=datetime(2026, 3, 28, 20, 15, tzinfo=UTC))

    text, sheet = downloaded(as_moderator, first="2026-03-01", last="2026-03-31")

    assert text[1][0] == "2026-03-29 05:15:00"
    assert sheet[1][0].value == datetime(2026, 3, 29, 5, 15)
    assert sheet[1][7].value == 5


def test_it_gives_away_no_address_and_no_words_of_a_reader(as_moderator, post):
    CommentFactory(page=post, name="Zoe Reader", address="zoe@example.org", text="private words", spam=True)

    seen = as_moderator.get(REPORT).content.decode() + str(downloaded(as_moderator)[0])

    assert "Spam" in seen
    for secret in ("zoe@example.org", "private words", "Zoe Reader"):
        assert secret not in seen


def test_decisions_on_comments_deleted_since_still_count(as_moderator, post):
    comment = CommentFactory(page=post, spam=True)
    erasing.delete([comment.pk])
    assert not ReaderComment.objects.exists()

    total = report(as_moderator)["total"]
    text, _ = downloaded(as_moderator)

    assert (total.number, total.deleted) == (2, 2)
    assert {line[1] for line in text[1:]} == {"deleted since"}
    assert "deleted since" in as_moderator.get(REPORT).content.decode()


def test_many_decisions_cost_as_many_queries_as_few(
    as_moderator, moderator, post, django_assert_max_num_queries
):
    comment = CommentFactory(page=post)
    plant_decisions(moderator, waited=[1])
    as_moderator.get(REPORT)

    for waited in ([2], range(300)):
        plant_decisions(moderator, waited=waited, comment=comment, at=timezone.now() - timedelta(days=1))
        with django_assert_max_num_queries(20):
            assert as_moderator.get(REPORT).content.decode().count("<td>") < 50 * 8 + 100
        with django_assert_max_num_queries(13):  # two files
            downloaded(as_moderator)


def test_the_menu_of_reports_has_it_for_moderators(as_moderator, client, editor):
    assert REPORT in as_moderator.get("/admin/").content.decode()
    client.force_login(editor)
    assert REPORT not in client.get("/admin/").content.decode()
    assert client.get(REPORT).status_code == 302
    assert client.get(REPORT, {"export": "csv"}).status_code == 302
