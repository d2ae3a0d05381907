"""Settings: one file, from the environment, secure by default.

`DATABASE_URL` and `REDIS_URL` name the servers; without them the embedded ones of this checkout are used
(config/embedded.py). `docs/operations.md` lists every variable.
"""

import sys
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
import structlog
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import embedded
from config.logs import mask_tokens

django_stubs_ext.monkeypatch()  # lets Sitemap[Agency], ModelForm[User] and their like be written at run time

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / "var" / "env").exists():  # what `make run` wrote for this laptop; the real environment wins
    env.read_env(BASE_DIR / "var" / "env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))  # what a running installation writes

# ---- what kind of installation this is -------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # shows the banner "Demodaten"
INSECURE_HTTP = env.bool("INSECURE_HTTP", default=False)  # a laptop: no TLS, so cookies without Secure
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
MAINTENANCE = env.bool("MAINTENANCE", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SITE_NAME = "my-recruiter"

# ---- applications ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "agencies.apps.AgenciesConfig",
    "journeys.apps.JourneysConfig",
    "reviews.apps.ReviewsConfig",
    "moderation.apps.ModerationConfig",
    "guides.apps.GuidesConfig",
    "config.apps.SiteConfig",
    "config.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "health_check",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.middleware.MaintenanceMiddleware",
    "config.middleware.BodyLimitMiddleware",
    "accounts.middleware.RetryAfterMiddleware",
    "config.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.NoStoreMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "config.middleware.SlowQueryMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "config.context.site",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "agencies.templatetags.figures",
            ],
        },
    },
]

# ---- database, cache, queue ------------------------------------------------------------------------------
_servers = embedded.urls(BASE_DIR)
_is_worker = "celery" in Path(sys.argv[0]).name
_database: dict[str, Any] = env.db_url_config(env.str("DATABASE_URL", default=_servers.database))
_database["HOST"] = _database.get("OPTIONS", {}).pop("host", _database.get("HOST", ""))
_database.setdefault("OPTIONS", {})
_database["CONN_HEALTH_CHECKS"] = True
if _is_worker:  # Celery's prefork closes a pool around every task
    _database["CONN_MAX_AGE"] = 600
else:
    _database["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL", default=3),
        "timeout": 5,
    }
# How close a word must be that no agency has, before it counts as mistyped (agencies/search.py): "Hambrug" is 0.5.
_database["OPTIONS"]["options"] = "-c pg_trgm.word_similarity_threshold=0.5"
if env.bool("WEB", default=False) and not _is_worker:
    _database["OPTIONS"]["options"] += " -c statement_timeout=5000"  # a page never waits longer for one
    # Planning the queries of a page took longer than answering them (docs/decisions/0023).
    _database["OPTIONS"]["options"] += " -c plan_cache_mode=force_generic_plan"
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_redis = env.str("REDIS_URL", default=_servers.redis)
_redis_base = env.int("REDIS_DB_BASE", default=0)
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": f"{_redis}?db={_redis_base}",
        "KEY_PREFIX": env.str("REDIS_PREFIX", default=""),
        "KEY_FUNCTION": "config.cache.hashed_key",  # no address of a visitor stands in a key
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0},
    },
    # Pages for everybody, in the memory of each web process (config/page_cache.py): 20 MB at most, as a rule.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
    # Pictures of shared links (pictures/answers.py), some 8 MB. Not in Valkey: it would forget rate limits for them.
    "pictures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pictures",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}
PAGE_CACHE = env.bool("PAGE_CACHE", default=True)
REMEMBER = env.bool(
    "REMEMBER", default=True
)  # fragments of pages, in the same memory (agencies/remembered.py)
if _redis.startswith("unix://"):
    CELERY_BROKER_URL = f"redis+socket://{_redis.removeprefix('unix://')}?virtual_host={_redis_base + 1}"
else:
    CELERY_BROKER_URL = f"{_redis.rstrip('/')}/{_redis_base + 1}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": env.str("REDIS_PREFIX", default=""),
    "socket_connect_timeout": 0.5,
    "max_retries": 0,  # of connecting, when a task is announced; else a dead broker holds a page for 6 seconds
    "visibility_timeout": 600,
}
CELERY_TASK_PUBLISH_RETRY = False  # a dead broker must not hold up a page; the sweep finds the work
CELERY_DB_REUSE_MAX = 1000
CELERY_TASK_ROUTES = {
    "accounts.tasks.send_mails": {"queue": "mail"},
    "moderation.tasks.*": {"queue": "screening"},
    "reviews.tasks.*": {"queue": "scores"},
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TIMEZONE = "Europe/Berlin"

# ---- people ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reviews:review-mine"
LOGOUT_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "add_email": "accounts.forms.ChangeAddressForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 7
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds; accounts.adapter says when it asks
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # who confirmed a review by mail has no password yet
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
RATE_LIMITS_FACTOR = env.int("RATE_LIMITS_FACTOR", default=1)  # raised for load tests, never removed
ACCOUNT_RATE_LIMITS = {
    "signup": f"{5 * RATE_LIMITS_FACTOR}/h/ip",
    "login": f"{30 * RATE_LIMITS_FACTOR}/m/ip",
    "login_failed": f"{20 * RATE_LIMITS_FACTOR}/h/ip,{5 * RATE_LIMITS_FACTOR}/15m/key",
    # Ours, through the same mechanism (accounts/limits.py).
    "review_submit": f"{20 * RATE_LIMITS_FACTOR}/d/ip",
    "review_resend": f"{10 * RATE_LIMITS_FACTOR}/h/ip",
    "review_mail": f"{10 * RATE_LIMITS_FACTOR}/d/key",  # to one address; more than claims.MOST_MAILS
    "agency_propose": f"{10 * RATE_LIMITS_FACTOR}/d/ip",
    "search": f"{60 * RATE_LIMITS_FACTOR}/m/ip",
    "suggest": f"{240 * RATE_LIMITS_FACTOR}/m/ip",  # one for each pause while somebody types
    "picture": f"{30 * RATE_LIMITS_FACTOR}/m/ip",  # of comparisons, drawn anew
    "draft_save": f"{60 * RATE_LIMITS_FACTOR}/m/ip",
    "export": f"{3 * RATE_LIMITS_FACTOR}/d/ip",
    "track": f"{60 * RATE_LIMITS_FACTOR}/m/user",
    "consent": f"{20 * RATE_LIMITS_FACTOR}/h/user",
    "download": f"{30 * RATE_LIMITS_FACTOR}/h/ip",
    "bad_link": f"{30 * RATE_LIMITS_FACTOR}/h/ip",
}
# Without it the limits would count all visitors behind a proxy as one.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=int(BEHIND_TLS_PROXY))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.ActivateAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.EditPasskeyForm",
}
MFA_TOTP_ISSUER = SITE_NAME
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = INSECURE_HTTP
SESSION_ENGINE = "accounts.sessions"  # in the database: drafts live as long as the session
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie
STAFF_SESSION_IDLE = 60 * 30  # seconds without a request after which staff log in again
STAFF_SESSION_AGE = 60 * 60 * 8

