"""Of the environment only DATABASE_URL, DATA_DIR and PORT reach a test run; everything else is fixed here.

TEST_TEMPLATE names a database to begin with: tests/migrated.py.

Real parts throughout: a database file or PostgreSQL, mail over SMTP, files on disk.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

CONTRACT = """
    ALLOWED_HOSTS REDIS_URL EMAIL_URL DEFAULT_FROM_EMAIL CONTACT_RECIPIENTS CORS_ALLOWED_ORIGINS
    TRUSTED_PROXIES ADMIN_PASSWORD SESSION_MINUTES SESSION_IDLE_MINUTES
    SECURITY_CONTACT SECURITY_POLICY SECURITY_KEY LANGUAGE_CODE WEBHOOK_ALLOWED AUTHORING_API DEMO
"""

for name in CONTRACT.split():
    os.environ.pop(name, None)
os.environ["SITE_URL"] = "http://localhost:8000"
os.environ["SECRET_KEY"] = "a-key-for-tests-and-nothing-else-" + 32 * "x"
os.environ["ADDRESS_KEYS"] = "dGVzdHMgYW5kIG5vdGhpbmcgZWxzZSwga2V5IG9uZSE="
os.environ["CONTACT_RECIPIENTS"] = "reception@clinic.example"
os.environ["DEFAULT_FROM_EMAIL"] = "website@clinic.example"
os.environ["EMAIL_URL"] = "smtp://localhost:1025"  # nothing listens; a test that sends starts its own server

if "TEST_DATA_DIR" not in os.environ:  # the processes that pytest-xdist starts inherit it
    parent = os.environ.get("DATA_DIR") or None
    if parent:
        Path(parent).mkdir(parents=True, exist_ok=True)
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="test-", dir=parent)
    atexit.register(shutil.rmtree, os.environ["TEST_DATA_DIR"], ignore_errors=True)
os.environ["DATA_DIR"] = os.environ["TEST_DATA_DIR"]

from cms.settings.base import *  # noqa: E402, F403 -- reads the environment set above
from cms.settings.base import DATA_DIR, DATABASES, STORAGES  # noqa: E402 -- as above

database = DATABASES["default"]
if database["ENGINE"] == "cms.storage.sqlite":
    # A file, because the live server and the worker are other threads and processes. OFF spares the wait for
    # the disk: a killed process loses nothing by it, and power is not cut in a test.
    database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    database["CONN_MAX_AGE"] = 0  # idle connections would keep the test database from being dropped

BRAND_KEPT = 3600.0  # no test counts a query more than another; what changes it is heard of
READYZ_KEPT = 0.0  # what a test has changed is seen at once
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_AUTOREFRESH = True  # nothing is collected in a test run
