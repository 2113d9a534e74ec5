"""What staff paste, and what was stored before it was tidied: XML, workbooks, tables and JSON stay whole."""

import io
import json
import re
from xml.dom.minidom import parseString

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from openpyxl import load_workbook
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Site

from blog.comments.notifications.letters import _title
from blog.models import BlogPostPage, Category
from home.contact import actions
from home.contact.mail import subject_of
from home.contact.models import ContactMessage
from home.contact.sent import SentMessage
from tests.conftest import signed_in
from tests.factories import AuthorFactory, CategoryFactory, CommentFactory, ContactPageFactory, PostFactory

pytestmark = pytest.mark.django_db

UNSEEN = "\x00\x07\x1b\x7f\x9f\ufffe\uffff\ufdd0\U0001ffff"
HOSTILE = f"One{UNSEEN}\ttwo\x0bthree\x0cfour\x85five\u2028six\u2029seven\r\neight"
UNSEEN_SIGNS = "[\x00-\x1f\x7f-\x9f\ufffe\uffff]"
TIDY = "One two three four five six seven eight"
STORED = HOSTILE.replace("\x00", "")  # PostgreSQL takes no NUL


def texts(xml: bytes) -> str:
    document = parseString(xml)  # noqa: S318 -- made by the site under test
    return " ".join(document.documentElement.toxml().split())


@pytest.mark.parametrize("more", ["", "\ud800", "\udfff"])
def test_the_words_of_a_page_are_tidied_at_every_door(client, blog, more):
    category, author = CategoryFactory(name=HOSTILE), AuthorFactory(name=HOSTILE)
    assert category.name == author.name == TIDY
    body = [
        ("heading", {"text": HOSTILE + more, "level": "h2"}),
        ("paragraph", f"<p>{HOSTILE}{more}</p>"),
        ("callout", {"kind": "info", "heading": HOSTILE, "text": f"<p>{HOSTILE}{more}</p>"}),
        (
            "faq",
            {"heading": "Questions", "questions": [{"question": HOSTILE + more, "answer": "<p>So.</p>"}]},
        ),
    ]
    words = dict.fromkeys(("title", "standfirst", "hero_caption", "seo_title"), HOSTILE + more)
    post = PostFactory(
        parent=blog, body=BlogPostPage._meta.get_field("body").stream_block.to_python(body), **words
    )
    post.tags.add(HOSTILE + more)
    post.full_clean()
    post.save_revision().publish()

    post = BlogPostPage.objects.get()
    assert {getattr(post, name) for name in words} == {TIDY}
    assert post.draft_title == TIDY
    assert [tag.name for tag in post.tags.all()] == [TIDY]
    assert post.body[0].value["text"] == post.body[2].value["heading"] == TIDY
    assert post.body[3].value["questions"][0]["question"] == TIDY
    assert TIDY in " ".join(post.body[1].value.source.split())
    assert client.get(post.url).status_code == 200
    assert client.get(f"/api/v1/posts/{post.pk}/").json()["title"] == TIDY


@pytest.mark.parametrize("title", ["\x07", "\x00\x01", "\ufffe", "\x0b\x0c"])
def test_a_title_of_controls_alone_is_missing(blog, title):
    post = PostFactory.build(parent=None, title=title)

    with pytest.raises(ValidationError) as error:
        post.full_clean()
    assert "title" in error.value.message_dict


@pytest.fixture
def from_before(blog):
    """A post whose words were stored when nothing tidied them."""
    post = PostFactory(parent=blog, category=CategoryFactory(), author=AuthorFactory())
    post.tags.add("calm")
    post.save()
    words = dict.fromkeys(("title", "draft_title", "standfirst", "search_description"), STORED)
    BlogPostPage.objects.filter(pk=post.pk).update(**words)
    type(post.author).objects.update(name=STORED)
    Category.objects.update(name=STORED)
    post.tags.update(name=STORED[:90])
    return BlogPostPage.objects.get()


def test_feeds_and_sitemap_are_well_formed(client, from_before):
    assert TIDY in texts(client.get("/blog/feed/").content)
    assert TIDY in texts(client.get(f"{from_before.url}comments/feed/").content)
    texts(client.get("/blog/comments/feed/").content)
    texts(client.get("/sitemap.xml").content)


def test_the_page_describes_itself_in_json(client, from_before):
    html = client.get(from_before.url).content.decode()

    said = json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL).group(1)
    )
    assert said["headline"].startswith("One")


