"""The settings of every process, all from the environment.

A name that is missing takes a default that is safe on a developer's machine; a value that cannot be
right stops the process at start with a sentence. Production is the default state of mind: `DEBUG` is
off unless asked for, and with `DEBUG` off nothing that belongs to the demo is accepted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.embedded import database_settings
from core.logs import logging_config
from core.logs import setup as setup_logs

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)
# Everything that a running copy writes on this machine, except what the database holds.
VAR_DIR = Path(env.str("LARGESSE_VAR", default=str(BASE_DIR / "var"))).resolve()

DEMO_SECRET_KEY = "demo-only-secret-key-that-production-refuses-0123456789abcdef"  # noqa: S105 - refused below


def refuse(sentence: str) -> None:
    """Stop the process with what is wrong and what to set."""
    raise ImproperlyConfigured(sentence)


def flag(name: str) -> bool:
    """Return a switch that is off unless the environment turns it on, in one of the usual words."""
    word = env.str(name, default="0").strip().lower()
    if word not in {"1", "true", "yes", "on", "0", "false", "no", "off", ""}:
        refuse(f"{name} must be 1 or 0, not {word!r}.")
    return word in {"1", "true", "yes", "on"}


def whole(name: str, default: int) -> int:
    """Return a whole number, not below 0, of the environment."""
    word = env.str(name, default=str(default)).strip()
    if not word.isascii() or not word.isdigit():
        refuse(f"{name} must be a whole number, not {word!r}.")
    return int(word)


def without_slash(url: str) -> str:
    return url.rstrip("/")


# --- What kind of process this is -------------------------------------------------------------
DEBUG = flag("DEBUG")
DEMO = flag("LARGESSE_DEMO")
if DEMO and not DEBUG:
    refuse("LARGESSE_DEMO needs DEBUG=1: demo logins and demo secrets are refused in production.")

SECRET_KEY = env.str("SECRET_KEY", default=DEMO_SECRET_KEY if DEBUG or TESTING else "")
if not SECRET_KEY:
    refuse("SECRET_KEY is not set. Set it to at least 50 random characters.")
if not DEBUG and not TESTING and (SECRET_KEY == DEMO_SECRET_KEY or len(SECRET_KEY) < 50):
    refuse("SECRET_KEY is the demo's or shorter than 50 characters. Set a long random one.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

SITE_URL = without_slash(env.str("SITE_URL", default="http://localhost:8000"))
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    refuse(f"SITE_URL must be an absolute http(s) address, not {SITE_URL!r}.")
HTTPS = _site.scheme == "https"
if not (HTTPS or DEBUG or TESTING or flag("ALLOW_HTTP")):
    refuse("SITE_URL must be https in production (or set ALLOW_HTTP=1 behind a private network).")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]", "testserver"] if DEBUG or TESTING else [],
) or [_site.hostname or ""]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

# --- Application ------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "ninja",
    "django_structlog",
    "django_countries",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "core",
    "directory",
    "events",
    "wallet",
    "vouchers",
    "rewards",
    "incentives",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.CanonicalAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "directory.middleware.OrganisationMiddleware",
    "core.middleware.AuditContextMiddleware",
    "core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
FORM_RENDERER = "core.forms.FieldGroupRenderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.page",
                "directory.context.desk",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------
# The embedded server is named here, never started: commands that need it hold a lease on it.
EMBEDDED = not env.str("DATABASE_URL", default="")
if EMBEDDED and not (DEBUG or TESTING):
    refuse("DATABASE_URL is not set. Set it to postgres://user:password@host:5432/name.")
DATABASES: dict[str, dict[str, Any]] = {
    "default": database_settings(VAR_DIR) if EMBEDDED else env.db_url("DATABASE_URL"),
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    refuse("DATABASE_URL must name a PostgreSQL database (15 or newer).")
DATABASES["default"].update(
    CONN_MAX_AGE=whole("CONN_MAX_AGE", default=60),
    CONN_HEALTH_CHECKS=True,
    ATOMIC_REQUESTS=False,
    # People who test at the same time on one server each name their own.
    TEST={"NAME": "_".join(filter(None, ["test_largesse", env.str("TEST_DB_SUFFIX", default="")]))},
)
# After so many calls a connection has a statement planned for good (`core.prepared` says which).
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    refuse("REDIS_URL must begin with redis://, rediss:// or unix://.")

CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        if TESTING
        # Shared by the processes of one machine, which a cache in memory would not be.
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
        }
    )
}

# --- Work in the background -------------------------------------------------------------------
# Under test, hints go nowhere: what they would do, the tests call by name.
CELERY_BROKER_URL = REDIS_URL or ("memory://" if TESTING else "filesystem://localhost//")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"socket_timeout": 30, "socket_keepalive": True, "visibility_timeout": 3600}
    if REDIS_URL
    else {}
    if TESTING
    else {
        "data_folder_in": str(VAR_DIR / "broker"),
        "data_folder_out": str(VAR_DIR / "broker"),
        "control_folder": str(VAR_DIR / "broker-control"),
        "store_processed": False,
    }
)

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "core.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 50}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "directory.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "directory.forms.accounts.SignInForm",
    "signup": "directory.forms.accounts.RegistrationForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USERNAME_VALIDATORS = "directory.accounts.username_validators"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Largesse"

# --- Mail -------------------------------------------------------------------------------------
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default=(
        "core.outbox_mail.DemoBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend"
    ),
)
vars().update(
    env.email_url("EMAIL_URL", default="smtp://localhost:25") if "EMAIL_URL" in env.ENVIRON else {}
)
ANYMAIL: dict[str, Any] = env.json("ANYMAIL", default={})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Largesse <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A mail server that does not answer must not outlast the claim of the worker that waits for it.
EMAIL_TIMEOUT = 20

# --- Language, time, files --------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "core.storage.StaticStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Otherwise it looks at every file when it starts, which each client of a test would pay for anew.
WHITENOISE_AUTOREFRESH = TESTING or (DEBUG and not DEMO)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# --- Security ---------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS and not DEBUG
# Load balancers ask for these over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("TRUST_PROXY") else None
SECURE_HSTS_SECONDS = whole("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.errors_views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Logs -------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO")
LOGGING = logging_config(level=LOG_LEVEL, human=DEBUG)
setup_logs()
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# --- Largesse ---------------------------------------------------------------------------------
# How long a command of the wallet waits for a lock before it steps back and tries again.
WALLET_LOCK_WAIT_MS = whole("WALLET_LOCK_WAIT_MS", default=2_000)
# Through which gateway contacts top up. "sandbox" takes no money and is for trying things out; without
# a gateway nobody is offered a top-up.
WALLET_GATEWAY = env.str("WALLET_GATEWAY", default="sandbox" if DEBUG or TESTING else "")
if WALLET_GATEWAY not in {"", "sandbox"}:
    refuse("WALLET_GATEWAY names a gateway that is not installed.")
if WALLET_GATEWAY == "sandbox" and not DEBUG and not TESTING:
    refuse("WALLET_GATEWAY=sandbox needs DEBUG=1: it credits money that nobody paid.")
# Webhooks to this machine itself, over http too: to try a receiver during development.
WEBHOOKS_ALLOW_LOOPBACK = flag("WEBHOOKS_ALLOW_LOOPBACK")
if WEBHOOKS_ALLOW_LOOPBACK and not DEBUG:
    refuse("WEBHOOKS_ALLOW_LOOPBACK needs DEBUG=1: it lets webhooks reach what is not public.")
DJANGO_TABLES2_TEMPLATE = "components/_table.html"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"
PGHISTORY_APPEND_ONLY = True
SILENCED_SYSTEM_CHECKS: list[str] = []
