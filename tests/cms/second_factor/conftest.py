import pytest

from tests.cms.second_factor.browser import with_app
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2026-11-20 10:00:00+00:00", tick=False)
    return time_machine


@pytest.fixture
def owner(db):
    return UserFactory(username="owner", admin=True)


@pytest.fixture
def phone(owner, clock):
    """The app of an owner who has set one up a while ago."""
    _, app, _ = with_app("owner")
    clock.shift(3600)
    return app