@pytest.mark.parametrize(
    "report",
    [
        "/admin/reports/aging-pages/results/",
        "/admin/reports/site-history/results/",
        "/admin/redirects/results/",
    ],
)
def test_reports_of_wagtail_are_files_that_open(admin, from_before, report):
    from_before.save_revision(user=admin, log_action=True).publish(user=admin)
    BlogPostPage.objects.update(title=STORED, draft_title=STORED)
    Redirect.objects.create(old_path="/old", redirect_link=f"https://a.example/{STORED}")
    staff = signed_in(admin)

    book, table = (staff.get(report, {"export": kind}) for kind in ("xlsx", "csv"))

    assert (book.status_code, table.status_code) == (200, 200)
    cells = [
        cell
        for row in load_workbook(io.BytesIO(b"".join(book))).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert cells
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", b"".join(table).decode().replace("\r\n", "\n")
    )


@pytest.mark.parametrize(
    "report",
    [
        "/admin/reports/aging-pages/results/",
        "/admin/reports/site-history/results/",
        "/admin/reports/locked/results/",
        "/admin/redirects/results/",
    ],
)
def test_no_cell_of_a_report_of_wagtail_runs(admin, blog, report):
    """Also not in the name of a user or a site, which Wagtail makes a text of at the end."""
    evil = "=HYPERLINK(1);=HYPERLINK(2)"
    admin.username = evil
    admin.save()
    Site.objects.update(site_name=evil)
    page = PostFactory(parent=blog, title=evil, slug="evil", locked=True, locked_by=admin)
    page.save_revision(user=admin, log_action=True).publish(user=admin)
    Redirect.objects.create(
        old_path="/old", redirect_link="https://a.example/;=HYPERLINK(3)", site=Site.objects.get()
    )
    staff = signed_in(admin)

    table = b"".join(staff.get(report, {"export": "csv"})).decode()
    book = load_workbook(io.BytesIO(b"".join(staff.get(report, {"export": "xlsx"})))).active

    assert "'=HYPERLINK" in table
    assert not re.search(r"(?<!')=HYPERLINK", table)
    assert {cell.data_type for row in book.iter_rows() for cell in row} <= {"s", "n", "d", "inlineStr"}


def test_a_report_of_wagtail_leaves_prose_in_a_workbook_as_it_was_typed(admin, blog):
    title = "Rest; -and then walk, +1 more"
    PostFactory(parent=blog, title=title, slug="prose", locked=True, locked_by=admin)
    staff = signed_in(admin)

    answer = staff.get("/admin/reports/locked/results/", {"export": "xlsx"})
    book = load_workbook(io.BytesIO(b"".join(answer))).active

    assert title in {cell.value for row in book.iter_rows() for cell in row}


def test_a_redirect_to_an_odd_address_leads_there(client, home):
    Redirect.objects.create(old_path="/old", redirect_link=f"https://a.example/{STORED}")

    answer = client.get("/old/")

    assert answer.status_code == 301
    assert answer["Location"].startswith("https://a.example/One%")


def test_mails_have_subjects_of_one_line(contact, from_before):
    comment = CommentFactory(page=from_before, approved=True)
    subjects = [f"Your comment on “{_title(comment)}”", subject_of(ContactMessage(subject=STORED, pk=7))]

    for subject in subjects:
        header = EmailMessage(subject=subject, to=["ann@example.org"]).message()["Subject"]
        assert "two three" in subject
        assert re.search(UNSEEN_SIGNS, subject) is None
        assert "\n" not in header or all(line.startswith(" ") for line in header.split("\n")[1:])


def test_messages_are_files_that_open(front_desk, home):
    page = ContactPageFactory(parent=home)
    fields = (("Message", STORED),)
    actions.submit(page, SentMessage(name=STORED, address="ben@example.org", subject=STORED, fields=fields))
    staff = signed_in(front_desk)

    book, table = (staff.post("/admin/messages/", {"do": kind}) for kind in ("xlsx", "csv"))

    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet.cell(2, 7).value.startswith("One\ttwo")
    assert not re.search(r"[\x07\x0b\x85\ufffe]", table.content.decode("utf-8-sig"))


@pytest.mark.parametrize(
    "name", ["o\x0bd\x85d\u2028\u202e.txt", "\x1b[31mred\x9f.txt", "Сон 💤\ufffe.txt", "a\x07.txt"]
)
def test_a_document_of_any_file_name_is_served_with_whole_headers(client, admin, name):
    file = SimpleUploadedFile("x.txt", b"words")
    file._name = name  # as a client sends it, past what Django makes of it here
    answer = signed_in(admin).post(
        "/admin/documents/multiple/add/", {"title": STORED, "files[]": file, "collection": "1"}
    )

    assert answer.json()["success"], answer.content
    served = client.get(get_document_model().objects.get().url)
    assert served.status_code == 200
    assert not re.search(UNSEEN_SIGNS, served["Content-Disposition"])
