"""
A value in a request that cannot be: a number no column holds, NUL in a text, words for a number, no day.

What takes such a value to the database, to ``int()`` or ``reverse()`` and fails there, ours or Wagtail's,
has found nothing: that is a 404, or a 400 to a form. This holds only where the error has the wording known
for such a value, and the request does carry it; anything else is a fault of ours, and stays a 500. Each is
logged, without the value.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import wraps
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest, FieldError, ValidationError
from django.core.paginator import InvalidPage
from django.db import DataError, IntegrityError
from django.db.models import ForeignKey
from django.forms.formsets import DEFAULT_MAX_NUM, ORDERING_FIELD_NAME, TOTAL_FORM_COUNT, ManagementForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.request import RawPostDataException
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.generic import FormView
from draftjs_exporter.error import ExporterException
from wagtail.admin import utils
from wagtail.admin.forms.choosers import URLOrAbsolutePathField
from wagtail.admin.forms.collections import GroupCollectionManagementPermissionFormSet
from wagtail.admin.panels import InlinePanel
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.views import workflows
from wagtail.admin.views.dismissibles import DismissiblesView
from wagtail.admin.views.generic.chooser import CreateViewMixin
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.edit import EditView
from wagtail.documents.forms import GroupDocumentPermissionFormSet
from wagtail.images.forms import GroupImagePermissionFormSet
from wagtail.models import Page
from wagtail.users.forms import GroupPagePermissionFormSet
from wagtail.users.models import UserProfile

from cms.errors.pages import bad_request, has_read_form, page_not_found
from cms.errors.problems import API, problem

log = logging.getLogger(__name__)

NOTHING_THERE = _("There is nothing under this number or name.")
NOT_READABLE = _("One of the values that were sent cannot be read.")
ADMIN_404 = "wagtailadmin/404.html"

# Errors that quote the value they could not use, and errors that say it is not even there.
QUOTING = (ValueError, ValidationError, FieldError, NoReverseMatch, OverflowError, DataError, IntegrityError)
MISSING = (InvalidPage, MultiValueDictKeyError)

# What the first of these say before and after the value, which Python cuts at 200 characters.
SAID_OF_A_VALUE = re.compile(
    r"Field '\w+' expected a number but got (?P<number>.+)\."
    r"|invalid literal for int\(\) with base 10: (?P<whole>.+)"
    r"|could not convert string to float: (?P<real>.+)"
    r"|“(?P<typed>.*)” (?:value (?:must be|has an invalid|has the correct)|is not a valid).*"
    r"|Cannot resolve keyword (?P<name>.+) into field\..*"
    r"|Reverse for '\S+' with (?:keyword )?arguments (?P<address>.+) not found\..*"
    r"|Reverse for '(?P<next>.*)' not found\. '(?P=next)' is not a valid view function or pattern name\.",
    re.DOTALL,
)
PYTHON_CUTS_AT = 200

# What the others say of a number, NUL, an address and a day.
TOO_LARGE = re.compile(
    "int too large to convert|too large for a float|(?:integer|bigint) out of range|Exceeds the limit"
)
HOLDS_NUL = re.compile("cannot contain NUL")
NO_ADDRESS = re.compile("Invalid IPv6 URL|invalid characters under NFKC|does not appear to be an IPv")
NO_DAY = re.compile("date value out of range|year -?[0-9]+ is out of range")
NO_ZONE = re.compile("time zone displacement out of range")  # PostgreSQL's end at 16 hours
FAR_ZONE = re.compile(r"[+-](?:1[6-9]|2[0-3]):?[0-5]")
AT_THE_EDGE = re.compile(r"\b(?:0001|9999)-[0-9]{2}-[0-9]{2}")  # a time zone carries it past the edge
TWICE = re.compile(r"UNIQUE constraint failed: (?P<table>\w+)\.|duplicate key value")
OF_A_FORMSET = "-INITIAL_FORMS"
LONGEST_NAME = 100
MOST_DISMISSED = 20  # at once; the browser sends one
MOST_DISMISSALS = 100  # of one person, for ever; Wagtail adds about five a year
OF_A_FORM = re.compile(r"-\d{1,4}-")  # in the name of a field, after that of its formset
FORMSETS_OF_A_GROUP = (
    GroupPagePermissionFormSet,
    GroupCollectionManagementPermissionFormSet,
    GroupDocumentPermissionFormSet,
    GroupImagePermissionFormSet,
)
MOST_OF_A_GROUP = 200  # pages or collections with rights; each is ten milliseconds to draw
FIELDS_SENT = "fields_sent"
DEEPEST = 3  # formsets within formsets; Wagtail's comments with their replies are two
NO_LETTER = re.compile("[\0\ud800-\udfff]")
LARGEST_ID = 2**31 - 1  # of the smallest column with ids


# What Wagtail 8.0.1 raises of JSON that its own editor never sends.
NO_TEXT = (AttributeError, ExporterException, LookupError, RecursionError, TypeError, ValueError)


def refuse_broken_texts() -> None:
    """Make a rich text that the editor cannot have sent a bad request. Raises BadRequest in its place."""
    convert = ContentstateConverter.to_database_format

    @wraps(convert)
    def to_database_format(self: ContentstateConverter, contentstate: str) -> str:
        try:
            return convert(self, contentstate)
        except NO_TEXT as error:
            log.warning("a text of the editor cannot be read: %s", type(error).__name__)
            raise BadRequest(NOT_READABLE) from error

    ContentstateConverter.to_database_format = to_database_format


def mend_wagtails_forms() -> None:
    """
    Make what Wagtail's admin (8.0.1) takes for granted no error.

    That a form for links has its field, that a chooser offers to create what it lists, that a page to copy to
    is there, that of pages to delete none is below another, that each row of a form has its place, and that
    ``next``, which is asked for once all is saved, is an address: `redirect` takes a word for the name of a
    view.
    """
    convert, create = URLOrAbsolutePathField.to_python, CreateViewMixin.post
    delete, bind = DeleteBulkAction.execute_action, InlinePanel.BoundPanel.__init__

    def post(view: CreateViewMixin, request: HttpRequest) -> HttpResponse:
        if view.get_creation_form_class() is None:
            raise Http404
        return create(view, request)

    def bind_rows(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            bind(self, *args, **kwargs)
        except KeyError as error:
            _require(error.args != (ORDERING_FIELD_NAME,))
            raise

    URLOrAbsolutePathField.to_python = lambda field, value: convert(field, value or "")
    CreateViewMixin.post = post
    InlinePanel.BoundPanel.__init__ = bind_rows
    DeleteBulkAction.execute_action = staticmethod(
        lambda pages, **by: delete(_without_those_below(pages), **by)
    )
    CopyView.post = lambda view, request, *_, **__: FormView.post(view, request)  # its form says what is gone
    for module in (utils, workflows):
        module.url_has_allowed_host_and_scheme = _is_address_of_ours


def _without_those_below(pages: list[Page]) -> list[Page]:
    """Return those that do not go with another one: a search lists a page and what is below it."""
    kept: list[Page] = []
    for page in sorted(pages, key=lambda page: page.path):
        if not (kept and page.path.startswith(kept[-1].path)):
            kept.append(page)
    return kept


def expect_odd_data() -> None:
    """
    Look first at what Wagtail's admin (8.0.1) takes from JSON and from the address of a list as it comes.

    That is what a person has dismissed, the comment with which a page is approved, the page whose children
    are meant by "all", and how many forms there are in a formset: Django (5.2) makes up to 2,000 of them for
    one number, and draws them again.
    """
    for formset in FORMSETS_OF_A_GROUP:
        formset.max_num = formset.absolute_max = MOST_OF_A_GROUP
    dismiss, approve = DismissiblesView.patch, EditView.perform_workflow_action
    list_all, count = PageBulkAction.get_all_objects_in_listing_query, ManagementForm.clean

    def patch(view: DismissiblesView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sent = _read_json(request.body)
        _require(_are_dismissals(sent) and _have_room(request, sent))
        return dismiss(view, request, *args, **kwargs)

    def clean(form: ManagementForm) -> dict[str, int | None]:
        cleaned = count(form)
        _require((cleaned[TOTAL_FORM_COUNT] or 0) <= _most_forms(form))
        return cleaned

    def perform_workflow_action(view: EditView) -> HttpResponse:
        _require(_is_comment(_read_json(view.request.POST.get("workflow-action-extra-data", "{}"))))
        return approve(view)

    def get_all_objects_in_listing_query(view: PageBulkAction, parent_id: str | None) -> Iterable[int]:
        if parent_id is not None:
            get_object_or_404(view.model, pk=parent_id or 0)
        return list_all(view, parent_id)

    DismissiblesView.patch = patch
    ManagementForm.clean = clean  # type: ignore[method-assign,assignment]  # each formset counts by it
    EditView.perform_workflow_action = perform_workflow_action
    PageBulkAction.get_all_objects_in_listing_query = get_all_objects_in_listing_query


def _read_json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (RecursionError, ValueError) as error:
        raise BadRequest(NOT_READABLE) from error


def _require(readable: bool) -> None:
    if not readable:
        raise BadRequest(NOT_READABLE)


def _are_dismissals(sent: Any) -> bool:
    """Say whether it is as the browser sends it: a name with true, or with the version that is dismissed."""
    return (
        isinstance(sent, dict)
        and len(sent) <= MOST_DISMISSED
        and all(
            _is_short(name) and (isinstance(value, bool) or _is_short(value)) for name, value in sent.items()
        )
    )


def _have_room(request: HttpRequest, sent: dict[str, Any]) -> bool:
    return len(UserProfile.get_for_user(request.user).dismissibles | sent) <= MOST_DISMISSALS


def _most_forms(form: ManagementForm) -> int:
    """Return how many forms a formset can have: each was sent with a field, and code counts its own."""
    if not isinstance(form.data, QueryDict):
        return DEFAULT_MAX_NUM
    known = vars(form.data)
    if FIELDS_SENT not in known:  # counted once for all formsets of a request
        known[FIELDS_SENT] = _fields_of_formsets(form.data)
    return min(DEFAULT_MAX_NUM, known[FIELDS_SENT][form.prefix])


def _fields_of_formsets(sent: QueryDict) -> Counter[str]:
    """Count the fields that were sent for the forms of each formset, by its prefix."""
    return Counter(
        name[: found.start()] for name in sent for found in islice(OF_A_FORM.finditer(name), DEEPEST)
    )


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME and value.isprintable()


def _is_comment(sent: Any) -> bool:
    return isinstance(sent, dict) and sent.keys() <= {"comment"} and _is_text(sent.get("comment", ""))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not NO_LETTER.search(value)


def _is_address_of_ours(url: str, **allowed: Any) -> bool:
    return "/" in url and url_has_allowed_host_and_scheme(url, **allowed)


def refuse(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Return the answer to a request whose own values brought the error about; None for any other error."""
    if not (isinstance(error, MISSING) or isinstance(error, QUOTING) and _is_to_blame(request, error)):
        return None
    sought = request.method in ("GET", "HEAD")
    log.warning("%s in %s: %d", type(error).__name__, _view_name(request), 404 if sought else 400)
    if request.path.startswith(API):
        return problem(404, NOTHING_THERE) if sought else problem(400, NOT_READABLE)
    if not sought:
        return bad_request(request, error)
    admin = request.path.startswith("/admin/")
    return page_not_found(request, error, ADMIN_404) if admin else page_not_found(request, error)


