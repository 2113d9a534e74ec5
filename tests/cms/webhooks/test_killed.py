"""A worker that is killed after an endpoint has a call, and before anybody knows."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms.outbox.models import Delivery, State
from cms.webhooks import announcing
from cms.webhooks.announcing import Thing
from tests.cms.webhooks.conftest import deliver
from tests.served import database_url

WORKER = """
import ipaddress
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from cms.settings.environment import Allowed
settings.WEBHOOK_ALLOWED = Allowed(frozenset(), (ipaddress.ip_network("127.0.0.0/8"),))
call_command("deliver")
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_costs_a_repetition_under_the_same_id_and_nothing_else(endpoint, peer):
    with transaction.atomic():
        announcing.announce("page.published", lambda: [Thing({"id": 1}, None)])
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cms.settings.test",
        "DATABASE_URL": database_url(),
        "TEST_DATA_DIR": str(settings.DATA_DIR),
    }
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=env)
    try:
        peer.before_answer = lambda request: os.kill(worker.pid, signal.SIGKILL)
        assert peer.arrived.wait(60)
        assert worker.wait(60) == -signal.SIGKILL
    finally:
        if worker.poll() is None:
            worker.kill()
    peer.before_answer = lambda request: None
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (State.WAITING, 1)
    assert row.lease_until > timezone.now()

    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliver()
    assert len(peer.received) == 2
    assert len(set(peer.ids)) == 1
    assert len({each.body for each in peer.received}) == 1
    assert Delivery.objects.get().state == State.SENT
