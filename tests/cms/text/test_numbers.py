"""Ids and versions, as they are typed into addresses and forms."""

import pytest

from cms.text.numbers import read_number

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("typed", "number"), [("0", 0), ("7", 7), (7, 7), ("9" * 18, 10**18 - 1)])
def test_the_digits_of_a_number_that_a_column_holds_are_one(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["", "-1", "+1", " 1", "1 ", "1_0", "1.0", "x", "٣", "²", "9" * 19, None])
def test_all_other_text_is_none(typed):
    assert read_number(typed) is None