def _is_to_blame(request: HttpRequest, error: Exception) -> bool:
    said, values = _said(error), list(_values(request))
    if found := SAID_OF_A_VALUE.fullmatch(said):
        return any(value and _is_quoted(value, found) for value in values) or _is_nothing(request, found)
    if isinstance(error, json.JSONDecodeError):
        return bool(error.doc) and error.doc in values
    sent = " ".join([request.path, *values])
    if TOO_LARGE.search(said):
        return any(len(number) > 10 or int(number) > LARGEST_ID for number in re.findall(r"\d{10,}", sent))
    if NO_ADDRESS.search(said):
        return "//" in sent
    if TWICE.search(said):
        return _is_in_a_formset(request, error)
    if NO_DAY.search(said):
        return bool(AT_THE_EDGE.search(sent))
    if NO_ZONE.search(said):
        return bool(FAR_ZONE.search(sent))
    return bool(HOLDS_NUL.search(said)) and ("\0" in sent or "\\u0000" in sent)


def _quoted(found: re.Match[str]) -> str:
    """Return what an error says of a value: each of the patterns names one group."""
    return found[found.lastgroup] if found.lastgroup else ""


def _is_quoted(value: str, found: re.Match[str]) -> bool:
    kind, quoted = found.lastgroup, _quoted(found)
    if kind == "address":  # among others
        return repr(value) in quoted
    if kind == "name":  # one that could be a field's is a fault in what a page offers
        return quoted == repr(value.lstrip("-")) and not value.lstrip("-").isidentifier()
    return quoted in (value, repr(value)) or quoted == repr(value)[:PYTHON_CUTS_AT]


