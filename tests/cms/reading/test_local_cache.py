"""Each process keeps what it has read; another one may change that meanwhile."""

import time

import pytest

from cms.reading.local_cache import LocalCache


@pytest.mark.parametrize("asked", [3600, None])
def test_nothing_is_kept_for_longer_than_a_minute(asked):
    cache = LocalCache("of this test", {})

    assert cache.get_backend_timeout(asked) <= time.time() + 60


def test_what_is_to_be_kept_for_less_is_not_kept_for_longer():
    cache = LocalCache("of this test", {})
    cache.set("kept", "yes", 30)
    cache.set("gone", "yes", 0)

    assert cache.get_backend_timeout(30) <= time.time() + 30
    assert cache.get("kept") == "yes"
    assert cache.get("gone") is None
