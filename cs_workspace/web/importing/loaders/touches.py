"""Calls, meetings and messages."""

from accounts.services.upserting import upsert_touches
from cs_workspace.web.importing.loaders.base import Loader, Outcome


class TouchLoader(Loader):
    """Touches of accounts."""

    happened = "at"

    def write(self) -> list[Outcome]:
        """Touches."""
        outcome = Outcome("touches")
        for rows in self.staged_rows():
            self.upsert(outcome, upsert_touches, list(self.stage.columns), rows)
        return [outcome]
