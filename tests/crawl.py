"""
Walks every URL of the site, and knows every shape an address can take.

A URL is made from each pattern of the URLconf and each route of each page, its parameters filled with ids of
things that are there. A pattern added tomorrow is walked tomorrow.
"""

import base64
import codecs
import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils.regex_helper import normalize
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from cms.text.mail_address import on_the_wire

HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256")
_TOKEN = re.compile(rb"[A-Za-z0-9_\-+/]{24,}={0,2}")
_SNIPPET = re.compile(r"/admin/snippets/(?:choose/)?(\w+)/(\w+)/")
_ID_OF = {
    "/admin/api-tokens/": "wagtailcore.apitoken",
    "/admin/webhooks/": "webhooks.endpoint",
    "/admin/collections/": "wagtailcore.collection",
    "/admin/documents/": "wagtaildocs.document",
    "/admin/redirects/": "wagtailredirects.redirect",
    "/admin/sites/": "wagtailcore.site",
    "/admin/workflows/tasks/": "wagtailcore.task",
    "/admin/workflows/": "wagtailcore.workflow",
}
_MOST_UNPACKED = 1_000_000


@dataclass(slots=True)
class Answer:
    """What one role got from one URL."""

    role: str
    method: str
    url: str
    status: int
    bytes: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Door:
    """A pattern of the URLconf as it is written, and the module of its view."""

    pattern: str
    module: str
    _parts: list = field(repr=False)

    @property
    def parameters(self) -> list[str]:
        return [name for part in self._parts for name in _form(part)[1]]

    def url(self, **given: str) -> str:
        """Return a URL it matches, or would but for the values that are given."""
        return _fill(self._parts, given)


def every_door() -> list[Door]:
    return [
        Door("/" + "".join(map(str, parts)), getattr(view, "view_class", view).__module__, parts)
        for *parts, view in _patterns(get_resolver())
    ]


def every_url() -> list[str]:
    """Return a URL for each pattern of the URLconf, each route of each live page and each scaled picture."""
    urls = {door.url() for door in every_door()} | set(every_picture())
    for page in Page.objects.live().filter(depth__gt=1).specific():
        base = page.get_url()
        urls.add(base)
        if isinstance(page, RoutablePageMixin):
            urls |= {base + _fill([route.pattern]).lstrip("/") for route in page.get_subpage_urls()}
    return sorted(urls)


def every_picture() -> list[str]:
    return [rendition.url for rendition in get_image_model().get_rendition_model().objects.all()]


def walk(
    clients: dict[str, Client], urls: Iterable[str], methods: Iterable[str] = ("GET",)
) -> Iterator[Answer]:
    """Ask for every URL as every role, and give back all of each answer, headers and cookies included."""
    for url in urls:
        for role, client in clients.items():
            for method in methods:
                response = client.generic(method, url)
                yield Answer(role, method, url, response.status_code, _bytes_of(response))


def contents(besides: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return a digest of every table's rows."""
    digests = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - besides):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names come from the database itself
            rows = sorted(
                repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])
                for row in cursor
            )
            digests[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


def database_bytes() -> bytes:
    """Return every cell of every table, as a thief of the database file would read it."""
    cells = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- as above
            for row in cursor:
                for cell in row:
                    cells.append(bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode())
    return b"\n".join(cells)


def shapes(address: str) -> list[bytes]:
    """Return every form in which an address gives itself away: plain, turned around, encoded, hashed."""
    found = set()
    for form in ("NFC", "NFD"):
        found |= _shapes(unicodedata.normalize(form, address))
    return sorted(shape.encode() for shape in found)


def _shapes(address: str) -> set[str]:
    local = address.rpartition("@")[0] or address
    quoted = quote(local, safe="")
    found = {local, quoted, quoted.lower(), quoted.replace("%", "="), quoted.replace("%", "\\x")}
    found |= {json.dumps(local)[1:-1], local.encode("ascii", "xmlcharrefreplace").decode()}
    found |= {local[::-1], codecs.encode(local, "rot13"), local.encode().hex()}
    for shift in range(3):
        packed = base64.b64encode(b"\0" * shift + local.encode())[4 if shift else 0 :]
        found |= {
            packed.decode().rstrip("=")[:-2],
            packed.decode().rstrip("=")[:-2].translate(str.maketrans("+/", "-_")),
        }
    for spelling in {address, address.lower(), local, on_the_wire(address)}:
        for name in HASHES:
            digest = hashlib.new(name, spelling.encode(), usedforsecurity=False)
            found |= {digest.hexdigest(), base64.b64encode(digest.digest()).decode().rstrip("=")}
    return found


def leaks(blob: bytes, addresses: Iterable[str]) -> list[str]:
    """Return the addresses that can be read from some bytes, also from packed tokens in them."""
    haystacks = [blob, blob.lower(), *_unpacked(blob)]
    return [
        address
        for address in addresses
        if any(shape in haystack for shape in shapes(address) for haystack in haystacks)
    ]


def _unpacked(blob: bytes) -> Iterator[bytes]:
    for token in set(_TOKEN.findall(blob)):
        try:
            raw = base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))
        except ValueError:
            continue
        yield raw
        try:
            yield zlib.decompressobj().decompress(raw, _MOST_UNPACKED)
        except zlib.error:
            continue


