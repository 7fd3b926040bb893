"""What load balancers and supervisors ask."""

import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_anyone_may_ask_and_no_answer_is_kept(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert client.cookies == {}


def test_a_living_process_says_so_without_asking_the_database(client: Client) -> None:
    # No database in this test: a query would fail it.
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_a_workspace_that_reaches_both_servers_is_ready(client: Client) -> None:
    assert client.get("/readyz").json() == {"database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_without_its_broker_the_workspace_is_not_ready(client: Client, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "broker": "unreachable"})


@pytest.mark.django_db(transaction=True)
def test_without_its_database_the_workspace_is_not_ready(client: Client, settings) -> None:
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        answer = client.get("/readyz")
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port
    assert (answer.status_code, answer.json()) == (503, {"database": "unreachable", "broker": "ok"})


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_a_check_from_inside_the_machine_is_neither_sent_to_https_nor_refused(client: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == 200
    assert client.get("/login/", headers={"host": "127.0.0.1:8000"}).status_code == 301


@pytest.mark.django_db
def test_no_statement_is_compiled_before_it_runs() -> None:
    # PostgreSQL would, of its own accord, for any that it expects to be large.
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
