"""Files that come with a message: which are taken, where they lie, who opens them, when they go."""

import os
import resource
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from home.contact import actions, file_kinds, privacy, retention, store
from home.contact.models import Attachment, ContactMessage
from home.contact.site_settings import MessageSettings
from tests.conftest import signed_in, visitor
from tests.home.contact.test_desk import INBOX

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ben Ode", "email": "ben@example.org", "message": "See what I send."}
PDF, PNG, JPEG = b"%PDF-1.7 words", b"\x89PNG\r\n\x1a\nbytes", b"\xff\xd8\xff\xe0bytes"
API = "/api/v1/contact/contact/"
WEBP, TEXT = b"RIFF\0\0\0\0WEBPVP8 ", "Grüße,\nBen".encode()


@pytest.fixture
def taking(contact, settings, tmp_path):
    """A contact page whose site takes files."""
    settings.DATA_DIR = tmp_path
    MessageSettings.objects.create(site=contact.get_site(), take_files=True)
    return contact


def upload(page, *contents: bytes, name: str = "letter.pdf", **words: str):
    files = [SimpleUploadedFile(name, content) for content in contents]
    return visitor().post(page.url, {**WORDS, "files": files, **words})


def by_api(page, *contents: bytes, sender=None, headers=None, **words: str):
    files = [SimpleUploadedFile("letter.pdf", content) for content in contents]
    return (sender or visitor()).post(
        f"/api/v1/contact/{page.slug}/files/", {**WORDS, "files": files, **words}, headers=headers or {}
    )


def on_disk(tmp_path) -> list[str]:
    folder = tmp_path / "attachments"
    return sorted(os.listdir(folder)) if folder.is_dir() else []


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "pdf"), (PNG, "png"), (JPEG, "jpg"), (WEBP, "webp"), (TEXT, "txt")]
)
def test_a_file_is_known_by_its_bytes_and_not_by_its_name(taking, content, kind):
    assert upload(taking, content, name="letter.exe").status_code == 303

    assert (Attachment.objects.get().kind, Attachment.objects.get().size) == (kind, len(content))


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\0program", b"PK\x03\x04zip", b"\0\0\0", b"GIF89a\1\0", b"a\x1bb", b"\xff\xfea"],
)
def test_other_files_are_refused_whatever_they_are_called(taking, tmp_path, content):
    answer = upload(taking, content)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("“letter.pdf” must be a PDF, PNG, JPEG, WebP, plain text file") == 2
    assert "See what I send." in page
    assert "Choose your files again." in page
    assert not ContactMessage.objects.exists()
    assert on_disk(tmp_path) == []


def test_three_files_of_five_megabytes_are_taken_and_not_one_more(taking):
    whole = PDF + b"x" * (file_kinds.MOST_BYTES - len(PDF))

    assert upload(taking, PDF, PNG, JPEG, TEXT).status_code == 422
    assert upload(taking, whole + b"x").status_code == 422
    assert not ContactMessage.objects.exists()
    assert upload(taking, whole, whole[:-1], whole[:-2]).status_code == 303
    assert Attachment.objects.count() == 3


def test_a_body_of_more_is_refused_before_it_is_read(taking):
    class Unread:
        def read(self, *args: int) -> bytes:
            raise AssertionError("read")

        readline = read

    answer = visitor().generic(
        "POST",
        taking.url,
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(40 * 1024 * 1024), "wsgi.input": Unread()},
    )

    assert answer.status_code in {400, 413}


