"""Which addresses can be an agency's website, and which domains are of one organisation."""

import pytest
from django.core.exceptions import ValidationError

from agencies.models import Agency
from agencies.websites import are_of_one, check_website, domain_of, shared_domains

MISLEADING = [
    "https://bank.example@evil.example/",
    "https://bank.example:secret@evil.example/",
    "https://zaun.example:8443/",
    "http://zaun.example:443/",
    "https://127.0.0.1/",
    "https://10.1",
    "https://0x7f.0x0.0x0.0x1/",
    "https://192.0.2.7.",
    "https://\uff11\uff12\uff17.0.0.\uff11\uff11/",
    "https://127。0。0。1/",
    "https://[::ffff:127.0.0.1]/",
    "https://drucker.local/",
    "https://app.localhost/",
    "https://wiki.internal/",
    "https://router.fritz.home/",
    "https://host.localdomain./",
    "https://zaun.test/",
]
NOT_THEIRS = ["https://www.linkedin.com/company/zaun", "https://zaun.jimdo.com/", "https://gmail.com/"]
NO_ADDRESS = ["", "zaun.example", "ftp://zaun.example", "javascript:alert(1)", "https://zaun/", "http://["]
FINE = [
    "https://zaun.example/",
    "http://zaun.example",
    "http://zaun.example:80/",
    "https://zaun.example:443/",
    "https://jobs.zaun.co.uk/stellen?von=@hier:8080",
    "https://münchen-personal.example/",
    "https://xn--mnchen-personal-zvb.example/",
    "https://personal24.example/",
    "https://zaun.рф/",
    "https://zaun.xn--p1ai/",
    "https://zaun.wixsite.com/zaun",
]


@pytest.mark.parametrize("website", MISLEADING)
def test_an_address_that_hides_or_misleads_is_refused(website: str) -> None:
    with pytest.raises(ValidationError, match="ohne Benutzernamen, Port oder IP-Adresse"):
        check_website(website)


@pytest.mark.parametrize("website", NOT_THEIRS)
def test_a_page_on_a_platform_is_refused(website: str) -> None:
    with pytest.raises(ValidationError, match="nicht die Website der Agentur"):
        check_website(website)


@pytest.mark.parametrize("website", NO_ADDRESS)
def test_what_is_no_address_is_refused(website: str) -> None:
    with pytest.raises(ValidationError, match="keine Adresse einer Website"):
        check_website(website)


@pytest.mark.parametrize("website", FINE)
def test_an_address_in_the_open_is_accepted(website: str) -> None:
    check_website(website)


@pytest.mark.parametrize("website", MISLEADING)
def test_every_form_over_agencies_keeps_the_rule(website: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Agency(name="Zaun", slug="zaun", website=website, kinds=["temp"], fields=["it"]).full_clean(
            validate_unique=False, validate_constraints=False
        )
    assert set(refused.value.message_dict) == {"website"}


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Zaun.example/ueber-uns", "zaun.example"),
        ("zaun.example.", "zaun.example"),
        ("https://xn--mnchen-3ya.example", "münchen.example"),
        ("https://MÜNCHEN.example", "münchen.example"),
        ("https://\uff5aaun.example", "zaun.example"),
        ("https://xn--\u00fc.example", "xn--ü.example"),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_domain_is_written_in_one_way(website: str, domain: str) -> None:
    assert domain_of(website) == domain


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("agentur.example", "agentur.example", True),
        ("agentur.example", "mail.agentur.example", True),
        ("jobs.de.agentur.example", "agentur.example", True),
        ("agentur.example", "andereagentur.example", False),
        ("jobs.agentur.example", "post.agentur.example", False),
        ("agentur.co.uk", "mail.agentur.co.uk", True),
        ("agentur.co.uk", "co.uk", False),
        ("agentur.or.at", "or.at", False),
        ("agentur.github.io", "github.io", False),
        ("agentur.wixsite.com", "wixsite.com", False),
        ("agentur.wixsite.com", "agentur.wixsite.com", True),
        ("agentur.wixsite.com", "laden.wixsite.com", False),
        ("gmail.com", "gmail.com", False),
        ("agentur.example", "example", False),
        ("agentur.example", "", False),
        ("", "", False),
    ],
)
def test_domains_are_of_one_organisation_if_one_is_below_the_other(
    one: str, other: str, *, are: bool
) -> None:
    assert are_of_one(one, other) is are_of_one(other, one) is are


def test_the_shared_domains_are_written_as_domains_are_compared() -> None:
    assert len(shared_domains()) > 80
    assert [domain for domain in shared_domains() if domain != domain_of(domain)] == []
