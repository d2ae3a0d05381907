"""No token of a link reaches the log."""

from config.logs import mask_tokens


def test_the_token_of_a_failing_page_is_masked() -> None:
    event = {"event": "Internal Server Error: /bewertung/bestaetigen/MTI:abc-DEF_1/", "status": 500}
    assert mask_tokens(None, "error", event) == {
        "event": "Internal Server Error: /bewertung/bestaetigen/…/",
        "status": 500,
    }


def test_other_addresses_stay_as_they_are() -> None:
    event = {"event": "Internal Server Error: /agenturen/nordlicht/"}
    assert mask_tokens(None, "error", event) == event
