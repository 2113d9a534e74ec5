import pytest

from home.models import SiteIdentity
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_the_identity_of_a_new_site_can_be_written_in_the_admin(admin, client, home):
    staff = signed_in(admin)
    url = staff.get("/admin/settings/home/siteidentity/")["Location"]
    assert staff.get(url).status_code == 200

    staff.post(
        url,
        {
            "name": "Quiet Water",
            "tagline": "",
            "telephone": "01632 960111",
            "address": "",
            "opening_hours": "",
            "emergency_line": "",
            "comment_notice": "",
        },
    )

    assert SiteIdentity.objects.get().name == "Quiet Water"
    assert "Quiet Water" in client.get("/").content.decode()
