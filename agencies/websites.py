"""Websites and domains: which address can be an agency's, and which domains are of one organisation."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHARED_DOMAINS = Path(__file__).parent / "data" / "shared_domains.txt"
PORTS = {"http": 80, "https": 443}

# Ends of names that lead nowhere, or somewhere else in every network (RFC 2606, 6761, 6762, 8375, habits of routers).
PRIVATE = frozenset(
    {
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "private",
        "lan",
        "home",
        "corp",
        "arpa",
        "test",
    }
    | {"invalid", "onion", "alt"}
)
# Where many agencies have a page, at whatever address below: it says nothing about which one is meant.
PLATFORMS = frozenset(
    {"facebook.com", "glassdoor.de", "google.com", "indeed.com", "instagram.com", "jimdo.com", "kununu.com"}
    | {"linkedin.com", "stepstone.de", "wix.com", "wordpress.com", "x.com", "xing.com", "youtube.com"}
)
# "co.uk", "or.at": what the registries of some countries sell below, not what somebody owns.
SOLD_BELOW = re.compile(r"(?:ac|co|com|edu|gov|gv|ltd|me|net|or|org|plc)\.[a-z]{2}")

# "Jobs.de", but neither "Co.KG" nor "St.Gallen".
LINK = re.compile(r"://|@|www\.|[^\W_]\.[a-zäöüß]{2,}(?![^\W_])")


@lru_cache(4096)  # a night asks for the hosts of many addresses, which are few
def domain_of(website: str) -> str:
    """The host as people read it, without "www.": what makes an agency the same one ("" without a host)."""
    address = website.strip()
    try:
        host = urlsplit(address if "://" in address else f"https://{address}").hostname or ""
    except ValueError:  # such as an unclosed bracket of an IPv6 address
        return ""
    host = unicodedata.normalize("NFKC", host).lower().replace("。", ".").rstrip(".")
    return ".".join(map(_as_read, host.split("."))).removeprefix("www.")


def _as_read(label: str) -> str:
    """One part of a domain, "xn--mnchen-3ya" as "münchen"."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def check_website(website: str) -> None:
    """ValidationError unless anybody can open the address, and its domain says whose it is."""
    domain, shown = domain_of(website), website.removeprefix("https://")  # we added that, as a rule
    parts = urlsplit(website) if domain else None
    if parts is None or parts.scheme not in PORTS or "." not in domain:
        raise ValidationError(_("„%(text)s“ ist keine Adresse einer Website."), params={"text": shown})
    if "@" in parts.netloc or not _is_usual(parts.netloc, PORTS[parts.scheme]) or not _is_public(domain):
        raise ValidationError(
            _(
                "„%(text)s“ nehmen wir nicht an. Eine Website hat einen öffentlichen Namen wie „beispiel.de“,"
                " ohne Benutzernamen, Port oder IP-Adresse."
            ),
            params={"text": shown},
        )
    if domain in shared_domains() or any(_is_below(domain, platform) for platform in PLATFORMS):
        raise ValidationError(
            _("Das ist eine Seite auf %(host)s, nicht die Website der Agentur."), params={"host": domain}
        )


def has_strange_link(name: str, website: str) -> bool:
    """Whether a name holds what programs turn into a link, other than the agency's own domain ("Jobs.de")."""
    links = [word.strip("\"'()[]<>,;:!?„“") for word in name.split() if LINK.search(word)]
    return any("@" in link or "/" in link or domain_of(link) != domain_of(website) for link in links)


def _is_usual(netloc: str, port: int) -> bool:
    """Without a port, or with the one that browsers take anyway."""
    return re.search(r":\d*$", netloc) is None or netloc.endswith((f":{port}", ":"))


def _is_public(domain: str) -> bool:
    """A name, not an IP address in any spelling: no top level has a digit."""
    top = domain.rpartition(".")[2]
    return ":" not in domain and top not in PRIVATE and not any(character.isdigit() for character in top)


@cache
def shared_domains() -> frozenset[str]:
    lines = SHARED_DOMAINS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#")) | PLATFORMS


def _is_below(domain: str, upper: str) -> bool:
    return f".{domain}".endswith(f".{upper}")


def are_of_one(one: str, other: str) -> bool:
    """Whether two domains (as domain_of writes them) are of one organisation: the same, or one below the other.

    Not where strangers are neighbours. Those that are left out cost a mark of screening, those that are too many a
    look of a moderator, so a short list does instead of the Public Suffix List.
    """
    upper, lower = sorted((one, other), key=len)
    is_owned = "." in upper and upper not in shared_domains() and not SOLD_BELOW.fullmatch(upper)
    return is_owned and _is_below(lower, upper)
