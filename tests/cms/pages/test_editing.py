"""Two who write at the same time, in the editor of a page and in that of a new one."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.models import Page, Revision

from blog.models import BlogPostPage
from tests.conftest import signed_in
from tests.editor import JSON, Editor, fields, paragraph, stream
from tests.factories import PostFactory, StandardPageFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "/admin/pages/add/blog/blogpostpage/{}/"


@pytest.fixture
def ben(db):
    return UserFactory(username="ben", first_name="Ben", last_name="Ash", group="Editors")


def written(form: dict[str, str], words: str) -> dict[str, str]:
    blocks = [("heading", {"text": words, "level": "h2"}), ("paragraph", paragraph(words))]
    return form | stream(blocks) | {"title": words}


def newest(page: Page) -> str:
    return page.revisions.order_by("-created_at").first().content["title"]


@pytest.fixture(params=["never saved in the editor", "saved before", "published before"])
def page(request, post, admin):
    if request.param != "never saved in the editor":
        revision = post.save_revision(user=admin)
        if request.param == "published before":
            revision.publish()
    return post


@pytest.mark.parametrize("how", ["save", "publish"])
@pytest.mark.parametrize("first", ["save", "publish", "autosave"])
def test_the_second_of_two_editors_is_told_by_whom_and_when_and_keeps_their_words(
    editor, ben, page, how, first
):
    one, two = Editor(signed_in(editor), page), Editor(signed_in(ben), page)
    form, other = one.open(), two.open()
    getattr(two, first)(written(other, "Words of Ben"))
    saved = Revision.objects.count()

    answer = getattr(one, how)(written(form, "Words of the second"))

    html = answer.content.decode()
    at = page.revisions.order_by("-created_at").first().created_at
    assert answer.status_code == 200
    assert "Your changes are not saved yet. Ben Ash changed this page on" in html
    assert f"{at.day} {at:%B %Y, %H:%M}" in html
    assert "Words of the second" in fields(html)["title"]
    assert html.count("Words of the second") >= 3
    assert (newest(page), Revision.objects.count()) == ("Words of Ben", saved)
    page.refresh_from_db()
    assert page.title != "Words of the second"


def test_sending_it_again_replaces_what_the_first_one_wrote_which_stays_in_the_history(editor, ben, page):
    one, two = Editor(signed_in(editor), page), Editor(signed_in(ben), page)
    form, other = one.open(), two.open()
    two.save(written(other, "Words of Ben"))
    shown = fields(one.save(written(form, "Mine")).content.decode())

    assert one.publish(written(shown, "Mine")).status_code == 302
    page.refresh_from_db()
    assert page.title == "Mine"
    assert "Words of Ben" in {revision.content["title"] for revision in page.revisions.all()}


def test_a_third_change_before_it_is_sent_again_is_told_too(editor, ben, admin, page):
    one = Editor(signed_in(editor), page)
    form = one.open()
    Editor(signed_in(ben), page).save(written(form, "Words of Ben"))
    shown = fields(one.save(written(form, "Mine")).content.decode())
    third = Editor(signed_in(admin), page)
    third.save(written(third.open(), "Words of the third"))

    assert (
        "Your changes are not saved yet. admin changed this page"
        in one.save(written(shown, "Mine")).content.decode()
    )
    assert newest(page) == "Words of the third"


def test_who_saves_again_what_only_they_have_saved_is_asked_nothing(editor, page):
    one = Editor(signed_in(editor), page)
    form = one.open()
    assert one.save(written(form, "First")).status_code == 302
    assert one.autosave(written(one.open(), "Second")).status_code == 200
    assert one.publish(written(form, "Third")).status_code == 302
    assert newest(page) == "Third"


def test_a_change_by_a_program_is_told_as_one(editor, page):
    one = Editor(signed_in(editor), page)
    form = one.open()
    page.title = "From the import"
    page.save_revision()

    assert "An automated change was made to this page on" in one.save(written(form, "Mine")).content.decode()


@pytest.mark.parametrize("opened", ["", "never", "2026-13-45T00:00", "9999-12-31T23:59:59Z", "\0"])
def test_a_time_of_opening_that_is_none_is_no_fault(editor, ben, post, opened):
    Editor(signed_in(ben), post).save(written(Editor(signed_in(ben), post).open(), "Words of Ben"))
    one = Editor(signed_in(editor), post)

    answer = one.save(written(one.open(), "Mine") | {"loaded_revision_created_at": opened})

    assert answer.status_code in (200, 302)


def test_other_kinds_of_page_have_the_same_rule(admin, ben, home):
    about = StandardPageFactory(parent=home)
    one, two = Editor(signed_in(admin), about), Editor(signed_in(ben), about)
    form, other = one.open(), two.open()
    two.save(other | stream([]) | {"title": "Words of Ben"})

    assert (
        b"Your changes are not saved yet. Ben Ash changed"
        in one.save(form | stream([]) | {"title": "Mine"}).content
    )


# --- At the very same time ---


def together(*acts):
    """Begin all at one moment; return what each answered."""
    begin = threading.Barrier(len(acts))

    def run(act):
        try:
            begin.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_autosaves_at_one_moment_one_is_kept_and_the_others_are_told(blog, admin, ben):
    post = PostFactory(parent=blog)
    post.save_revision(user=admin)
    people = [admin, ben, UserFactory(group="Editors"), UserFactory(group="Editors")]
    at_work = [Editor(signed_in(each), post) for each in people]
    forms = [written(each.open(), f"Words {place}") for place, each in enumerate(at_work)]

    answers = together(
        *(lambda each=each, form=form: each.autosave(form) for each, form in zip(at_work, forms, strict=True))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    kept = next(place for place, answer in enumerate(answers) if answer.status_code == 200)
    assert newest(post) == f"Words {kept}"
    assert {answer.json()["error_code"] for answer in answers if answer.status_code == 400} == {
        "invalid_revision"
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["save", "publish"])
def test_of_plain_forms_at_one_moment_one_is_kept_and_the_others_are_told(blog, admin, ben, how):
    post = PostFactory(parent=blog)
    post.save_revision(user=admin)
    at_work = [Editor(signed_in(each), post) for each in (admin, ben, UserFactory(group="Editors"))]
    forms = [written(each.open(), f"Words {place}") for place, each in enumerate(at_work)]

    answers = together(*map(partial, [getattr(each, how) for each in at_work], forms))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 302]
    kept = next(place for place, answer in enumerate(answers) if answer.status_code == 302)
    assert newest(post) == f"Words {kept}"


@pytest.mark.django_db(transaction=True)
def test_a_new_page_published_while_its_first_autosave_is_under_way_is_one_page_with_all_its_words(
    blog, admin
):
    browser, url = signed_in(admin), NEW.format(blog.pk)
    form = fields(browser.get(url).content.decode()) | {"slug": "new", "standfirst": "One sentence."}
    first, whole = written(form, "Half a ti"), written(form, "Half a title and the rest")

    autosaved, published = together(
        lambda: browser.post(url, first, headers=JSON),
        lambda: browser.post(url, whole | {"action-publish": "action-publish"}),
    )

    page = BlogPostPage.objects.get(slug="new")
    assert published.status_code == 302
    assert autosaved.status_code in (200, 400)
    assert (page.live, page.title) == (True, "Half a title and the rest")


def test_a_page_published_just_after_its_first_autosave_is_that_draft(blog, admin):
    browser, url = signed_in(admin), NEW.format(blog.pk)
    form = fields(browser.get(url).content.decode()) | {"slug": "new", "standfirst": "One sentence."}
    assert browser.post(url, written(form, "Half a ti"), headers=JSON).status_code == 200

    assert browser.post(url, written(form, "All") | {"action-publish": "action-publish"}).status_code == 302
    assert BlogPostPage.objects.get(slug="new").title == "All"


def test_a_draft_of_somebody_else_or_of_before_takes_nothing_in(blog, admin, ben):
    url = NEW.format(blog.pk)
    form = fields(signed_in(ben).get(url).content.decode()) | {"slug": "new", "standfirst": "One sentence."}
    assert signed_in(ben).post(url, written(form, "Words of Ben"), headers=JSON).status_code == 200

    for _ in range(2):
        answer = signed_in(admin).post(url, written(form, "Mine"))
        assert answer.status_code == 200
        assert re.search("slug.*already in use|Another post has this slug", answer.content.decode())
        BlogPostPage.objects.update(
            owner=admin, latest_revision_created_at=timezone.now() - timedelta(minutes=1)
        )
    assert BlogPostPage.objects.get(slug="new").title == "Words of Ben"


@pytest.mark.django_db(transaction=True)
def test_pages_with_one_slug_made_at_one_moment_are_one_page_and_words_kept_in_a_form(blog, admin, ben):
    url = NEW.format(blog.pk)
    people = [signed_in(each) for each in (admin, ben, UserFactory(group="Editors"))]
    forms = [
        written(fields(each.get(url).content.decode()), f"Words {place}")
        | {"slug": "same", "standfirst": "One."}
        for place, each in enumerate(people)
    ]

    answers = together(*(partial(each.post, url, form) for each, form in zip(people, forms, strict=True)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 302]
    assert Page.objects.filter(slug="same").count() == 1
    assert Page.find_problems() == ([], [], [], [], [])
    for place, answer in enumerate(answers):
        if answer.status_code == 200:
            assert f"Words {place}" in answer.content.decode()
            assert re.search("slug.*is already in use|Another post has this slug", answer.content.decode())
