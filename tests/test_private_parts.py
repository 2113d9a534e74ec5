"""
Every private name of a library that is used here: in which module, and what stands behind it.

A new use fails the first test until it is listed. A library whose part has changed fails another: read what
changed, mend the one module that uses it, and write the new version and fingerprint down. So it is with what
a module of cms/fixes takes the place of.
"""

import ast
import hashlib
import inspect
import re
import smtplib
from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache.backends.redis import RedisCache
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable
from django.forms.forms import BaseForm
from django.forms.models import BaseModelForm
from django.http import HttpRequest
from django.utils.translation.trans_real import TranslationCatalog
from modelsearch.backends.base import BaseSearchBackend, BaseSearchResults
from taggit.utils import _parse_tags
from treebeard.mp_tree import MP_Node
from wagtail.admin import localization
from wagtail.admin.views import editing_sessions
from wagtail.api.v3.auth import BearerTokenAuth
from wagtail.models import AbstractPage, PageViewRestriction, Site

import cms
from cms.fixes import catalogues, editor_state, redirect_batches, spreadsheets, whole_acts

if connection.vendor != "sqlite":
    pytest.skip("the search of SQLite can only be imported where it is used", allow_module_level=True)

from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchQueryCompiler as Compiler
from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchResults

pytestmark = pytest.mark.once
ROOT = Path(cms.__file__).parents[1]
NAME = re.compile(r"_[a-z]\w*")
DOCUMENTED = {"_asdict", "_meta", "_base_manager", "_default_manager", "_replace"}
NO_NAME = {"_done", "_id"}  # the end of the name of a field

DJANGO, WAGTAIL, TREEBEARD, SEARCH = "Django 5.2.19", "Wagtail 8.0.1", "treebeard 5.3.1", "modelsearch 1.3.2"
PYTHON = "Python 3.11 to 3.13"  # whose source differs from one to the other: there must be such a name

# module and name; the version it was checked at; what reads or writes the name, or bears it
USED = {
    ("blog/tags.py", "_parse_tags"): ("taggit 6.1.0", _parse_tags),
    ("cms/accounts/changes.py", "_password"): (DJANGO, AbstractBaseUser.set_password),
    ("cms/credentials/tokens.py", "_touch_last_used"): (WAGTAIL, BearerTokenAuth._touch_last_used),
    ("cms/errors/pages.py", "_post"): (DJANGO, HttpRequest._load_post_and_files),
    ("cms/fixes/catalogues.py", "_catalog"): (DJANGO, TranslationCatalog.__init__),
    ("cms/fixes/catalogues.py", "_catalogs"): (DJANGO, TranslationCatalog.get),
    ("cms/fixes/catalogues.py", "_fallback"): (PYTHON, GNUTranslations.gettext),
    ("cms/fixes/catalogues.py", "_plurals"): (DJANGO, TranslationCatalog.plural),
    ("cms/outbox/smtp.py", "_get_socket"): (PYTHON, smtplib.SMTP._get_socket),
    ("cms/outbox/smtp.py", "_send"): (DJANGO, EmailBackend._send),
    ("cms/pages/addresses.py", "_errors"): (DJANGO, BaseForm.full_clean),
    ("cms/pages/addresses.py", "_slug_is_available"): (WAGTAIL, AbstractPage._slug_is_available),
    ("cms/pages/scheduling.py", "_post_clean"): (DJANGO, BaseModelForm._post_clean),
    ("cms/reading/sites.py", "_get_raw_host"): (DJANGO, HttpRequest._get_raw_host),
    ("cms/reading/sites.py", "_wagtail_site"): (WAGTAIL, Site.find_for_request),
    ("cms/reading/forgiving_cache.py", "_class"): (DJANGO, RedisCache.__init__),
    ("cms/reading/prepared.py", "_iterable_class"): (DJANGO, ValuesListIterable.__iter__),
    ("cms/reading/prepared.py", "_known_related_objects"): (DJANGO, ModelIterable.__iter__),
    ("cms/reading/prepared.py", "_prefetch_related_lookups"): (DJANGO, QuerySet.prefetch_related),
    ("cms/reading/prepared.py", "_prepare_cursor"): (DJANGO, BaseDatabaseWrapper._prepare_cursor),
    ("cms/reading/public_pages.py", "_cached_parent_obj"): (TREEBEARD, MP_Node.get_parent),
    ("cms/search/queries.py", "_search"): (SEARCH, BaseSearchBackend._search),
    ("cms/search/sqlite.py", "_build_rank_expression"): (SEARCH, Compiler._build_rank_expression),
    ("cms/search/sqlite.py", "_do_count"): (SEARCH, SQLiteSearchResults._do_count),
    ("cms/search/sqlite.py", "_do_search"): (SEARCH, SQLiteSearchResults._do_search),
    ("cms/search/sqlite.py", "_score_field"): (SEARCH, BaseSearchResults.__init__),
    ("cms/sessions/store.py", "_get_new_session_key"): (DJANGO, SessionBase._get_new_session_key),
    ("cms/sessions/store.py", "_get_or_create_session_key"): (DJANGO, SessionBase._get_or_create_session_key),
    ("home/pictures/uploads.py", "_get_validation_exclusions"): (
        DJANGO,
        BaseModelForm._get_validation_exclusions,
    ),
    ("home/tree_repair.py", "_get_path"): (TREEBEARD, MP_Node._get_path),
    ("home/tree_repair.py", "_str2int"): (TREEBEARD, MP_Node._str2int),
}

