"""A new password: at least twelve characters, and no common word that was made so long."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.conftest import signed_in
from tests.factories import PASSWORD


@pytest.mark.parametrize(
    "easy",
    [
        "password2026",
        "Password!!!!",
        "12345-monkey-12345",
        "letmeinletmein",
        "iloveyou ILOVEYOU",
        "clinic-clinic-1",
        "Clinic2026!!",
        "password@clinic.example",
        "www.clinic.example",
        "admin-admin-admin",
        "clinicpassword",
        "qwertyuiop12",
        "dragon" * 20,
    ],
)
def test_a_common_word_made_longer_is_refused(settings, easy):
    settings.SITE_HOST = "www.clinic.example"
    with pytest.raises(ValidationError, match="too common"):
        validate_password(easy)


@pytest.mark.parametrize(
    "good",
    [
        "tidal-walnut-cradle",
        "kX9-Qmonkey-vv",
        "clinic-walnut-cradle",
        "πέτρα-και-θάλασσα",
        "a" * 11 + "b7",
        PASSWORD,
    ],
)
def test_other_words_are_taken_in_any_script(settings, good):
    settings.SITE_HOST = "www.clinic.example"
    validate_password(good)


@pytest.mark.django_db
def test_the_account_page_says_so(editor):
    form = {"password-old_password": PASSWORD, "password-new_password1": "password2026"}
    answer = signed_in(editor).post("/admin/account/", {**form, "password-new_password2": "password2026"})

    assert "This password is too common" in answer.content.decode()
    editor.refresh_from_db()
    assert editor.check_password(PASSWORD)