def _bytes_of(response) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return b"\n".join((headers.encode(), str(response.cookies).encode(), body))


def _patterns(resolver: URLResolver, above: tuple = ()) -> Iterator[list]:
    """Return the parts of each pattern, and last its view."""
    for entry in resolver.url_patterns:
        parts = (*above, entry.pattern)
        if isinstance(entry, URLPattern):
            yield [*parts, entry.callback]
        else:
            yield from _patterns(entry, parts)


def _fill(patterns: list, given: dict[str, str] | None = None) -> str:
    url, given = "/", given or {}
    for pattern in patterns:
        form, names = _form(pattern)
        url += form % {name: given[name] if name in given else _value(name, url) for name in names}
    return url


def _form(pattern: RoutePattern | RegexPattern) -> tuple[str, list[str]]:
    """Return a pattern as a format string, and the names in it."""
    if isinstance(pattern, RoutePattern):
        parameter = re.compile(r"<(?:\w+:)?(\w+)>")
        return parameter.sub(r"%(\1)s", str(pattern)), parameter.findall(str(pattern))
    return normalize(pattern.regex.pattern)[0]


def _value(name: str, url: str) -> str:
    """Choose a value for a URL's parameter: the id of a thing that is there, where its name tells which."""
    post = Page.objects.filter(slug="a-quiet-hour").first() or Page.objects.get(depth=2)
    image = get_image_model().objects.first()
    by_name = {
        "post": post.slug,
        "page": "contact",
        "page_id": post.pk,
        "parent_page_id": post.get_parent().pk,
        "page_to_move_id": post.pk,
        "destination_id": post.get_parent().pk,
        "image_id": image.pk if image else 1,
        "comment_id": _id("blog_comments.readercomment"),
        "reader_id": _id("blog_comments.reader"),
        "act": UUID(int=0),
        "user_id": _id("auth.user"),
        "delivery_id": _id("outbox.delivery"),
        "message_id": _id("home_contact.contactmessage"),
        "attachment_id": _id("home_contact.attachment"),
        "content_type_app_name": "blog",
        "content_type_model_name": "blogpostpage",
        "app_name": "home",
        "app_label": "blog",
        "model_name": "siteidentity" if "settings" in url else "author",
        "site_pk": Site.objects.get().pk,
        "revision_id": post.latest_revision_id or 1,
        "group_id": Group.objects.first().pk,
        "filter_spec": "max-10x10",
        "path": "none",
        "filename": "none.txt",
        "digest": "0123456789abcdef",
        "name": "share",
        "kind": "png",
    }
    if name == "pk" and (snippet := _SNIPPET.match(url)):
        return str(_id(".".join(snippet.groups())))
    if name == "pk" and url.startswith("/admin/users/"):
        name = "user_id"
    if name not in by_name and name.endswith(("id", "pk")):
        label = next((each for begin, each in _ID_OF.items() if url.startswith(begin)), "")
        return str(_id(label) if label else 1)
    return str(by_name.get(name, "x"))


def _id(label: str) -> int:
    last = apps.get_model(label).objects.order_by("pk").last()
    return last.pk if last else 1