# what a module of cms/fixes takes the place of, or wraps
REPLACED: dict[str, list[Callable]] = {
    "early_edits": [],  # a script: the browser tests of editing see what it is for
    "catalogues": [catalogues.DJANGOS_OWN],
    "editing_sessions": [editing_sessions.ping.__wrapped__],
    "editor_state": [own for _, _, own in editor_state.WAGTAILS_OWN],
    "redirect_batches": [redirect_batches.WAGTAILS_OWN],
    "time_zones": [localization.get_localized_response],
    "spreadsheets": [spreadsheets.WAGTAILS_OWN],
    "whole_acts": [
        *(act.execute.__wrapped__ for act in whole_acts.ACTS),
        PageViewRestriction.save.__wrapped__,
    ],
}

FINGERPRINTS = {
    "BatchRedirectCreator.pre_process": "ed22f7097a0b",
    "Block.clean_deferred": "0bf89d19c641",
    "ContentstateConverter.from_database_format": "e545a54f3110",
    "ConvertAliasPageAction.execute": "5c649e287e2c",
    "CopyPageAction.execute": "c4ca0a6e0df3",
    "CreatePageAliasAction.execute": "5bb852327b4d",
    "FieldBlock.clean": "0691e3f62f20",
    "MovePageAction.execute": "49463e3970eb",
    "PageViewRestriction.save": "386f828d385a",
    "PublishRevisionAction.execute": "76f1bd038f61",
    "SpreadsheetExportMixin.preprocess_field_value": "f86f3e66b984",
    "TranslationCatalog.update": "94f106bd4b7c",
    "UnpublishPageAction.execute": "804387c44510",
    "_build_rank_expression": "6294979a6c15",
    "_cached_parent_obj": "55014a740d34",
    "_catalog": "b7677e227262",
    "_catalogs": "8d78cac36a4b",
    "_class": "a7adccdc5ea0",
    "_do_count": "31fe1a70e05f",
    "_do_search": "f3a2db40c143",
    "_errors": "2a323b117ef7",
    "_get_new_session_key": "19bd0d7dd647",
    "_get_or_create_session_key": "1145e2195354",
    "_get_path": "b49f72da413d",
    "_get_raw_host": "e0e448023dd8",
    "_get_validation_exclusions": "bec5989823ac",
    "_iterable_class": "e117c3a33a62",
    "_known_related_objects": "ceef5bfa5f93",
    "_parse_tags": "d1041a732cfb",
    "_password": "361a8410e8bc",
    "_plurals": "614620cfcd01",
    "_post": "7bc178f8dbfa",
    "_post_clean": "d7783dddb5f4",
    "_prefetch_related_lookups": "8f7ec43e5ad1",
    "_prepare_cursor": "d448bf0440fc",
    "_score_field": "110b699fc5f2",
    "_search": "c0c39fec66dd",
    "_send": "e0f0c12f757c",
    "_slug_is_available": "5966965adf8a",
    "_str2int": "1e4a4f7bc7df",
    "_touch_last_used": "a8f4593d0995",
    "_wagtail_site": "64639da09ad9",
    "get_localized_response": "4681a73d87cc",
    "ping": "994f21ffa4b5",
}


def trees() -> dict[str, ast.Module]:
    files = [path for app in ("blog", "cms", "home") for path in (ROOT / app).rglob("*.py")]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
        for path in files
        if "migrations" not in path.parts
    }


def is_super(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "super"


def names_of_ours(nodes: list[ast.AST]) -> set[str]:
    """Return what our code defines, and calls by itself: a method that none of it calls is another's."""
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not is_super(node)}
    called |= {node.id for node in nodes if isinstance(node, ast.Name)}
    set_here = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    kept = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and getattr(node.value, "id", "") == "self"
    }
    return (defined & called) | set_here | kept


def names_in(node: ast.AST) -> str:
    """Return the name that a node uses, or defines; empty for none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.FunctionDef | ast.alias):
        return node.name
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def uses() -> set[tuple[str, str]]:
    """Return every module of ours with each private name in it that is not our own."""
    by_module = {module: list(ast.walk(tree)) for module, tree in trees().items()}
    ours = names_of_ours([node for nodes in by_module.values() for node in nodes])
    found = {(module, names_in(node)) for module, nodes in by_module.items() for node in nodes}
    return {
        (module, name)
        for module, name in found
        if NAME.fullmatch(name) and name not in ours | DOCUMENTED | NO_NAME
    }


def fingerprint(part: Callable) -> str:
    """Return the digest of what a part says, whatever its layout."""
    source = " ".join(inspect.getsource(part).split())
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def test_each_private_name_is_listed_and_stands_in_one_module():
    assert uses() <= set(USED)
    for module, name in USED:
        assert name in (ROOT / module).read_text(), (module, name)
    names = [name for _, name in USED]
    assert len(names) == len(set(names)) > 20


def test_each_fix_is_listed():
    fixes = {path.stem for path in (ROOT / "cms" / "fixes").glob("*.py")} - {"__init__"}
    assert fixes == set(REPLACED)


@pytest.mark.parametrize(("module", "name"), USED, ids=lambda part: part)
def test_what_stands_behind_a_private_name_is_as_it_was(module, name):
    version, part = USED[module, name]
    if version != PYTHON:
        assert fingerprint(part) == FINGERPRINTS[name], f"{name}, checked at {version}: see {module}"


@pytest.mark.parametrize("fix", REPLACED)
def test_what_a_fix_takes_the_place_of_is_as_it_was(fix):
    for part in REPLACED[fix]:
        name = part.__qualname__
        assert fingerprint(part) == FINGERPRINTS[name], (
            f"{name}, checked at {WAGTAIL}: see cms/fixes/{fix}.py"
        )
