"""A person asks for their data, and has it erased: by the command and in the admin."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from blog.comments.models import Reader, ReaderComment, Revision, Subscription, Token
from blog.comments.moderation import actions, changes, erasing
from blog.comments.notifications import subscribing
from blog.comments.privacy import personal_data
from blog.comments.reading import queries
from cms.outbox.models import Delivery, Suppression
from home.contact.models import ContactMessage
from home.privacy import person as rights
from tests import crawl
from tests.conftest import signed_in, visitor
from tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "kq7erase3x@canary-nine.example"
OTHER = "zt4other9w@canary-ten.example"
NAME = "Quillon Zebrafinch"
WORDS = "marmalade lighthouse"
PRIVACY = "/admin/privacy/"
STATES = ("held", "approved", "spam", "trashed")


@pytest.fixture
def officer(db):
    return UserFactory(username="officer", group="Comment privacy officers")


@pytest.fixture
def person(client, post, contact, moderator):
    """One who left something everywhere, and another who answered."""
    for state in STATES:
        trait = {} if state == "held" else {state: True}
        CommentFactory(page=post, address=ADDRESS, name=NAME, text=f"{WORDS}, {state}", notify=True, **trait)
    comment = ReaderComment.objects.get(comment__contains="approved")
    changes.record(comment, "approved", changes.By("person", moderator, (f"{NAME} says {WORDS}",)))
    Revision.objects.create(comment=comment, number=2, text=f"{WORDS}, edited")
    Subscription.objects.filter(comment=comment).update(confirmed_at=timezone.now())
    CommentFactory(page=post, address=OTHER, name="Ada", reply_to_id=comment.pk, approved=True)
    subscribing.never_again(comment.reader)
    log(comment, "wagtail.edit", title=f"{NAME}: {WORDS}", data={"said": WORDS})
    client.post(contact.url, {"name": NAME, "email": ADDRESS.upper(), "message": WORDS})
    client.post(contact.url, {"name": "Ada", "email": OTHER, "message": "Another matter"})
    return comment


def privacy_command(*arguments: str) -> str:
    out = StringIO()
    call_command("privacy", *arguments, stdout=out)
    return out.getvalue()


def export(address: str = ADDRESS) -> dict:
    return json.loads(privacy_command("export", address))


def kept_words() -> bytes:
    return crawl.database_bytes().lower()


# --- Export ---


def test_an_export_holds_every_comment_in_every_state_with_its_history(person):
    found = export()

    assert {each["status"] for each in found["comments"]} == {"pending", "approved", "spam", "trash"}
    approved = next(each for each in found["comments"] if each["status"] == "approved")
    assert (approved["name"], approved["text"]) == (NAME, f"{WORDS}, approved")
    assert [each["text"] for each in approved["revisions"]] == [f"{WORDS}, approved", f"{WORDS}, edited"]
    assert approved["url"].endswith(f"/blog/a-quiet-hour/#comment-{person.pk}")
    assert approved["decisions"][-1]["reasons"] == [f"{NAME} says {WORDS}"]
    assert approved["links"]
    assert found["reader"]["comments_approved"] == 1
    assert found["reader"]["comments_refused"] == 2
    assert found["reader"]["address"] == ADDRESS


def test_an_export_holds_subscriptions_suppression_messages_mail_and_log(person):
    found = export(f" {ADDRESS.upper()} ")

    assert len(found["subscriptions"]) == len(STATES)
    assert found["wants_no_mail_since"]
    (message,) = found["messages"]
    assert message["fields"] == [{"label": "Message", "value": WORDS}]
    assert [mail["state"] for mail in message["mails_to_staff"]] == ["waiting"]
    assert {mail["to"] for mail in found["mail_about_comments"]} == {"you", "staff"}
    assert [line["action"] for line in found["log"]] == ["wagtail.edit"]


def test_an_export_misses_no_row_of_the_outbox_about_the_person(person):
    found = export()
    listed = len(found["mail_about_comments"]) + len(found["messages"][0]["mails_to_staff"])
    others = export(OTHER)

    not_his = len(others["messages"][0]["mails_to_staff"]) + sum(
        mail["to"] == "staff" for mail in others["mail_about_comments"]
    )
    assert listed + not_his == Delivery.objects.count()


def test_an_export_names_no_moderator_and_nobody_else(person, moderator):
    text = privacy_command("export", ADDRESS)

    assert '"a moderator"' in text
    for secret in ("decider", moderator.username + '"', "reception@", "Ada", "Another matter"):
        assert secret not in text.replace('"a moderator"', "")
    assert not crawl.leaks(text.encode(), [OTHER])


def test_an_unknown_address_gives_an_export_of_the_same_shape(person):
    known, unknown = export(), export("nobody@example.org")

    assert list(known) == list(unknown)
    assert unknown["reader"] is None
    assert unknown["comments"] == unknown["messages"] == unknown["subscriptions"] == unknown["log"] == []


@pytest.mark.parametrize("verb", ["export", "erase"])
def test_a_malformed_address_is_one_line_that_does_not_repeat_it(db, verb):
    with pytest.raises(CommandError) as refused:
        privacy_command(verb, "kq7 erase")

    assert refused.value.returncode == 1
    assert len(str(refused.value).splitlines()) == 1
    assert "kq7" not in str(refused.value)


def test_an_export_goes_into_files_that_only_their_owner_reads(person, tmp_path):
    data, page = tmp_path / "person.json", tmp_path / "person.html"

    assert privacy_command("export", ADDRESS, "--output", str(data), "--html", str(page)) == ""

    assert json.loads(data.read_text())["asked_for"] == ADDRESS
    html = page.read_text()
    for words in (
        ADDRESS,
        NAME,
        f"{WORDS}, spam",
        f"{WORDS}, edited",
        "by a moderator",
        "Messages to staff (1)",
    ):
        assert words in html
    assert "http-equiv" not in html
    assert "src=" not in html
    assert {file.stat().st_mode & 0o777 for file in (data, page)} == {0o600}


def test_a_file_that_cannot_be_written_is_named(person, tmp_path):
    with pytest.raises(CommandError, match="No such file or directory"):
        privacy_command("export", ADDRESS, "--output", str(tmp_path / "none" / "person.json"))


# --- Erase ---


def test_after_an_erasure_nothing_of_the_person_is_in_any_row(person):
    privacy_command("erase", ADDRESS, "--noinput")

    left = kept_words()
    assert crawl.leaks(left, [ADDRESS]) == []
    for words in (NAME, "zebrafinch", WORDS, "marmalade"):
        assert words.lower().encode() not in left
    assert export()["reader"] is None
    assert not ReaderComment.objects.filter(user_name=erasing.NOBODY).exclude(words_key=None).exists()
    assert not Token.objects.filter(comment__reader=None).exists()


def test_an_erasure_says_how_much_it_was(person):
    output = privacy_command("erase", ADDRESS, "--noinput")

    for count in ("comments 4", "revisions 5", "subscriptions 4", "readers 1", "messages 1", "recipients 1"):
        assert count in output
    assert "comments 0" in privacy_command("erase", ADDRESS, "--noinput")


def test_replies_of_others_stay_under_a_placeholder(person, post):
    privacy_command("erase", ADDRESS, "--noinput")

    html = visitor().get(post.url).content.decode()
    assert "This comment was removed" in html
    assert "Ada" in html
    (thread,) = queries.public_thread(post).threads
    assert thread.removed
    assert [reply.name for reply in thread.replies] == ["Ada"]
    assert queries.counts([post.pk])[post.pk] == 1
    assert export(OTHER)["comments"][0]["text"]
    assert export(OTHER)["messages"][0]["fields"][0]["value"] == "Another matter"


def test_an_erased_comment_is_withdrawn_with_a_decision_of_its_author(person):
    privacy_command("erase", ADDRESS, "--noinput")

    erased = ReaderComment.objects.exclude(user_name="Ada")
    assert len(erased) > 1
    for comment in erased:
        assert (comment.status, comment.is_public, comment.reader) == ("withdrawn", False, None)
        last = comment.decisions.last()
        assert (last.to_status, last.actor, last.reasons) == ("withdrawn", "author", ["erased"])


def test_replies_that_waited_below_a_held_comment_are_set_free(post):
    parent = CommentFactory(page=post, address=ADDRESS, approved=True)
    reply = CommentFactory(page=post, reply_to_id=parent.pk, approved=True)
    parent.refresh_from_db()
    actions.hold(parent, by=UserFactory(group="Comment moderators"), version=parent.version)
    assert ReaderComment.objects.get(pk=reply.pk).under_held

    privacy_command("erase", ADDRESS, "--noinput")

    assert not ReaderComment.objects.get(pk=reply.pk).under_held


def test_with_their_text_kept_comments_stay_and_are_nobodys(person, post):
    said = CommentFactory(
        page=post, address=ADDRESS, name=NAME, text=f"Write to {ADDRESS.title()}!", approved=True
    )
    before = dict(ReaderComment.objects.values_list("pk", "status"))

    privacy_command("erase", ADDRESS, "--keep-text", "--noinput")

    left = kept_words()
    assert crawl.leaks(left, [ADDRESS]) == []
    assert NAME.lower().encode() not in left
    assert dict(ReaderComment.objects.values_list("pk", "status")) == before
    html = visitor().get(post.url).content.decode()
    assert f"{WORDS}, approved" in html
    assert erasing.NOBODY in html
    assert ReaderComment.objects.get(pk=said.pk).comment == "Write to [address removed]!"
    assert not ReaderComment.objects.filter(user_name=erasing.NOBODY).exclude(reader=None).exists()


@pytest.mark.parametrize("keep", [(), ("--keep-text",)])
def test_an_erasure_leaves_no_mail_subscription_or_log_line_about_the_person(person, keep):
    comments = set(
        ReaderComment.objects.filter(reader__isnull=False)
        .exclude(user_name="Ada")
        .values_list("pk", flat=True)
    )
    readers = set(Reader.objects.with_address(ADDRESS).values_list("pk", flat=True))
    deliveries = Delivery.objects.filter(event="comment.replied")
    assert deliveries.exists()

    privacy_command("erase", ADDRESS, *keep, "--noinput")

    assert not Reader.objects.filter(pk__in=readers).exists()
    assert not Subscription.objects.filter(comment__in=comments).exists()
    assert not Delivery.objects.filter(event__startswith="comment.", subject_id__in=comments).exists()
    assert not Delivery.objects.filter(recipient__in=[f"reader:{pk}" for pk in readers]).exists()
    assert (
        not Delivery.objects.exclude(recipient__startswith="user:").filter(event="comment.replied").exists()
    )
    entry = ModelLogEntry.objects.get(action="wagtail.edit")
    assert (entry.label, entry.data) == ("erased", {})


def test_a_wish_for_no_mail_outlives_the_erasure_and_none_is_made(person):
    privacy_command("erase", ADDRESS, "--noinput")
    privacy_command("erase", OTHER, "--noinput")

    assert Suppression.objects.count() == 2, "of the address and of its mailbox"
    assert export()["wants_no_mail_since"]


def test_an_erasure_that_fails_half_way_changes_nothing(person, monkeypatch):
    before = crawl.contents()
    monkeypatch.setattr(Reader.objects.all().__class__, "delete", lambda self: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        privacy_command("erase", ADDRESS, "--noinput")

    assert crawl.contents() == before


@pytest.mark.parametrize(("answer", "gone"), [("yes", True), ("y", False), ("", False)])
def test_an_erasure_asks_first(person, monkeypatch, answer, gone):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)

    if gone:
        privacy_command("erase", ADDRESS)
    else:
        with pytest.raises(CommandError, match="Nothing was erased"):
            privacy_command("erase", ADDRESS)

    assert "reader comments 4" in asked[0]
    assert Reader.objects.with_address(ADDRESS).exists() is not gone


def test_a_staff_account_is_not_deleted_and_is_reported(person):
    UserFactory(username="kq", email=ADDRESS)

    assert "A staff account has this address" in privacy_command("erase", ADDRESS, "--noinput")


@pytest.mark.django_db(transaction=True)
def test_no_file_of_an_sqlite_database_holds_the_words_afterwards(client, contact, post):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's files are its own matter")
    CommentFactory(page=post, address=ADDRESS, name=NAME, text=WORDS, approved=True)
    client.post(contact.url, {"name": NAME, "email": ADDRESS, "message": WORDS})
    file = connection.settings_dict["NAME"]

    def on_disk() -> bytes:
        parts = []
        for suffix in ("", "-wal"):
            with open(f"{file}{suffix}", "rb") as part:
                parts.append(part.read())
        return b"".join(parts)

    assert WORDS.encode() in on_disk()
    privacy_command("erase", ADDRESS, "--noinput")

    assert WORDS.encode() not in on_disk()
    assert NAME.encode() not in on_disk()


# --- The log ---


def test_each_leaves_a_line_in_the_log_without_the_address(person, officer):
    staff = signed_in(officer)
    staff.post(PRIVACY, {"email": ADDRESS, "do": "export"})
    staff.post(PRIVACY, {"email": ADDRESS, "do": "erase"})
    staff.post(PRIVACY, {"email": ADDRESS, "do": "erase for good"})
    privacy_command("export", ADDRESS)

    lines = ModelLogEntry.objects.filter(action__startswith="privacy.").order_by("pk")
    assert [(line.action, line.user) for line in lines] == [
        ("privacy.export", officer),
        ("privacy.look_up", officer),
        ("privacy.erase", officer),
        ("privacy.export", None),
    ]
    assert lines[0].data["comments"] == lines[2].data["comments"] == len(STATES)
    assert "comments 4" in lines[2].message
    assert crawl.leaks(str(list(lines.values())).encode(), [ADDRESS]) == []


# --- The admin ---


def test_an_officer_exports_in_the_admin(person, officer):
    staff = signed_in(officer)

    data = staff.post(PRIVACY, {"email": ADDRESS, "do": "export"})
    page = staff.post(PRIVACY, {"email": ADDRESS, "do": "page"})

    assert data["Content-Disposition"] == 'attachment; filename="person.json"'
    assert "no-store" in data["Cache-Control"]
    assert len(data.json()["comments"]) == len(STATES)
    assert page["Content-Disposition"] == 'attachment; filename="person.html"'
    assert WORDS in page.content.decode()


def test_an_erasure_in_the_admin_asks_on_a_page_of_its_own(person, officer):
    staff = signed_in(officer)
    before = Reader.objects.count()

    asked = staff.post(PRIVACY, {"email": ADDRESS, "do": "erase"})
    assert asked.status_code == 200
    assert "Erase this person's data permanently?" in asked.content.decode()
    assert "4 reader comments" in asked.content.decode()
    assert Reader.objects.count() == before

    done = staff.post(PRIVACY, {"email": ADDRESS, "do": "erase for good"})
    assert (done.status_code, done["Location"]) == (303, PRIVACY)
    assert crawl.leaks(crawl._bytes_of(done), [ADDRESS]) == []
    assert not Reader.objects.with_address(ADDRESS).exists()
    assert "Erased: comments 4" in staff.get(PRIVACY).content.decode()


def test_the_choice_to_keep_the_text_is_carried_through_the_question(person, officer):
    staff = signed_in(officer)

    asked = staff.post(PRIVACY, {"email": ADDRESS, "keep_text": "on", "do": "erase"}).content.decode()
    assert '<input type="hidden" name="keep_text" value="on">' in asked
    staff.post(PRIVACY, {"email": ADDRESS, "keep_text": "on", "do": "erase for good"})

    assert ReaderComment.objects.filter(comment=f"{WORDS}, approved", user_name=erasing.NOBODY).exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"email": "no address", "do": "export"}, 422),
        ({"email": "", "do": "erase for good"}, 422),
        ({"email": ADDRESS, "do": "burn"}, 400),
        ({"email": ADDRESS}, 400),
    ],
)
def test_bad_input_in_the_admin_is_named_and_does_nothing(person, officer, sent, status):
    before = crawl.contents(frozenset({"cms_sessions_session"}))

    assert signed_in(officer).post(PRIVACY, sent).status_code == status
    assert crawl.contents(frozenset({"cms_sessions_session", "auth_user"})).items() <= before.items()


def test_an_address_in_the_url_is_not_looked_at(person, officer):
    answer = signed_in(officer).get(f"{PRIVACY}?email={ADDRESS}&do=export")

    assert crawl.leaks(answer.content, [ADDRESS]) == []
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def test_each_right_opens_its_own_button_and_no_other(person, officer):
    exporter = UserFactory()
    for codename in ("access_admin", "export_person"):
        exporter.user_permissions.add(Permission.objects.get(codename=codename))
    staff = signed_in(exporter)

    html = staff.get(PRIVACY).content.decode()
    assert 'value="export"' in html
    assert 'value="erase"' not in html
    for verb in ("erase", "erase for good"):
        assert staff.post(PRIVACY, {"email": ADDRESS, "do": verb}).status_code == 302
    assert Reader.objects.with_address(ADDRESS).exists()
    assert 'value="erase"' in signed_in(officer).get(PRIVACY).content.decode()


@pytest.mark.parametrize("group", ["Comment moderators", "Editors", "Front desk"])
def test_other_staff_find_no_door(person, group):
    staff = signed_in(UserFactory(group=group))

    assert staff.get(PRIVACY).status_code == 302
    assert staff.post(PRIVACY, {"email": ADDRESS, "do": "export"}).status_code == 302
    assert PRIVACY not in staff.get("/admin/").content.decode()
    assert visitor().post(PRIVACY, {"email": ADDRESS, "do": "export"}).status_code in {302, 403}


def test_the_menu_shows_it_to_those_who_may(officer):
    assert PRIVACY in signed_in(officer).get("/admin/").content.decode()


# --- Nothing forgotten ---


def test_every_table_that_refers_to_a_reader_or_a_comment_is_thought_of():
    """A model added tomorrow that points at a person makes this fail until export and erase know it."""
    known = {
        "blog_comments.ReaderComment",
        "blog_comments.Revision",
        "blog_comments.Decision",
        "blog_comments.Token",
        "blog_comments.Subscription",
        "django_comments.CommentFlag",  # who flagged, not who wrote
        "blog_comments.ReaderNote",  # in the export of its reader
        "blog_comments.Report",  # nobody knows who reported
    }
    people = {"blog_comments.reader", "blog_comments.readercomment", "django_comments.comment"}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.many_to_one and field.related_model and field.related_model._meta.label_lower in people
    }
    assert pointing <= known


def test_an_erasure_during_a_change_of_keys_finds_both_rows(person, settings):
    old, new = settings.ADDRESS_KEYS[0], Fernet.generate_key().decode()
    settings.ADDRESS_KEYS = [new]
    CommentFactory(address=ADDRESS, name=NAME, text=WORDS)
    settings.ADDRESS_KEYS = [new, old]
    assert len(personal_data.kept(ADDRESS)[Reader]) == 2

    rights.erase(ADDRESS, by=None)

    assert WORDS.encode() not in kept_words()
    assert not ContactMessage.objects.filter(name=NAME).exists()


# --- The admin, for a person who commented ---


def page_of(comment: ReaderComment) -> str:
    return f"{PRIVACY}people/{comment.reader_id}/"


def test_the_page_of_a_person_at_the_desk_has_what_an_officer_may_do(person, officer, moderator):
    desk = f"/admin/comments/people/{person.reader_id}/"
    assert page_of(person) not in signed_in(moderator).get(desk).content.decode()

    officer.groups.add(*moderator.groups.all())
    html = signed_in(officer).get(desk).content.decode()
    assert f'action="{page_of(person)}"' in html
    assert 'value="export"' in html
    assert 'value="erase"' in html
    assert crawl.leaks(html.encode(), [ADDRESS]) == []


def test_a_known_person_is_exported_without_the_address_being_typed(person, officer):
    staff = signed_in(officer)

    data = staff.post(page_of(person), {"do": "export"})
    page = staff.post(page_of(person), {"do": "page"})

    assert len(data.json()["comments"]) == len(STATES)
    assert data.json()["messages"]
    assert "no-store" in data["Cache-Control"]
    assert page["Content-Disposition"] == 'attachment; filename="person.html"'
    assert ModelLogEntry.objects.filter(action="privacy.export", user=officer).count() == 2


@pytest.mark.parametrize("keep", [{}, {"keep_text": "on"}])
def test_a_known_person_is_erased_after_asking_and_no_page_shows_the_address(person, officer, keep):
    staff = signed_in(officer)

    asked = staff.post(page_of(person), {"do": "erase", **keep})
    assert "Erase this person's data permanently?" in asked.content.decode()
    assert "4 reader comments" in asked.content.decode()
    assert ('name="keep_text" value="on"' in asked.content.decode()) is bool(keep)
    assert crawl.leaks(crawl._bytes_of(asked), [ADDRESS]) == []
    assert Reader.objects.with_address(ADDRESS).exists()

    done = staff.post(page_of(person), {"do": "erase for good", **keep})
    assert (done.status_code, done["Location"]) == (303, PRIVACY)
    assert not Reader.objects.with_address(ADDRESS).exists()
    assert not ContactMessage.objects.filter(name=NAME).exists()
    assert ReaderComment.objects.filter(comment=f"{WORDS}, approved").exists() is bool(keep)
    assert staff.get(page_of(person)).status_code == 404


def test_a_known_person_whose_address_no_key_reads_is_reported(person, officer, settings):
    settings.ADDRESS_KEYS = ["YW5vdGhlciBrZXksIHRoYXQgcmVhZHMgbm90aGluZy4="]
    staff = signed_in(officer)

    for verb in ("export", "page", "erase", "erase for good"):
        answer = staff.post(page_of(person), {"do": verb})
        assert (answer.status_code, "cannot be read" in answer.content.decode()) == (409, True), verb
    assert Reader.objects.filter(pk=person.reader_id).exists()


def test_each_right_opens_its_own_button_there_too_and_nothing_else_is_done(person, officer):
    exporter = UserFactory()
    for codename in ("access_admin", "export_person"):
        exporter.user_permissions.add(Permission.objects.get(codename=codename))
    staff = signed_in(exporter)

    html = staff.get(page_of(person)).content.decode()
    assert 'value="export"' in html
    assert 'value="erase"' not in html
    for verb in ("erase", "erase for good"):
        assert staff.post(page_of(person), {"do": verb}).status_code == 302
    assert signed_in(officer).post(page_of(person), {"do": "burn"}).status_code == 400
    for group in ("Comment moderators", "Editors", "Front desk"):
        assert signed_in(UserFactory(group=group)).post(page_of(person), {"do": "export"}).status_code == 302
    assert Reader.objects.with_address(ADDRESS).exists()
    assert not ModelLogEntry.objects.filter(action__startswith="privacy.").exists()
