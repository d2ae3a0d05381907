"""The table of reasons: complete, and every clause it names is in the terms."""

import pytest
from django.test import Client

from moderation.models import Decision
from moderation.rules import LIKELY, RULES, rule_of_record


def test_every_reason_has_a_rule() -> None:
    assert set(RULES) == set(Decision.Reason)
    assert set(LIKELY.values()) <= set(RULES)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/agb/", "/en/agb/"])
def test_every_clause_is_in_the_terms(address: str, client: Client) -> None:
    terms = client.get(address).content.decode()
    assert [rule.clause for rule in RULES.values() if f'id="{rule.clause}"' not in terms] == []


@pytest.mark.parametrize("reason", Decision.Reason.values)
def test_a_rule_fits_where_decisions_store_it(reason: str) -> None:
    longest = Decision._meta.get_field("rule").max_length or 0
    assert rule_of_record(reason).startswith("Nutzungsbedingungen, Abschnitt ")
    assert len(rule_of_record(reason)) <= longest
