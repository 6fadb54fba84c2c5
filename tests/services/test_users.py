"""Accounts of staff: what is kept of a password, and who may sign in."""

from __future__ import annotations

from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.access import Role
from geo_assen.services import Store, users
from geo_assen.services.users import SHORTEST_PASSWORD, UserError
from geo_assen.store import metadata

PASSWORD = "a long enough password"
HASHER = users._HASHER


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at the least cost: that of the program is asked once."""
    monkeypatch.setattr(users, "_HASHER", argon2.PasswordHasher(1, 8, 1))


def test_only_a_hash_of_the_password_is_kept_and_it_is_slow_to_make(
    copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "_HASHER", HASHER)
    services.add_user(copy, "anna", PASSWORD)

    row = copy.table("app_user").iloc[0]
    assert row["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not any(PASSWORD in str(value) for value in row)
    copy.close()
    assert not any(PASSWORD.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_two_accounts_with_one_password_have_two_hashes(copy: Store) -> None:
    services.add_user(copy, "anna", PASSWORD)
    services.add_user(copy, "bert", PASSWORD)
    assert copy.table("app_user")["password_hash"].nunique() == 2


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("anna", "x" * (SHORTEST_PASSWORD - 1), "at least"),
        ("anna", "", "at least"),
        ("", PASSWORD, "1 to 80"),
        ("  ", PASSWORD, "1 to 80"),
        ("x" * 81, PASSWORD, "1 to 80"),
    ],
)
def test_account_that_cannot_be_is_refused(
    sample: Store, name: str, password: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        services.add_user(sample, name, password)
    assert sample.table("app_user").empty


def test_name_is_given_once(copy: Store) -> None:
    services.add_user(copy, "anna", PASSWORD)
    with pytest.raises(UserError, match="already"):
        services.add_user(copy, " anna ", "another long password")
    assert services.authenticate(copy, "anna", PASSWORD) is not None


def test_right_name_and_password_sign_in(copy: Store) -> None:
    services.add_user(copy, "anna", PASSWORD)
    user = services.authenticate(copy, "anna", PASSWORD)
    assert user is not None
    assert (user.name, user.role) == ("anna", Role.STAFF)


def test_anything_else_does_not(copy: Store) -> None:
    services.add_user(copy, "anna", PASSWORD)
    for name, password in (
        ("anna", PASSWORD + " "), ("anna", ""), ("Anna", PASSWORD), ("bert", PASSWORD), ("", ""),
    ):  # fmt: skip
        assert services.authenticate(copy, name, password) is None, (name, password)


def test_disabled_account_does_not_sign_in(copy: Store) -> None:
    services.add_user(copy, "anna", PASSWORD)
    with copy.write() as connection:
        connection.execute(sa.update(metadata.tables["app_user"]).values(disabled=True))
    assert services.authenticate(copy, "anna", PASSWORD) is None


def test_damaged_hash_does_not_sign_in(copy: Store) -> None:
    services.add_user(copy, "anna", PASSWORD)
    with copy.write() as connection:
        connection.execute(sa.update(metadata.tables["app_user"]).values(password_hash="gone"))
    assert services.authenticate(copy, "anna", PASSWORD) is None
