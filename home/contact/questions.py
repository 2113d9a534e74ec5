"""
What an editor asks beside name, address and message: blocks of the page, and the form's fields they become.

There is no kind for a second e-mail address: answers are kept as they were typed, and addresses are not.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.dateformat import format as format_date
from wagtail import blocks
from wagtail.blocks import StreamValue, StructValue

from blog.comments import text
from blog.comments.forms import TypedField

LONGEST_LINE = 200
LONGEST_TEXT = 2000
LONGEST_QUESTION = 120
LONGEST_OPTION = 100
MOST_QUESTIONS = 20
MOST_OPTIONS = 30
FEW = 6  # options that are shown all at once
BIGGEST = 999_999_999
PREFIX = "question_"


class QuestionBlock(blocks.StructBlock):
    """One question. ``json_type`` is what the API takes for an answer."""

    json_type = "string"

    question = blocks.CharBlock(max_length=LONGEST_QUESTION)
    hint = blocks.CharBlock(required=False, max_length=200, help_text="What helps to answer it.")
    must_answer = blocks.BooleanBlock(required=False)

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
        label = "One line"
        icon = "pilcrow"


class TextBlock(QuestionBlock):
    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
        said = _with_longest(asked, LONGEST_TEXT, said)
        return TypedField(clean_with=text.normalise, max_length=LONGEST_TEXT, widget=widget, **said)

    class Meta:
        label = "Several lines"
        icon = "doc-full"


class NumberBlock(QuestionBlock):
    json_type = "integer"

    least = blocks.IntegerBlock(default=0, min_value=-BIGGEST, max_value=BIGGEST)
    most = blocks.IntegerBlock(default=100, min_value=-BIGGEST, max_value=BIGGEST)

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        least, most = sorted((asked["least"] or 0, asked["most"] or 0))
        wrong = f"“{asked['question']}” must be a whole number from {least} to {most}"
        errors = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
        said["error_messages"] = {**said["error_messages"], **errors}
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        return forms.IntegerField(min_value=least, max_value=most, widget=widget, **said)

    class Meta:
        label = "Number"
        icon = "order"


class DateBlock(QuestionBlock):
    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        wrong = f"“{asked['question']}” must be a real date, like 2026-12-03"
        said["error_messages"] = {**said["error_messages"], "invalid": wrong}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return forms.DateField(input_formats=["%Y-%m-%d", "%d/%m/%Y"], widget=widget, **said)

    class Meta:
        label = "Date"
        icon = "date"


class OneOfBlock(QuestionBlock):
    options = blocks.ListBlock(blocks.CharBlock(max_length=LONGEST_OPTION), min_num=2, max_num=MOST_OPTIONS)

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        said["error_messages"] = {**said["error_messages"], "invalid_choice": _choose(asked)}
        return choice_field(_options(asked), **said)

    class Meta:
        label = "One of several"
        icon = "radio-empty"


class SomeOfBlock(QuestionBlock):
    json_type = "array"

    options = blocks.ListBlock(blocks.CharBlock(max_length=LONGEST_OPTION), min_num=1, max_num=MOST_OPTIONS)

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        wrong = dict.fromkeys(("invalid_choice", "invalid_list"), _choose(asked))
        said["error_messages"] = {**said["error_messages"], **wrong}
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=_options(asked), widget=widget, **said)

    class Meta:
        label = "Any of several"
        icon = "list-ul"


class TickBlock(QuestionBlock):
    json_type = "boolean"

    def make(self, asked: StructValue, **said: Any) -> forms.Field:
        said["error_messages"] = {"required": f"Tick “{asked['question']}” to go on"}
        return forms.BooleanField(**{**said, "label": asked["question"]})

    class Meta:
        label = "Box to tick"
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
    """Return the questions by the names of their fields, which stay when one is reworded or moved."""
    return keyed(PREFIX, questions)


def keyed(prefix: str, stream: StreamValue) -> dict[str, Any]:
    """Return the blocks of a stream by a name made of the id that each keeps all its life."""
    return {
        prefix + re.sub(r"[^a-z0-9]", "", str(child.id or place).lower())[:12]: child
        for place, child in enumerate(stream)
    }


def choice_field(choices: list[tuple[str, str]], **said: Any) -> forms.ChoiceField:
    """A few to see at once, or many to open; none is chosen for the visitor."""
    if len(choices) <= FEW:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **said)
    return forms.ChoiceField(choices=[("", "Choose one"), *choices], **said)


def in_words(answer: Any) -> str:
    """Return a cleaned answer as it is kept, mailed and shown; empty for none."""
    if isinstance(answer, bool):
        return "Yes" if answer else ""
    if isinstance(answer, date):
        return format_date(answer, "j F Y")
    if isinstance(answer, list):
        return ", ".join(answer)
    return "" if answer is None else str(answer)


def fits(json_type: str, value: Any) -> bool:
    """Say whether a JSON value is of the type a question takes. Nothing is no answer, of any type."""
    return value is None or _FITS[json_type](value)


_FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
}


def _said(asked: StructValue) -> dict[str, Any]:
    must = bool(asked.get("must_answer"))
    return {
        "label": asked["question"] if must else f"{asked['question']} (optional)",
        "help_text": asked.get("hint", ""),
        "required": must,
        "error_messages": {"required": f"Answer “{asked['question']}”"},
    }


def _with_longest(asked: StructValue, limit: int, said: dict[str, Any]) -> dict[str, Any]:
    too_long = f"“{asked['question']}” must be {limit:,} characters or less"
    return {**said, "error_messages": {**said["error_messages"], "max_length": too_long}}


def _options(asked: StructValue) -> list[tuple[str, str]]:
    return [(option, option) for option in dict.fromkeys(asked["options"])]


def _choose(asked: StructValue) -> str:
    return f"Choose an answer to “{asked['question']}”"