# ---- HTTP security ---------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=not INSECURE_HTTP)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE_HTTP
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not INSECURE_HTTP
SESSION_COOKIE_NAME = "session" if INSECURE_HTTP else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if INSECURE_HTTP else "__Host-csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # data: the QR code of the second factor
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes; config.middleware answers a larger body with 413
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# ---- mail ------------------------------------------------------------------------------------------------
# `EMAIL_URL` such as smtp+tls://user:password@host:587; without it mails are written as files to MAIL_DIR.
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="my-recruiter <post@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = env.str("MAIL_DIR", default=str(VAR_DIR / "mail"))
MAIL_LEASE = env.int("MAIL_LEASE", default=45)  # seconds one attempt may take before the next one begins
if env.str("EMAIL_URL", default=""):
    _mail = env.email_url("EMAIL_URL")
    MAILERS: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _mail["EMAIL_HOST"],
                "port": _mail["EMAIL_PORT"] or 25,
                "username": _mail["EMAIL_HOST_USER"] or "",
                "password": _mail["EMAIL_HOST_PASSWORD"] or "",
                "use_tls": _mail.get("EMAIL_USE_TLS", False),
                "use_ssl": _mail.get("EMAIL_USE_SSL", False),
                "timeout": 10,
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": MAIL_DIR},
        }
    }

# ---- language and time -----------------------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"  # English dates with the day first
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# ---- static files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.static.RememberingStorage"
        if env.bool("STATIC_MANIFEST", default=True)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = not env.bool("STATIC_MANIFEST", default=True)

# ---- who runs this installation (shown on the legal pages) -------------------------------------------------
OPERATOR = {
    "name": env.str("OPERATOR_NAME", default="Muster Bewertungsplattform (Demo)"),
    "street": env.str("OPERATOR_STREET", default="Beispielweg 1"),
    "place": env.str("OPERATOR_PLACE", default="00000 Musterstadt"),
    "country": env.str("OPERATOR_COUNTRY", default="Deutschland"),
    "representative": env.str("OPERATOR_REPRESENTATIVE", default="Erika Beispiel"),
    "email": env.str("OPERATOR_EMAIL", default="post@example.org"),
    "phone": env.str("OPERATOR_PHONE", default="+49 000 000000"),
    "register": env.str("OPERATOR_REGISTER", default=""),
    "vat_id": env.str("OPERATOR_VAT_ID", default=""),
    "dpo": env.str("OPERATOR_DPO", default="datenschutz@example.org"),
}

# ---- retention (days), see accounts.retention --------------------------------------------------------------
RETENTION_DAYS = {
    "unconfirmed_reviews": env.int("RETENTION_UNCONFIRMED", default=7),
    "unconfirmed_accounts": env.int("RETENTION_UNCONFIRMED", default=7),
    "drafts": env.int("RETENTION_DRAFTS", default=30),
    "unanswered_recruiters": env.int("RETENTION_RECRUITERS", default=90),
    "sent_mails": env.int("RETENTION_MAILS", default=30),
    "unconfirmed_consents": env.int("RETENTION_UNCONFIRMED", default=7),
    "withdrawn_consents": env.int("RETENTION_CONSENTS", default=1095),
    "expired_sessions": 0,
    "gone_connections": 0,
}

# ---- open data, see reviews.opendata -----------------------------------------------------------------------
OPEN_DATA_DIR = env.str("OPEN_DATA_DIR", default=str(VAR_DIR / "open-data"))  # web and worker share it
OPEN_DATA_NIGHTS = env.int("OPEN_DATA_NIGHTS", default=7)  # kept; only the last one is served

# ---- log -------------------------------------------------------------------------------------------------
LOG_JSON = env.bool("LOG_JSON", default=not DEBUG)
_shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared_processors,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask_tokens,
                structlog.processors.JSONRenderer(ensure_ascii=False)
                if LOG_JSON
                else structlog.dev.ConsoleRenderer(colors=False),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.db.backends": {"level": "INFO"}},
}
