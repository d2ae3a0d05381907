"""People who follow their processes. Reviews that only recall one belong to nobody, as if their authors had left."""

from datetime import date

from allauth.account.models import EmailAddress

from accounts.models import User
from config.scale.bulk import pouring
from config.scale.draws import functions
from config.scale.size import Size

DOMAIN = "scale-post.example"
NOBODY = "!"  # no password fits


def pour(size: Size, today: date) -> None:
    drawn = f"FROM generate_series(1, {size.people}) n"
    address = f"'person' || n || '@{DOMAIN}'"
    person = {
        "id": "n",
        "email": address,
        "password": f"'{NOBODY}'",
        "pseudonym": "'leise Amsel ' || n",
        "date_joined": f"'{today} 12:00+00'::timestamptz - interval '6 years'",
    }
    owned = {"id": "n", "user_id": "n", "email": address, "verified": "true", "primary": "true"}
    with pouring(User, EmailAddress, prepare=functions(size, today)) as rows:
        rows.insert(User, person, drawn)
        rows.insert(EmailAddress, owned, drawn)
