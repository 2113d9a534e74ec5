"""A message, who reads it, and a second contact page with a desk of its own."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from home.contact.models import ContactMessage, ReadGrant
from home.models import ContactPage
from tests.conftest import signed_in
from tests.factories import ContactPageFactory, UserFactory
from tests.home.contact.test_desk import sent


@pytest.fixture
def message(contact) -> ContactMessage:
    return sent(contact)


@pytest.fixture
def staff(front_desk) -> Client:
    return signed_in(front_desk)


@pytest.fixture
def shop(home) -> ContactPage:
    return ContactPageFactory(parent=home, title="Shop", slug="shop")


@pytest.fixture
def shop_desk(shop):
    """Return a user who reads the messages of one page, by a grant to their group."""
    group = Group.objects.create(name="Shop desk")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    ReadGrant.objects.give(group, [shop])
    return UserFactory(username="shopdesk", group="Shop desk")
