from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """The ground: customers, people, contracts and daily work."""

    name = "accounts"

    def ready(self) -> None:
        """Fills the registries and wires what happens after migrations."""
        from accounts.registration import register

        register()
        post_migrate.connect(_install, sender=self, dispatch_uid="install what the ground ships")


def _install(**_: Any) -> None:
    from accounts.services.mail_presets import install_mail
    from accounts.services.onboarding_templates import install_onboarding_templates
    from accounts.services.playbook_publishing import install_playbooks
    from accounts.services.segments import install_segments

    install_segments()
    install_onboarding_templates()
    install_playbooks()
    install_mail()
