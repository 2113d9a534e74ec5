"""
What an editor asks besides name, address and message: blocks of the page, and the form fields they become.

There is no block for a second e-mail address: answers are stored as typed, and addresses must be sealed.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import StreamValue, StructValue

from blog.comments.posting.script_words import ROOM_LEFT
from cms.text import cleaning
from cms.text.fields import TypedField

LONGEST_LINE = 200
LONGEST_TEXT = 2000
LONGEST_QUESTION = 120
LONGEST_OPTION = 100
MOST_QUESTIONS = 20
MOST_OPTIONS = 30
FEW = 6  # options that fit on the page as radio buttons
BIGGEST = 999_999_999
PREFIX = "question_"


class QuestionBlock(blocks.StructBlock):
    """One question. ``json_type`` is the type that the API accepts for an answer."""

    json_type = "string"

    question = blocks.CharBlock(label=_("Question"), max_length=LONGEST_QUESTION)
    hint = blocks.CharBlock(
        label=_("Hint"),
        required=False,
        max_length=200,
        help_text=_("Help for the visitor, shown below the question."),
    )
    must_answer = blocks.BooleanBlock(label=_("Must answer"), required=False)

    class Meta:
        label_format = "{question}"

    def field(self, asked: StructValue) -> forms.Field:
        """Return the form's field."""
        return self.make(asked, **_said(asked))

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        raise NotImplementedError


class LineBlock(QuestionBlock):
    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        return TypedField(max_length=LONGEST_LINE, **_with_longest(asked, LONGEST_LINE, said))

    class Meta:
        label = _("One line")
        icon = "pilcrow"


class TextBlock(QuestionBlock):
    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": 4, "autocomplete": "off", **ROOM_LEFT})
        said = _with_longest(asked, LONGEST_TEXT, said)
        return TypedField(clean_with=cleaning.normalise, max_length=LONGEST_TEXT, widget=widget, **said)

    class Meta:
        label = _("Several lines")
        icon = "doc-full"


class NumberBlock(QuestionBlock):
    json_type = "integer"

    least = blocks.IntegerBlock(label=_("Least"), default=0, min_value=-BIGGEST, max_value=BIGGEST)
    most = blocks.IntegerBlock(label=_("Most"), default=100, min_value=-BIGGEST, max_value=BIGGEST)

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        least, most = sorted((asked["least"] or 0, asked["most"] or 0))
        wrong = gettext("“%(question)s” must be a whole number from %(least)s to %(most)s") % {
            "question": asked["question"],
            "least": least,
            "most": most,
        }
        errors = {"invalid": wrong, **dict.fromkeys(("min_value", "max_value"), _with_values(wrong))}
        said["error_messages"] = {**said["error_messages"], **errors}
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", **ROOM_LEFT})
        return forms.IntegerField(min_value=least, max_value=most, widget=widget, **said)

    class Meta:
        label = _("Number")
        icon = "order"


class DateBlock(QuestionBlock):
    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        wrong = gettext("“%(question)s” must be a real date, like 2026-12-03") % {
            "question": asked["question"]
        }
        said["error_messages"] = {**said["error_messages"], "invalid": wrong}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return forms.DateField(input_formats=["%Y-%m-%d", "%d/%m/%Y"], widget=widget, **said)

    class Meta:
        label = _("Date")
        icon = "date"


class OneOfBlock(QuestionBlock):
    options = blocks.ListBlock(
        blocks.CharBlock(max_length=LONGEST_OPTION), label=_("Options"), min_num=2, max_num=MOST_OPTIONS
    )

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        said["error_messages"] = {**said["error_messages"], "invalid_choice": _with_values(_choose(asked))}
        return choice_field(_options(asked), **said)

    class Meta:
        label = _("One of several")
        icon = "radio-empty"


class SomeOfBlock(QuestionBlock):
    json_type = "array"

    options = blocks.ListBlock(
        blocks.CharBlock(max_length=LONGEST_OPTION), label=_("Options"), min_num=1, max_num=MOST_OPTIONS
    )

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        wrong = _choose(asked)
        errors = {"invalid_choice": _with_values(wrong), "invalid_list": wrong}
        said["error_messages"] = {**said["error_messages"], **errors}
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=_options(asked), widget=widget, **said)

    class Meta:
        label = _("Any of several")
        icon = "list-ul"


class TickBlock(QuestionBlock):
    json_type = "boolean"

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        said["error_messages"] = {
            "required": gettext("Tick “%(question)s” to go on") % {"question": asked["question"]}
        }
        return forms.BooleanField(**{**said, "label": asked["question"]})

    class Meta:
        label = _("Box to tick")
        icon = "check"


class QuestionStream(blocks.StreamBlock):
    line = LineBlock()
    text = TextBlock()
    number = NumberBlock()
    date = DateBlock()
    one_of = OneOfBlock()
    some_of = SomeOfBlock()
    tick = TickBlock()

    class Meta:
        max_num = MOST_QUESTIONS
        required = False


def by_key(questions: StreamValue) -> dict[str, Any]:
    """Return the questions by the names of their fields, which survive rewording and moving."""
    return keyed(PREFIX, questions)


def keyed(prefix: str, stream: StreamValue) -> dict[str, Any]:
    """Return the blocks of a stream by a name made of the permanent id of each."""
    return {
        prefix + re.sub(r"[^a-z0-9]", "", str(child.id or place).lower())[:12]: child
        for place, child in enumerate(stream)
    }


def choice_field(choices: list[tuple[str, str]], **said: Any) -> forms.ChoiceField:
    """Radio buttons for a few choices, a list for many; none is selected in advance."""
    if len(choices) <= FEW:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **said)
    return forms.ChoiceField(choices=[("", gettext("Choose one")), *choices], **said)


def in_words(answer: Any) -> str:
    """
    Return a cleaned answer as text, to store, mail and show; empty for none.

    It is what the visitor wrote, so it stays in the language of the page it was written on.
    """
    if isinstance(answer, bool):
        return gettext("Yes") if answer else ""
    if isinstance(answer, date):
        return date_format(answer, "DATE_FORMAT")
    if isinstance(answer, list):
        return ", ".join(answer)
    return "" if answer is None else str(answer)


def fits(json_type: str, value: Any) -> bool:
    """Say whether a JSON value has the type a question takes. None is no answer, and fits any type."""
    return value is None or _FITS[json_type](value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
}


def _said(asked: StructValue) -> dict[str, Any]:
    must, of_it = bool(asked.get("must_answer")), {"question": asked["question"]}
    return {
        "label": asked["question"] if must else gettext("%(question)s (optional)") % of_it,
        "help_text": asked.get("hint", ""),
        "required": must,
        "error_messages": {"required": gettext("Answer “%(question)s”") % of_it},
    }


def _with_longest(asked: StructValue, limit: int, said: dict[str, Any]) -> dict[str, Any]:
    too_long = gettext("“%(question)s” must be %(most)s characters or less") % {
        "question": asked["question"],
        "most": number_format(limit, force_grouping=True),
    }
    return {**said, "error_messages": {**said["error_messages"], "max_length": _with_values(too_long)}}


def _options(asked: StructValue) -> list[tuple[str, str]]:
    return [(option, option) for option in dict.fromkeys(asked["options"])]


def _with_values(sentence: str) -> str:
    """Return an error that Django formats with values: a question may have a % in it."""
    return sentence.replace("%", "%%")


def _choose(asked: StructValue) -> str:
    return gettext("Choose an answer to “%(question)s”") % {"question": asked["question"]}