def _is_nothing(request: HttpRequest, found: re.Match[str]) -> bool:
    """Say whether an id is empty, as in ``?id=``, or the number of blocks. No other empty field counts."""
    empty = [name for name, values in request.GET.lists() if "" in values]
    named = any(name == "id" or name.endswith("_id") for name in empty)
    return _quoted(found) == "''" and (named or _is_block_not_counted(request, found))


def _is_block_not_counted(request: HttpRequest, found: re.Match[str]) -> bool:
    counted = (values for name, values in request.POST.lists() if name.endswith(("-count", "-order")))
    return found.lastgroup == "whole" and any("" in values for values in counted)


def _is_in_a_formset(request: HttpRequest, error: Exception) -> bool:
    """Say whether a formset sent as new what exists. PostgreSQL names the table beside its message."""
    diagnosis, said = getattr(error.__cause__, "diag", None), TWICE.search(str(error))
    table = diagnosis.table_name if diagnosis else said and said["table"]
    names = {name.removesuffix(OF_A_FORMSET) for name in request.POST if name.endswith(OF_A_FORMSET)}
    fields = (
        field for model in apps.get_models() if model._meta.db_table == table for field in model._meta.fields
    )
    parents = (field.remote_field for field in fields if isinstance(field, ForeignKey) and field.many_to_one)
    return any(parent.get_accessor_name() in names for parent in parents)


def _view_name(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.view_name) or "no view"


def _said(error: Exception) -> str:
    """Return what an error says in English: what Django says of a value is in the visitor's language."""
    with override(None):
        return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _values(request: HttpRequest) -> Iterator[str]:
    """Return what a request carries, as far as it has been read."""
    match = request.resolver_match
    yield from map(str, (*match.args, *match.kwargs.values()) if match else ())
    for fields in (request.GET, *([request.POST] if has_read_form(request) else [])):
        for values in dict(fields.lists()).values():
            yield from values
    try:
        yield request.body.decode(errors="replace")
    except RawPostDataException:
        return
