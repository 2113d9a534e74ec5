"""A form that asks for the password again, and counts the wrong ones."""

import pytest

from cms.credentials.repeat_password import MISSING, WRONG, RepeatPasswordForm
from cms.rate_limit.actions import TooManyError
from cms.rate_limit.models import Bucket
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sent(user, password: str) -> RepeatPasswordForm:
    return RepeatPasswordForm({"current_password": password}, asked=user)


def test_the_right_password_is_taken_and_costs_nothing(editor):
    assert all(sent(editor, PASSWORD).is_valid() for _ in range(15))


@pytest.mark.parametrize(("password", "said"), [("wrong", WRONG), ("", MISSING), (f" {PASSWORD}", WRONG)])
def test_another_one_is_refused_in_words(editor, password, said):
    assert sent(editor, password).errors == {"current_password": [said]}


def test_wrong_ones_are_counted_and_none_at_all_is_not(editor):
    sent(editor, "").is_valid()
    assert not Bucket.objects.exists()
    for _ in range(10):
        sent(editor, "wrong").is_valid()

    with pytest.raises(TooManyError):
        sent(editor, PASSWORD).is_valid()
