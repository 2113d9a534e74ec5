"""Settings for one machine, ready to use: SQLite, DEBUG off, mail into files.

The environment (docs/install.md) changes the rest; `production.py` and `test.py` build on this.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from csp.constants import NONE, SELF, UNSAFE_INLINE
from whitenoise.compress import Compressor

from cms.settings import environment, names

# --- Where we are ---
BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = environment.directory("DATA_DIR", BASE_DIR / "var")
PORT = environment.port("PORT", 8000)
SITE_URL = environment.site_url("SITE_URL", f"http://localhost:{PORT}")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
HTTPS = SITE_URL.startswith("https://")

DEBUG = False
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", sorted({SITE_HOST, "localhost", "127.0.0.1", "[::1]"}))
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")  # X-Forwarded-* are believed from these alone

ROOT_URLCONF = "cms.urls"
ADMIN_PATH = "/admin/"

# --- Secrets ---
SECRET_KEY = environment.secret_key("SECRET_KEY", DATA_DIR / "secrets")
ADDRESS_KEYS = environment.address_keys("ADDRESS_KEYS", DATA_DIR / "secrets")
# of the demo's log-ins, or of the first administrator; drawn at random when empty
ADMIN_PASSWORD = environment.text("ADMIN_PASSWORD")
DEMO = environment.choice("DEMO", "ask", "on", "off")  # what a new site begins with, where nobody says so

# --- Where to report a weakness: /.well-known/security.txt ---
SECURITY_CONTACT = environment.contacts("SECURITY_CONTACT")
SECURITY_POLICY = environment.page("SECURITY_POLICY")
SECURITY_KEY = environment.page("SECURITY_KEY")
STARTED = datetime.now(UTC)

# --- What a monitor learns ---
READYZ_KEPT = 2.0  # seconds: anyone may ask, and the database is asked no more often

# --- What each process knows of the site without asking ---
BRAND_KEPT = 1.0  # seconds: its name, language and time zone

# --- What runs ---
INSTALLED_APPS = [
    "cms.apps.CmsConfig",
    "home",
    "home.contact.apps.ContactConfig",
    "blog",
    "blog.comments.apps.CommentsConfig",
    "cms.brand.apps.BrandConfig",
    "cms.outbox.apps.OutboxConfig",
    "cms.webhooks.apps.WebhooksConfig",
    "cms.rate_limit.apps.RateLimitConfig",
    "cms.keyring.apps.KeyringConfig",
    "cms.sessions.apps.SessionsConfig",
    "cms.second_factor.apps.SecondFactorConfig",
    "cms.previews.apps.PreviewsConfig",
    "cms.invitations.apps.InvitationsConfig",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.apps.Users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "ninja",  # serves the pages of the API's documentation from here instead of from a CDN
    "corsheaders",
    "blog.comments.xtd.QuietCommentsXtdConfig",  # django_comments_xtd without its publish cascade
    "django_comments",
    "django.contrib.sites",
    "django.contrib.sitemaps",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "cms.apps.StaticFiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "cms.http.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "cms.http.csp.PolicyByAreaMiddleware",  # early, so that a static file gets a policy too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.http.cookies.KeepPersonalMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "cms.brand.clock.keep",
    "cms.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.second_factor.half.count_whole_log_ins",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.pages.old_addresses.lead_on",
    "cms.errors.too_many.TooManyMiddleware",
    "cms.http.lost_login.KeepWordsMiddleware",
    "cms.http.methods.complete",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                # The admin needs these two; both are lazy: a page that asks for neither reads no session.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# --- Database and cache ---
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": environment.database(
        "DATABASE_URL",
        sqlite_file=DATA_DIR / "db.sqlite3",
        sqlite={
            "ENGINE": "cms.storage.sqlite",
            # Kept by each thread: opening the file anew is more than a millisecond of each request, and the
            # last one to close it copies the whole log into the database.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A transaction takes its turn to write at its start and waits up to 20 s for it; Django's
                # default finds out half way and fails at once. FULL: what was answered survives a power cut.
                # Secure: what was erased is overwritten.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        },
        postgres={
            "ENGINE": "django.db.backends.postgresql",
            # Kept by each thread as well: there are few, so a pool would only take and give back.
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "connect_timeout": 5,
                "prepare_threshold": 2,  # times a statement is planned anew, where ``prepared`` asks
            },
        },
    )
}
REDIS_URL = environment.redis("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "cms.reading.forgiving_cache.ForgivingRedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "cms.reading.local_cache.LocalCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
}

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MIMETYPES = {".ts": "text/plain"}  # else it would be a video
# Compressing the source maps of Wagtail and Swagger would double the time of the first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long post in the editor is thousands of fields

# --- Mail ---
MAIL = environment.mail("EMAIL_URL", fallback="django.core.mail.backends.filebased.EmailBackend")
EMAIL_BACKEND = "cms.outbox.backend.OutboxBackend"  # all mail of the site is stored first
OUTBOX_TRANSPORT = MAIL.backend  # where the worker takes it
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = MAIL.host
EMAIL_PORT = MAIL.port
EMAIL_HOST_USER = MAIL.user
EMAIL_HOST_PASSWORD = MAIL.password
EMAIL_USE_TLS = MAIL.use_tls
EMAIL_USE_SSL = MAIL.use_ssl
EMAIL_TIMEOUT = 10  # seconds for one step; the whole delivery has a limit of its own (cms/outbox/smtp.py)
# Mails a minute to the mail server, and to each domain behind it: after an outage they wait in line.
OUTBOX_PER_MINUTE = {"server": 1200, "domain": 600}
STAFF_MAILS_AN_HOUR = environment.number("STAFF_MAILS_AN_HOUR", 20, most=100_000, of="mails")  # then a digest
DEFAULT_FROM_EMAIL = environment.sender("DEFAULT_FROM_EMAIL", SITE_HOST)
CONTACT_RECIPIENTS = environment.addresses("CONTACT_RECIPIENTS", environment.bare_address(DEFAULT_FROM_EMAIL))

# --- Webhooks ---
# Endpoints that may be called although they are not public, or not https: hosts and networks
WEBHOOK_ALLOWED = environment.allowed("WEBHOOK_ALLOWED")

# --- What a browser may do ---
# Public pages and the API: nothing that is not ours. Documents carry Wagtail's own, stricter policy.
CONTENT_SECURITY_POLICY: dict[str, dict[str, list[str] | bool]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # no script makes a string into a part of the page
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
# Pages with scripts of Wagtail's or of Swagger's, which make strings into parts of the page: in Wagtail 8.0
# the icons of every screen, menus, choosers and the editor.
WITHOUT_TRUSTED_TYPES = {"require-trusted-types-for": None, "trusted-types": None}
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    **WITHOUT_TRUSTED_TYPES,
    # Wagtail 8.0 starts its choosers, date fields and inline panels by <script> elements (wagtail#1288). A
    # nonce does not reach them: widgets are rendered without the request, and dialogs that are fetched later
    # would come with another one. No handler in an attribute is needed, so none runs.
    "script-src": [SELF, UNSAFE_INLINE],
    "script-src-attr": [NONE],
    "style-src": [SELF, UNSAFE_INLINE],  # sizes and places that its editor and its menus write into elements
    "img-src": [SELF, "data:", "blob:"],  # a picture is shown before it is uploaded
    "media-src": [SELF],
    "frame-src": [SELF],  # the preview beside the page that is edited
    "frame-ancestors": [SELF],
}

CORS_ALLOWED_ORIGINS = environment.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key"]
CORS_EXPOSE_HEADERS = ["retry-after"]

SESSION_ENGINE = "cms.sessions.store"
SESSION_COOKIE_AGE = environment.minutes("SESSION_MINUTES", 24 * 60)  # seconds after the log-in, at most
SESSION_IDLE_TIME = environment.minutes("SESSION_IDLE_MINUTES", 2 * 60)  # seconds without any activity
COOKIE_PREFIX = "__Host-" if HTTPS else ""  # without TLS, browsers refuse it (cms/http/cookies.py)
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
AUTHORING_API = environment.choice("AUTHORING_API", "off", "on") == "on"  # Wagtail's v3, a preview
API_TOKEN_DAYS = environment.number("API_TOKEN_DAYS", 365, most=3650, of="days")
WAGTAILAPI_TOKEN_LAST_USED_INTERVAL = 300  # seconds; the last use of a token is written no more often

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "cms.http.cookies.Messages"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "cms.http.lost_login.csrf_failure"
# Django's defaults are right for nosniff, Referrer-Policy, Cross-Origin-Opener-Policy and X-Frame-Options.

LOGIN_URL = "wagtailadmin_login"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "cms.accounts.password_reset.ForgottenPasswordForm"  # noqa: S105 -- a class
AUTHENTICATION_BACKENDS = ["cms.accounts.log_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "cms.credentials.passwords.LongerCommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Passwords are changed on a panel of ours, which counts wrong ones (cms/accounts/log_in.py).
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = True
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # likewise, on a panel that asks for the password

# --- Language and time ---
# Of everything that has none of its own: pages of a locale have, and so have people in the admin.
LANGUAGE_CODE = environment.language("LANGUAGE_CODE", "en-gb")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "cms.settings.formats"
TIME_ZONE = "UTC"  # of a site whose owner has set none

# --- Wagtail ---
WAGTAIL_SITE_NAME = names.site_name  # as its owner has set it
WAGTAILADMIN_BASE_URL = SITE_URL
# Editors' browsers send no requests to other servers.
# No browser knows "localtime", and TIME_ZONE stands for that of the site (cms/fixes/time_zones.py).
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime", TIME_ZONE})
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list[dict] = []
# Wagtail would store such a password in plain text
WAGTAIL_PRIVATE_PAGE_OPTIONS = WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "cms.search"}}

TAGGIT_TAGS_FROM_STRING = "blog.tags.parse"
TAGGIT_CASE_INSENSITIVE = True  # for tags of pictures; those of posts go further (blog/tags.py)

WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]  # no SVG: it can carry scripts
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 64_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "home.pictures.uploads.PictureForm"  # takes what can be shown, cleaned
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # checks who may read, and forbids a document to run anything

# --- django-comments-xtd ---
SITE_ID = 1
COMMENTS_APP = "django_comments_xtd"
COMMENTS_XTD_MODEL = "blog.comments.models.ReaderComment"
COMMENTS_XTD_FORM_CLASS = "blog.comments.posting.forms.CommentForm"
COMMENTS_XTD_MAX_THREAD_LEVEL = 5
COMMENTS_XTD_CONFIRM_EMAIL = False  # its links carry the comment and the address; ours a random token
COMMENTS_XTD_THREADED_EMAILS = False
COMMENTS_TIMEOUT = 7 * 24 * 60 * 60  # seconds a form may lie open: a cached page carries it too

# --- Log ---
# To stderr, and never a request's body. A visitor's mistake (4xx, a body that is too large) is no line of the
# log, but a foreign Host is one (cms/http/hosts.py).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "cms.http.quiet_log.WithoutAddresses",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},  # without any handler Python writes to stderr itself
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "cms.accounts.log_in": {"level": "INFO"},
        "cms.second_factor": {"level": "INFO"},
        # Wagtail tells of every page saved and every task run; its audit log keeps what matters
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}
