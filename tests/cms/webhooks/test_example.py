"""The receiver of docs/webhooks.md, as a reader of it starts it; and that the page lists every event."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time

import pytest
from django.db import transaction

from cms import vault
from cms.webhooks import announcing, events, signing
from cms.webhooks.announcing import Thing
from cms.webhooks.models import Call, Endpoint
from tests.cms.webhooks.conftest import SECRET, deliver
from tests.own_site import ROOT
from tests.smtp_peer import free_port

pytestmark = pytest.mark.django_db

PAGE = (ROOT / "docs/webhooks.md").read_text()
STARTS_WITHIN = 30.0  # seconds


@pytest.fixture
def receiver():
    (source,) = re.findall(r"^```python\n(.+?)^```", PAGE, re.MULTILINE | re.DOTALL)
    port = free_port()
    env = {**os.environ, "PORT": str(port), "WEBHOOK_SECRET": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-c", source], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    deadline = time.monotonic() + STARTS_WITHIN
    while not _listens(port):
        assert process.poll() is None
        assert time.monotonic() < deadline
    yield process, port
    process.terminate()
    process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_receiver_verifies_what_the_site_sends(receiver, endpoint):
    process, port = receiver
    Endpoint.objects.update(url=f"http://127.0.0.1:{port}/")
    with transaction.atomic():
        announcing.announce("page.published", lambda: [Thing({"id": 12}, None)])
    deliver()

    _, body = process.stdout.readline().split(" ", 1)
    assert json.loads(body)["data"] == {"id": 12}
    assert Call.objects.get().status == 204


def test_it_refuses_what_another_secret_has_signed(receiver, endpoint):
    _, port = receiver
    other = vault.seal_text("whsec_c29tZWJvZHkgZWxzZXMgc2VjcmV0IGtleSBvZiAzMg==")
    Endpoint.objects.update(url=f"http://127.0.0.1:{port}/", sealed_secret=other)
    with transaction.atomic():
        announcing.announce("page.published", lambda: [Thing({"id": 12}, None)])
    deliver()

    assert Call.objects.get().status == 401


@pytest.mark.parametrize(("seconds", "status"), [(0, 204), (-310, 401), (310, 401)])
def test_it_refuses_what_is_replayed_later(receiver, seconds, status):
    _, port = receiver
    body = b'{"type": "endpoint.test"}'
    heads = signing.headers([SECRET], name="a", moment=int(time.time()) + seconds, body=body)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("POST", "/", body, heads)

    assert line.getresponse().status == status
    line.close()


def test_the_page_lists_every_event():
    assert set(re.findall(r"^\| `([a-z.]+)`", PAGE, re.MULTILINE)) == events.LABELS.keys()