def test_without_the_setting_no_file_is_asked_for_or_kept(client, contact, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    assert 'type="file"' not in client.get(contact.url).content.decode()
    assert upload(contact, PDF).status_code == 303
    assert not Attachment.objects.exists()
    assert on_disk(tmp_path) == []


def test_the_form_asks_for_files_where_they_are_taken(client, taking):
    page = client.get(taking.url).content.decode()

    assert 'enctype="multipart/form-data"' in page
    assert 'type="file"' in page
    described = client.get(API).json()
    assert "files" not in {each["name"] for each in described["fields"]}
    assert described["files"] == {
        "most": 3,
        "most_bytes": 5 * 1024 * 1024,
        "kinds": ["pdf", "png", "jpg", "webp", "txt"],
    }


def test_staff_download_a_file_of_no_type_a_browser_opens(taking, front_desk):
    upload(taking, b"<script>alert(1)</script>", name='a"b\r\nSet-Cookie: x.html')
    message = ContactMessage.objects.get()
    staff = signed_in(front_desk)
    page = staff.get(f"{INBOX}{message.pk}/").content.decode()
    file = Attachment.objects.get()
    assert f"{INBOX}{message.pk}/files/{file.pk}/" in page

    answer = staff.get(f"{INBOX}{message.pk}/files/{file.pk}/")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="message-{message.pk}-{file.pk}.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_nobody_else_finds_it(taking, shop_desk, editor, moderator, front_desk, contact):
    upload(taking, PDF)
    file = Attachment.objects.get()
    url = f"{INBOX}{file.message_id}/files/{file.pk}/"

    assert visitor().get(url).status_code == 302
    assert visitor().get(f"/media/attachments/{file.stored_as}", follow=True).status_code == 404
    assert signed_in(shop_desk).get(url).status_code == 404
    for other in (editor, moderator):
        assert signed_in(other).get(url).status_code == 302
    for message, wrong in ((file.message_id, 2**63), (file.message_id + 1, file.pk)):
        assert signed_in(front_desk).get(f"{INBOX}{message}/files/{wrong}/").status_code == 404


def test_it_lies_outside_the_media_under_a_name_that_says_nothing(taking, tmp_path, settings):
    upload(taking, PDF)

    (name,) = on_disk(tmp_path)
    assert name == Attachment.objects.get().stored_as
    assert (tmp_path / "attachments" / name).stat().st_mode & 0o777 == 0o600
    assert not store._folder().is_relative_to(settings.MEDIA_ROOT)


def test_the_same_words_with_another_file_are_another_message(taking, tmp_path):
    for content in (PDF, PDF, PNG):
        upload(taking, content)

    assert ContactMessage.objects.count() == Attachment.objects.count() == len(on_disk(tmp_path)) == 2


@pytest.mark.server_errors(503)
def test_a_full_disk_is_said_and_nothing_is_half_kept(taking, tmp_path):
    (tmp_path / "attachments").write_text("in the way")

    answer = upload(taking, PDF)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "We could not save your files" in answer.content.decode()
    assert "See what I send." in answer.content.decode()
    assert not ContactMessage.objects.exists()


def test_of_files_that_do_not_fit_none_stays(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            store.write([PDF, PDF * 1000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert on_disk(tmp_path) == []


@pytest.mark.parametrize("how", ["deleted", "erased", "purged"])
def test_a_file_goes_with_its_message(taking, tmp_path, admin, how, django_capture_on_commit_callbacks):
    upload(taking, PDF, PNG)
    message = ContactMessage.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        if how == "deleted":
            actions.delete(message, by=admin)
        elif how == "erased":
            privacy.erase(WORDS["email"])
        else:
            MessageSettings.objects.update(keep_spam_days=0)
            actions.mark_as_spam(message, by=admin)
            retention.purge()

    assert not Attachment.objects.exists()
    assert on_disk(tmp_path) == []


def test_what_has_no_row_is_purged_a_day_later(taking, tmp_path):
    upload(taking, PDF)
    kept, (orphan, fresh) = Attachment.objects.get().stored_as, store.write([PDF, PDF])
    for name in (kept, orphan):
        os.utime(tmp_path / "attachments" / name, (time.time() - 90_000,) * 2)

    retention.purge()

    assert on_disk(tmp_path) == sorted([kept, fresh])


class TestByTheApi:
    def test_they_come_with_the_message(self, taking, tmp_path):
        answer = by_api(taking, PDF, PNG)

        assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
        message = ContactMessage.objects.get()
        assert message.name == "Ben Ode"
        assert sorted(message.attachments.values_list("kind", flat=True)) == ["pdf", "png"]
        assert len(on_disk(tmp_path)) == 2

    def test_a_message_without_one_is_taken_as_well(self, taking):
        assert by_api(taking).status_code == 202
        assert not Attachment.objects.exists()

    @pytest.mark.parametrize(
        "contents", [(b"MZ\x90\0program",), (PDF, PDF, PNG, TEXT), (PDF + b"x" * 5 * 1024 * 1024,)]
    )
    def test_what_the_page_refuses_is_refused_in_the_same_words(self, taking, tmp_path, contents):
        page, answer = upload(taking, *contents), by_api(taking, *contents)

        assert (page.status_code, answer.status_code) == (422, 422)
        (error,) = answer.json()["errors"]
        assert error["field"] == "files"
        assert error["message"] in page.content.decode()
        assert not ContactMessage.objects.exists()
        assert on_disk(tmp_path) == []

    def test_where_none_is_taken_the_message_is_refused_rather_than_cut(
        self, client, contact, settings, tmp_path
    ):
        settings.DATA_DIR = tmp_path

        assert client.get(API).json()["files"] is None
        answer = by_api(contact, PDF)
        assert (answer.status_code, answer.json()["detail"]) == (403, "This page takes no files.")
        assert not ContactMessage.objects.exists()
        assert by_api(contact).status_code == 202

    def test_another_sites_form_is_refused(self, taking):
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert by_api(taking, PDF, headers=headers).status_code == 403
        assert not ContactMessage.objects.exists()

    def test_a_front_end_that_is_named_may_send_it(self, taking, settings):
        settings.CORS_ALLOWED_ORIGINS = ["https://front.example"]

        answer = by_api(taking, PDF, headers={"origin": "https://front.example"})

        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (202, "https://front.example")

    def test_any_other_body_is_told_what_to_send(self, taking):
        for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            answer = visitor().post(f"{API}files/", "a=b", content_type=kind)

            assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")

    @pytest.mark.parametrize(
        "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"]
    )
    def test_parts_that_cannot_be_read_are_a_problem(self, taking, kind):
        answer = visitor().post(f"{API}files/", b"--y\r\nno part", content_type=kind)

        assert answer.status_code in (400, 422)
        assert answer["Content-Type"] == "application/problem+json"

    def test_sent_again_with_its_key_it_is_kept_once(self, taking, tmp_path):
        key = {"Idempotency-Key": "a-key"}

        assert [by_api(taking, PDF, headers=key).status_code for _ in range(2)] == [202, 202]
        assert by_api(taking, PDF, headers=key, message="Something else.").status_code == 409
        assert ContactMessage.objects.count() == 1
        assert len(on_disk(tmp_path)) == 1

    @pytest.mark.server_errors(503)
    def test_a_full_disk_keeps_nothing_and_says_so(self, taking, settings, tmp_path):
        (tmp_path / "attachments").write_bytes(b"no folder")

        answer = by_api(taking, PDF)

        assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        assert int(answer["Retry-After"]) > 0
        assert answer.json()["detail"] == "We could not save your files. Send your message without them."
        assert not ContactMessage.objects.exists()
