from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The ground: customers, people, contracts and daily work."""

    name = "accounts"
